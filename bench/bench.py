"""What the benchmarks' drivers share: arguments, programs that print JSON, and the machine they ran on."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import subprocess
import sys

_PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_PROJECT / "tests"))

from servers import DynamoDBLocal, NotFetched, servers_folder  # noqa: E402, F401  # found by the line above


def arguments(doc):
    """The build folder, and whether to be quick."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help="the build's folder, e.g. build/release")
    parser.add_argument("--quick", action="store_true", help="as short as can be: shows that it works, not what things cost")
    options = parser.parse_args()
    return options.build.resolve(), options.quick


def run(program, *words, environment=None, timeout_s=1200):
    """Runs a program that prints one JSON object."""
    done = subprocess.run([str(program), *map(str, words)], env=environment, stdout=subprocess.PIPE, timeout=timeout_s, check=False)
    if done.returncode != 0:
        sys.exit(f"{pathlib.Path(program).name} failed with exit code {done.returncode}")
    return json.loads(done.stdout)


def ratio(value, floor):
    return round(value / floor, 3)


def show(figures):
    print(json.dumps({**figures, "load_average": round(os.getloadavg()[0], 1)}, indent=2))


def machine():
    """Nothing that names this very machine."""
    def first(path, prefix):
        with open(path, encoding="utf-8") as lines:
            return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(prefix)), "unknown")
    release = dict(line.rstrip().split("=", 1) for line in open("/etc/os-release", encoding="utf-8") if "=" in line)
    return {"processor": first("/proc/cpuinfo", "model name"), "cores": os.cpu_count(),
            "memory_gib": round(int(first("/proc/meminfo", "MemTotal").split()[0]) / 2**20),
            "system": release.get("PRETTY_NAME", "unknown").strip('"'), "kernel": platform.release().split("-")[0],
            "compiler": subprocess.run(["g++", "-dumpfullversion"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip(),
            "libcurl": subprocess.run(["curl-config", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()}


@contextlib.contextmanager
def dynamodb_local(build):
    """AWS's own server, with a table 'locks'; its address."""
    environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    with DynamoDBLocal() as server:
        subprocess.run([str(build / "src/cli/dynamutex"), "--endpoint-url", server.url, "init"], env=environment, check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        yield server.url
