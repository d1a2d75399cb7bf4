"""Users of the installed shared libraries."""

import os

from .harness import ROOT, WARNINGS, ConsumerTest


class SharedConsumerTest(ConsumerTest):
    @classmethod
    def prepare(cls):
        build = cls.scratch / "build"
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if "ccache" in os.environ.get("CMAKE_CXX_COMPILER_LAUNCHER", "") else []
        cls.run_plainly("cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DBUILD_SHARED_LIBS=ON", "-DCMAKE_BUILD_TYPE=Debug",
                        "-DDYNAMUTEX_BUILD_EXAMPLES=OFF", *launcher)
        cls.run_plainly("cmake", "--build", build, "-j", "2")
        cls.run_plainly("cmake", "--install", build, "--prefix", cls.prefix)
        cls.libraries = next(cls.prefix.rglob("libdynamutex_lock.so")).parent
        cls.loading = {"LD_LIBRARY_PATH": str(cls.libraries)}

    def test_the_soname_ends_where_compatibility_does(self):
        version = (self.prefix / "include/dynamutex/version.hpp").read_text().split('#define DYNAMUTEX_VERSION "')[1].split('"')[0]
        for library in self.libraries.glob("*.so"):
            with self.subTest(library=library.name):
                self.assertIn(f"[{library.name}.{version.rsplit('.', 1)[0]}]", self.run_plainly("readelf", "-d", library))

    def test_what_is_inside_stays_inside(self):
        shown = self.run_plainly("nm", "-DC", "--defined-only", self.libraries / "libdynamutex_dynamo.so")
        self.assertIn("dynamutex::dynamo::Client::put_item", shown)
        for hidden in ("dynamutex::dynamo::json", "nlohmann::", "dynamutex::dynamo::crc32"):
            self.assertNotIn(hidden, shown)

    def test_the_command_finds_its_libraries(self):
        self.assertIn("dynamutex ", self.consume(self.prefix / "bin/dynamutex", "--version"))

    def test_a_cmake_project(self):
        build = self.build("find_package", f"-DCMAKE_CXX_FLAGS={WARNINGS}")
        self.check_locks(build / "locker")

    def test_a_cmake_project_needs_no_library_of_ours_needs(self):
        """They are linked already: no header files and no CMake package of theirs are asked for."""
        build = self.build("find_package", "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON")
        self.assertNotIn("libcurl.so.4", self.needed_libraries(build / "locker"))

    def test_a_makefile_with_pkg_config(self):
        self.consume("make", f"CXXFLAGS=-O1 {WARNINGS}", cwd=self.projects / "pkg_config",
                     environment={"PKG_CONFIG_PATH": str(self.libraries / "pkgconfig")})
        self.check_locks(self.projects / "pkg_config/locker", environment=self.loading)
        self.check_signs(self.projects / "pkg_config/signer", environment=self.loading)
        self.assertNotIn("libcurl.so.4", self.needed_libraries(self.projects / "pkg_config/locker"))
