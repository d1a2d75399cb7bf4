"""Users who build the sources as a part of their own project."""

import shutil

from .harness import ROOT, WARNINGS, ConsumerTest

# DYNAMUTEX_CREDENTIALS_…
SOURCES = ("PROFILE", "PROCESS", "STS", "WEB_IDENTITY", "CONTAINER", "IMDS", "IOT")

# A release's files; no tests, no examples, no vectors.
RELEASED = ("CMakeLists.txt", "cmake", "include", "src", "LICENSE", "README.md", "CHANGELOG.md")


class SourceConsumerTest(ConsumerTest):
    @classmethod
    def prepare(cls):
        cls.source = cls.scratch / "dynamutex"
        cls.source.mkdir()
        for name in RELEASED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, cls.source / name)

    def test_the_signer_by_add_subdirectory_where_nothing_else_is(self):
        (self.projects / "add_subdirectory/dynamutex").symlink_to(self.source)
        build = self.build("add_subdirectory", "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON",
                           "-DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON", f"-DCMAKE_CXX_FLAGS={WARNINGS}")
        self.check_signs(build / "signer")
        self.assertEqual(["libdynamutex_sigv4.a"], sorted(path.name for path in build.rglob("libdynamutex_*.a") if "base" not in path.name))

    def test_all_by_fetch_content(self):
        build = self.build("fetch_content", f"-DDYNAMUTEX_SOURCE={self.source}", f"-DCMAKE_CXX_FLAGS={WARNINGS}",
                           *(f"-DDYNAMUTEX_CREDENTIALS_{source}=OFF" for source in SOURCES))
        self.check_locks(build / "locker")
        self.assertFalse(list(build.rglob("dynamutex_cli*")), "a guest builds no command unless it asks for it")

    def test_each_source_of_credentials_can_be_left_out_alone(self):
        build = self.scratch / "sources"
        for left_out in SOURCES:
            with self.subTest(left_out):
                self.consume("cmake", "-S", self.source, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                             "-DDYNAMUTEX_LAYERS=sigv4;http;credentials", "-DDYNAMUTEX_BUILD_TESTS=OFF", "-DDYNAMUTEX_BUILD_EXAMPLES=OFF",
                             "-DDYNAMUTEX_BUILD_COMMAND=OFF",
                             *(f"-DDYNAMUTEX_CREDENTIALS_{source}={'OFF' if source == left_out else 'ON'}" for source in SOURCES))
                self.consume("cmake", "--build", build, "-j", "2")

    def test_a_guest_installs_nothing_of_ours(self):
        build = self.configure("fetch_content", f"-DDYNAMUTEX_SOURCE={self.source}")
        self.consume("cmake", "--install", build, "--prefix", self.scratch / "nowhere")
        self.assertFalse((self.scratch / "nowhere").exists())
