"""What it costs to take dynamutex in, held against a budget. The figures are printed."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from .harness import COMMAND, PROGRAMS, StaticTest, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
KB = 1024
MB = 1024 * KB


class BudgetTest(StaticTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="dynamutex-budget-"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)

    def stripped(self, program):
        """Bytes of the stripped program's file."""
        small = self.scratch / (pathlib.Path(program).name + ".stripped")
        run("strip", "-o", small, program)
        return small.stat().st_size

    def check(self, what, figure, budget, unit, name):
        print(f"\n    {what}: {figure / unit:.1f} {name} (budget {budget} {name})", end="", file=sys.stderr, flush=True)
        self.assertLessEqual(figure, budget * unit)

    def peak_memory(self, *command):
        """Bytes that the program had resident at most (ru_maxrss), the least of three runs: the kernel may add pages that it
        happened to have at hand."""
        peaks = []
        for _ in range(3):
            child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(0, child.returncode)
            peaks.append(usage.ru_maxrss * KB)
        return min(peaks)

    def test_the_static_command_beside_a_bare_get(self):
        command, bare = self.stripped(COMMAND), self.stripped(PROGRAMS / "bare_get")
        print(f"\n    command {command:,} bytes, bare GET {bare:,} bytes", end="", file=sys.stderr)
        self.check("the static command beyond a bare static GET", command - bare, 450, KB, "KB")

    def test_signing_beside_a_bare_sha256(self):
        signer, bare = self.stripped(PROGRAMS / "sign_one"), self.stripped(PROGRAMS / "bare_sha256")
        print(f"\n    signer {signer:,} bytes, bare SHA-256 {bare:,} bytes", end="", file=sys.stderr)
        self.check("signing a request beyond a bare SHA-256", signer - bare, 60, KB, "KB")

    def test_memory_of_a_static_program_that_holds_a_lease(self):
        self.check("peak memory, static", self.peak_memory(PROGRAMS / "hold_one", self.server.url), 6, MB, "MB")
        self.check("peak memory, static, TLS",
                   self.peak_memory(PROGRAMS / "hold_one", self.front.url, self.front.authority), 6, MB, "MB")

    def test_the_layers_in_a_dynamic_program(self):
        """Their code: a program that has all of it, whether used or not, less the same program without."""
        build, prefix = self.scratch / "build", self.scratch / "prefix"
        run("cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=MinSizeRel", "-DDYNAMUTEX_BUILD_TESTS=OFF",
            "-DDYNAMUTEX_BUILD_EXAMPLES=OFF", "-DDYNAMUTEX_BUILD_COMMAND=OFF")
        run("cmake", "--build", build, "-j", "2")
        run("cmake", "--install", build, "--prefix", prefix)
        libraries = next(prefix.rglob("libdynamutex_lock.a")).parent
        flags = run("pkg-config", "--libs", "--cflags", "dynamutex-lock",
                    environment={"PKG_CONFIG_PATH": str(libraries / "pkgconfig")}).split()
        ours = [flag for flag in flags if flag.startswith("-ldynamutex_")]
        others = [flag for flag in flags if flag not in ours]
        (self.scratch / "empty.cpp").write_text("int main() { return 0; }\n")
        link = ["c++", "-std=c++17", "-Os", self.scratch / "empty.cpp", "-Wl,--no-as-needed"]
        run(*link, *others, "-o", self.scratch / "empty")
        run(*link, "-Wl,--whole-archive", *ours, "-Wl,--no-whole-archive", *others, "-o", self.scratch / "whole")
        self.check("the code of all layers", self.stripped(self.scratch / "whole") - self.stripped(self.scratch / "empty"), 350, KB, "KB")

        run("c++", "-std=c++17", "-Os", ROOT / "tests/consumers/locker.cpp", *flags, "-Wl,--gc-sections", "-o", self.scratch / "hold_one")
        self.check("peak memory, dynamic", self.peak_memory(self.scratch / "hold_one", self.server.url), 9, MB, "MB")
        self.check("peak memory, dynamic, TLS",
                   self.peak_memory(self.scratch / "hold_one", self.front.url, self.front.authority), 9, MB, "MB")
