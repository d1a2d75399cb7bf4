"""Users who build the sources as a part of their own project."""

import shutil

from .harness import ROOT, WARNINGS, ConsumerTest

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
        sources = ("PROFILE", "PROCESS", "STS", "WEB_IDENTITY", "CONTAINER", "IMDS", "IOT")
        build = self.build("fetch_content", f"-DDYNAMUTEX_SOURCE={self.source}", f"-DCMAKE_CXX_FLAGS={WARNINGS}",
                           *(f"-DDYNAMUTEX_CREDENTIALS_{source}=OFF" for source in sources))
        self.check_locks(build / "locker")
        self.assertFalse(list(build.rglob("dynamutex_cli*")), "a guest builds no command unless it asks for it")

    def test_a_guest_installs_nothing_of_ours(self):
        build = self.configure("fetch_content", f"-DDYNAMUTEX_SOURCE={self.source}")
        self.consume("cmake", "--install", build, "--prefix", self.scratch / "nowhere")
        self.assertFalse((self.scratch / "nowhere").exists())
