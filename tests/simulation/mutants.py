"""Plants one bug at a time in a copy of the code and tells after how many schedules the simulator finds it.

    python3 mutants.py [--schedules N] [--seed S] [--only NAME,…] [--work FOLDER]
    python3 mutants.py --check

Fails if a bug is not found within N schedules (100,000), or cannot be planted any more; with --check that alone is looked at, and
nothing is built.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from mutations import MUTATIONS

PROJECT = pathlib.Path(__file__).resolve().parents[2]

# Only what the simulator needs, so that the rest of the tree need not build.
CMAKE = """
cmake_minimum_required(VERSION 3.22)
project(dynamutex VERSION 0.1.0 LANGUAGES CXX)
set(DYNAMUTEX_DEVELOPER OFF)
include(cmake/options.cmake)
include(cmake/layer.cmake)
include(GNUInstallDirs)
foreach(layer base sigv4 http credentials dynamo lock)
  add_subdirectory(src/${layer})
endforeach()
add_subdirectory(tests/simulation)
"""


def copy_sources(copy):
    for folder in ("src", "include", "cmake", "tests/simulation"):
        shutil.copytree(PROJECT / folder, copy / folder, dirs_exist_ok=True)


def lay_out(copy):
    # Compilations are the same wherever the copy lies.
    os.environ.update(CCACHE_BASEDIR=str(copy), CCACHE_NOHASHDIR="1")
    copy_sources(copy)
    (copy / "CMakeLists.txt").write_text(CMAKE)
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    run(["cmake", "-S", copy, "-B", copy / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
         "-DDYNAMUTEX_DEVELOPER=OFF", *launcher])
    build(copy)


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])


def build(copy):
    run(["cmake", "--build", copy / "build", "--target", "simulate", "--", "-j", str(os.cpu_count() or 1)])


def write_back(originals):
    for path, original in originals.items():
        path.write_text(original)


def plant(copy, edits):
    """Applies the edits; returns what to write back afterwards."""
    originals = {}
    for file, text, becomes, *times in edits:
        path = copy / file
        content = path.read_text()
        originals.setdefault(path, content)
        expected = times[0] if times else 1
        if content.count(text) != expected:
            write_back(originals)
            raise LookupError(f"{file} has this {content.count(text)} times: {text!r}")
        path.write_text(content.replace(text, becomes))
    return originals


def hunt(copy, mode, schedules, seed):
    """(schedules until found, the broken rule), or None."""
    command = [copy / "build/tests/simulation/simulate", "--mode", mode, "--schedules", str(schedules), "--seed", str(seed)]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace")
    rule = re.search(r"^---- rule broken: ([^:\n]*).*\nseed \d+, after (\d+) schedules", done.stdout, re.M)
    if rule:
        return int(rule[2]), rule[1]
    return ("?", f"none, but it ended with code {done.returncode}") if done.returncode not in (0, 1) else None


def check():
    """Whether every bug can still be planted."""
    missed = 0
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary)
        copy_sources(copy)
        for name, _, _, edits in MUTATIONS:
            try:
                write_back(plant(copy, edits))
            except LookupError as problem:
                print(f"{name} cannot be planted: {problem}")
                missed += 1
    print(f"{len(MUTATIONS)} to plant, {missed} that cannot be")
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--schedules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--work", default="")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        return check()
    only = {name for name in arguments.only.split(",") if name}
    missed = 0
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(arguments.work or temporary)
        lay_out(copy)
        print(f"{'planted bug':28} {'mode':6} {'schedules':>9}  broken rule", flush=True)
        for name, what, mode, edits in MUTATIONS:
            if only and name not in only:
                continue
            try:
                originals = plant(copy, edits)
            except LookupError as problem:
                print(f"{name:28} {mode:6} {'-':>9}  CANNOT BE PLANTED: {problem}", flush=True)
                missed += 1
                continue
            try:
                build(copy)
                found = hunt(copy, mode, arguments.schedules, arguments.seed)
            finally:
                write_back(originals)
            missed += found is None
            count, rule = found or ("-", f"NOT FOUND: {what}")
            print(f"{name:28} {mode:6} {count:>9}  {rule}", flush=True)
    print(f"{len(only) or len(MUTATIONS)} planted, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
