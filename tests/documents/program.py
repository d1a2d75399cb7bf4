"""What the program says of itself: its commands and flags, from its own help."""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
_FLAG = re.compile(r"^ {2,6}(?:-(.), )?--([a-z-]+)(?: ([A-Z]+)|(\[=[A-Z]+\]))?(?: |$)")


class ProgramTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = os.environ["DYNAMUTEX_COMMAND"]
        cls.general = cls.help()
        commands = cls.general[cls.general.index("\ncommands"):cls.general.index("\nglobal flags")]
        cls.commands = re.findall(r"^  ([a-z]+) +\S", commands, re.MULTILINE)
        cls.helps = {command: cls.help(command) for command in cls.commands}

    @classmethod
    def help(cls, *command):
        return subprocess.run([cls.program, *command, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout

    @staticmethod
    def flags(text):
        """Long flags and short ones, with their dashes."""
        found = set()
        for match in filter(None, map(_FLAG.match, text.splitlines())):
            found.add(f"--{match[2]}")
            if match[1]:
                found.add(f"-{match[1]}")
        return found

    def all_flags(self):
        return set().union(*map(self.flags, [self.general, *self.helps.values()]))
