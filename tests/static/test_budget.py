"""What it costs to take dynamutex in, held against a budget. The figures are printed."""

import os
import pathlib
import re
import shutil
import sys
import tempfile

from .harness import COMMAND, PROGRAMS, StaticTest, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
KB = 1000
MB = 1000 * KB


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
        """Bytes that the program had resident at most, as it tells (peak.cpp); the least of three runs, as the kernel may map pages
        that it happened to have at hand."""
        return min(int(re.search(r"VmHWM:\s+(\d+) kB", run(*command))[1]) * 1024 for _ in range(3))

    def test_the_static_command_beside_a_bare_get(self):
        command, bare = self.stripped(COMMAND), self.stripped(PROGRAMS / "bare_get")
        print(f"\n    command {command:,} bytes, bare GET {bare:,} bytes", end="", file=sys.stderr)
        if whole := os.environ.get("DYNAMUTEX_COMMAND_KB_MAX"):
            self.check("the whole static command", command, int(whole), KB, "KB")
        else:
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

        self.check_memory_of_dynamic_programs(flags)

    def check_memory_of_dynamic_programs(self, flags):
        """With a lean libcurl a fixed budget. Debian's loads 34 libraries, and a bare GET with it takes more than that budget
        already: with that one, no more than a MB beyond the bare GET."""
        def link(name, *sources_and_flags):
            program = self.scratch / name
            run("c++", "-std=c++17", "-Os", "-no-pie", ROOT / "tests/static/peak.cpp", *sources_and_flags,
                "-static-libstdc++", "-static-libgcc", "-Wl,--gc-sections", "-o", program)
            return program

        holder = ROOT / "tests/consumers/locker.cpp"
        lean_curl = [os.environ["DYNAMUTEX_LIBCURL"], "-lcares", "-lssl", "-lcrypto", "-pthread"]
        lean = link("lean", holder, *[flag for flag in flags if flag != "-lcurl"], *lean_curl)
        self.check("peak memory, dynamic, lean libcurl", self.peak_memory(lean, self.server.url), 9, MB, "MB")
        self.check("peak memory, dynamic, lean libcurl, TLS",
                   self.peak_memory(lean, self.front.url, self.front.authority), 9, MB, "MB")
        bare = self.peak_memory(link("bare", ROOT / "tests/static/bare_get.cpp", "-lcurl"), self.server.url + "/")
        ours = self.peak_memory(link("debian", holder, *flags), self.server.url)
        print(f"\n    peak memory, dynamic, Debian's libcurl: {ours / MB:.1f} MB, a bare GET {bare / MB:.1f} MB", end="", file=sys.stderr)
        self.check("peak memory, dynamic, Debian's libcurl, beyond a bare GET", ours - bare, 1, MB, "MB")
