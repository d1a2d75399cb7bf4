"""Users of the installed static libraries: by CMake in each dialect and with both compilers, and by pkg-config."""

import os
import pathlib

from .harness import ROOT, WARNINGS, ConsumerTest


class StaticConsumerTest(ConsumerTest):
    @classmethod
    def prepare(cls):
        cls.run_plainly("cmake", "--install", os.environ["DYNAMUTEX_BUILD"], "--prefix", cls.prefix)
        sanitizer = os.environ.get("DYNAMUTEX_SANITIZED")
        cls.flags = WARNINGS + (f" -fsanitize={sanitizer}" if sanitizer else "")

    def test_what_is_installed_names_no_folder_of_the_build(self):
        texts = [path for path in self.prefix.rglob("*") if path.suffix in (".cmake", ".pc", ".hpp")]
        self.assertGreater(len(texts), 40)
        for path in texts:
            for folder in (str(ROOT), os.environ["DYNAMUTEX_BUILD"], str(self.prefix)):
                self.assertNotIn(folder, path.read_text(), path)

    def test_the_command_says_the_version_of_the_headers(self):
        header = (self.prefix / "include/dynamutex/version.hpp").read_text()
        version = header.split('#define DYNAMUTEX_VERSION "')[1].split('"')[0]
        self.assertEqual(f"dynamutex {version}\n", self.consume(self.prefix / "bin/dynamutex", "--version"))

    def test_a_cmake_project_in_each_dialect_with_each_compiler(self):
        for compiler, standard in (("g++", 17), ("g++", 20), ("g++", 23), ("clang++", 17), ("clang++", 20), ("clang++", 23)):
            with self.subTest(compiler=compiler, standard=standard):
                build = self.build("find_package", f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_STANDARD={standard}",
                                   "-DCMAKE_CXX_STANDARD_REQUIRED=ON", "-DCMAKE_CXX_EXTENSIONS=OFF", f"-DCMAKE_CXX_FLAGS={self.flags}")
                self.check_locks(build / "locker", standard)

    def test_a_cmake_project_without_exceptions_and_rtti(self):
        build = self.build("find_package", f"-DCMAKE_CXX_FLAGS={self.flags} -fno-exceptions -fno-rtti")
        self.check_locks(build / "locker")

    def test_the_signer_asks_for_no_other_library(self):
        build = self.build("signer", "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON",
                           f"-DCMAKE_CXX_FLAGS={self.flags}")
        self.check_signs(build / "signer")
        if not os.environ.get("DYNAMUTEX_SANITIZED"):
            self.assertLessEqual({name.split(".")[0] for name in self.needed_libraries(build / "signer")},
                                 {"libcrypto", "libstdc++", "libgcc_s", "libc"})

    def test_a_layer_that_needs_libcurl_is_not_found_without_it(self):
        with self.assertRaisesRegex(AssertionError, "CURL"):
            self.configure("signer", "-DCOMPONENTS=lock", "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON")

    def test_a_layer_that_does_not_exist_is_told(self):
        with self.assertRaisesRegex(AssertionError, "there is no layer 'locks' here"):
            self.configure("signer", "-DCOMPONENTS=sigv4;locks")

    def test_a_project_for_another_version_is_told(self):
        text = pathlib.Path(self.projects / "find_package/CMakeLists.txt")
        for wanted in ("0.2", "1.0"):
            project = self.projects / f"other-{wanted}"
            project.mkdir()
            (project / "CMakeLists.txt").write_text(text.read_text().replace("dynamutex 0.1", f"dynamutex {wanted}"))
            with self.assertRaisesRegex(AssertionError, "compatible with requested version"):
                self.configure(project.name)

    def test_a_makefile_with_pkg_config(self):
        self.consume("make", f"CXXFLAGS=-O1 {self.flags}", cwd=self.projects / "pkg_config",
                     environment={"PKG_CONFIG_PATH": str(next(self.prefix.rglob("pkgconfig")))})
        self.check_locks(self.projects / "pkg_config/locker")
        self.check_signs(self.projects / "pkg_config/signer")
