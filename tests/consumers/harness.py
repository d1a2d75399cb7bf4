"""What the consumer tests share: a folder outside of the tree with the consumers' projects and what they are given, commands that
see this folder and not the tree, and a DynamoDB for them to lock in."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from servers import BY_NAME

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent

# AWS's published signature of its test case "get-vanilla".
SIGNATURE = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
WARNINGS = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"


def hiding():
    """A command prefix under which the tree is not there: an empty file system over it, in a mount namespace of its own. Where the
    kernel does not allow that there is none, and the checks of what was installed stand alone: said, and no pass where nothing may be
    skipped."""
    for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
        prefix = [*unshare, "sh", "-c", f"mount -t tmpfs none '{ROOT}' && exec \"$@\"", "sh"]
        try:
            if subprocess.run([*prefix, "test", "!", "-e", str(ROOT / "CMakeLists.txt")], capture_output=True, cwd="/").returncode == 0:
                return prefix
        except FileNotFoundError:
            break
    if os.environ.get("DYNAMUTEX_NO_SKIPS"):
        raise AssertionError("the tree cannot be hidden from its users: unshare(1) may make no mount namespace here")
    print("not checked: that nothing of the tree is needed (unshare(1) may make no mount namespace here)", flush=True)
    return []


class ConsumerTest(unittest.TestCase):
    """One scratch folder a class: `prefix` for what is installed, `projects` with a copy of the consumers."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="dynamutex-consumers-"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.prefix = cls.scratch / "prefix"
        cls.projects = cls.scratch / "projects"
        shutil.copytree(HERE, cls.projects, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        cls.hidden = hiding()
        cls.server = cls.enterClassContext(BY_NAME[os.environ["DYNAMUTEX_SERVER"]]())
        cls.prepare()

    @classmethod
    def prepare(cls):
        """Puts there what the consumers are given."""

    @staticmethod
    def run_plainly(*command, **settings):
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **settings)
        if done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-6000:]}")
        return done.stdout

    @classmethod
    def consume(cls, *command, environment=None, cwd=None):
        """Runs one command of a consumer, who cannot see the tree."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DYNAMUTEX")}
        return cls.run_plainly(*cls.hidden, *command, cwd=cwd or cls.scratch, env={**kept, **(environment or {})})

    def configure(self, project, *settings):
        """Configures a consumer's CMake project in a fresh folder and returns that."""
        build = pathlib.Path(tempfile.mkdtemp(prefix=f"{project}-", dir=self.scratch))
        self.consume("cmake", "-S", self.projects / project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                     "-DCMAKE_BUILD_TYPE=Debug", *settings)
        return build

    def build(self, project, *settings):
        build = self.configure(project, *settings)
        self.consume("cmake", "--build", build, "-j", "2")
        return build

    def check_locks(self, program, standard=None, environment=None):
        words = self.consume(program, self.server.url, environment=environment)
        self.assertRegex(words, r"^dynamutex \d+\.\d+\.\d+ held a lock; C\+\+ \d+\n$")
        if standard is not None:
            self.assertGreater(int(words.split()[-1]), {17: 201702, 20: 201703, 23: 202002}[standard])

    def check_signs(self, program, environment=None):
        self.assertEqual(SIGNATURE + "\n", self.consume(program, environment=environment))

    def needed_libraries(self, program):
        """The shared libraries that the program itself asks for."""
        return [line.split("[")[1].rstrip("]") for line in self.run_plainly("readelf", "-d", program).splitlines() if "(NEEDED)" in line]
