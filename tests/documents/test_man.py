"""The manual page: well-formed for both formatters, and complete."""

import os
import re
import shutil
import subprocess

from .program import ROOT, ProgramTest

PAGE = ROOT / "docs" / "dynamutex.1"


def run(*command, **settings):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **settings)


class HelpTest(ProgramTest):
    def test_the_help_was_understood(self):
        """So that no test here passes for want of anything to look at."""
        self.assertTrue({"init", "run", "list", "doctor"} <= set(self.commands))
        self.assertTrue({"--table", "--json", "-V"} <= self.flags(self.general))
        self.assertTrue({"--nonblock", "-n", "--table"} <= self.flags(self.helps["run"]))
        for command, text in self.helps.items():
            self.assertRegex(text, rf"(?m)^  .*dynamutex .*{command}", f"{command} --help has no example")


class ManTest(ProgramTest):
    def setUp(self):
        for tool in ("man", "mandoc"):
            if shutil.which(tool) is None:
                self.skip_or_fail(f"there is no {tool}; install it with: apt-get install {tool.replace('man', 'man-db', 1) if tool == 'man' else tool}")

    def skip_or_fail(self, reason):
        if os.environ.get("DYNAMUTEX_NO_SKIPS"):
            self.fail(reason)
        self.skipTest(reason)

    def rendered(self):
        return re.sub(".\b", "", run("mandoc", "-Tutf8", "-Owidth=500", str(PAGE)).stdout)

    def test_man_has_nothing_to_warn_of(self):
        done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", str(PAGE), env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("DYNAMUTEX(1)", done.stdout)

    def test_mandoc_has_nothing_to_warn_of(self):
        done = run("mandoc", "-Tlint", "-Wall", str(PAGE))
        # It also tells what the machine's own index of manual pages lacks.
        about_the_page = [line for line in (done.stdout + done.stderr).splitlines() if PAGE.name in line]
        self.assertEqual([], about_the_page)

    def test_every_command_and_flag_of_the_help_is_in_the_page_and_no_other_flag(self):
        text = self.rendered()
        for command in self.commands:
            self.assertRegex(text, rf"(?m)^ +{command}\b", f"{command} is not described")
        described = set(re.findall(r"(?<![\w-])--?[A-Za-z][a-z-]*", text))
        self.assertEqual(set(), self.all_flags() - described, "not in the page")
        own = {flag for flag in described if flag.startswith("--")}
        self.assertEqual(set(), own - self.all_flags(), "not in the program")

    def test_every_variable_that_is_read_is_in_the_page(self):
        read = set()
        for source in [*(ROOT / "src").rglob("*.cpp"), *(ROOT / "src").rglob("*.hpp")]:
            read |= set(re.findall(r'"((?:AWS|DYNAMUTEX)_[A-Z0-9_]*[A-Z0-9])"', source.read_text()))
        self.assertIn("AWS_EC2_METADATA_DISABLED", read)
        text = self.rendered()
        self.assertEqual(set(), {name for name in read if not re.search(rf"\b{name}\b", text)}, "not in the page")

    def test_the_exit_codes_are_those_of_the_program(self):
        source = (ROOT / "src" / "cli" / "exit_codes.hpp").read_text()
        codes = set(re.findall(r"constexpr int \w+ = (\d+);", source))
        text = self.rendered()
        status = text[text.index("EXIT STATUS"):text.index("EXAMPLES")]
        self.assertEqual(codes, set(re.findall(r"^ +(\d+)(?:\+N)?\s", status, re.MULTILINE)))
