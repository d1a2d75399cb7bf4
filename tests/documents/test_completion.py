"""Completion in real shells: what is offered is what the help has."""

import os
import pathlib
import subprocess
import sys
import tempfile

from integration.screen import Screen

from .program import ROOT, ProgramTest

_ASK = r"""
source "$COMPLETION"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_dynamutex
printf '%s\n' "${COMPREPLY[@]}"
"""


class BashTest(ProgramTest):
    def offered(self, *words, extra="", **environment):
        done = subprocess.run(["bash", "--norc", "-c", extra + _ASK, "-", self.program, *words], capture_output=True, text=True, timeout=30,
                              env={**os.environ, "COMPLETION": str(ROOT / "completions" / "dynamutex.bash"), **environment}, check=True)
        self.assertEqual("", done.stderr)
        return sorted(done.stdout.split())

    def test_every_command_and_flag_of_the_help_is_offered(self):
        self.assertEqual(sorted(self.commands), self.offered(""))
        self.assertEqual(sorted(self.flags(self.general)), self.offered("-"))
        for command in self.commands:
            self.assertEqual(sorted(self.flags(self.helps[command])), self.offered(command, "-"), command)

    def test_flags_and_their_values_before_the_command_do_not_hide_it(self):
        self.assertEqual(["show"], self.offered("--table", "run", "-v", "--color", "=", "never", "sh"))
        self.assertEqual(["--watch"], self.offered("--json", "list", "--wat"))

    def test_values_are_offered_where_they_are_known(self):
        self.assertEqual(["always"], self.offered("--color", "al"))
        self.assertEqual(["always", "auto", "never"], self.offered("--color", "="))
        self.assertEqual(["never"], self.offered("--color", "=", "n"))
        self.assertEqual(["5m", "5s"], self.offered("list", "--watch", "=", "5"))
        self.assertEqual(["go"], self.offered("run", "deploy", "--compat", "g"))

    def test_profiles_come_from_the_shared_files(self):
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder, "config")
            config.write_text("[default]\nregion = x\n[profile work]\n[profile home]\n")
            self.assertEqual(["default", "home", "work"], self.offered("--profile", "", AWS_CONFIG_FILE=str(config),
                                                                       AWS_SHARED_CREDENTIALS_FILE="/nonexistent"))

    def test_after_the_locks_name_it_is_another_programs_command_line(self):
        name = pathlib.Path(sys.executable).name
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "--unlikely-file").touch()
            found = subprocess.run(
                ["bash", "--norc", "-c", "cd \"$1\"; shift\n" + _ASK, "-", folder, self.program, "run", "deploy", "--", "cat", "--unl"],
                capture_output=True, text=True, timeout=30, check=True,
                env={**os.environ, "COMPLETION": str(ROOT / "completions" / "dynamutex.bash")})
            self.assertEqual("--unlikely-file\n", found.stdout)
        self.assertIn(name, self.offered("run", "deploy", "--", name[:-1]))
        self.assertIn(name, self.offered("run", "deploy", "-w", "5s", name[:-1]))

    def test_it_is_registered(self):
        done = subprocess.run(["bash", "--norc", "-c", 'source "$0"; complete -p dynamutex', str(ROOT / "completions" / "dynamutex.bash")],
                              capture_output=True, text=True, check=True, timeout=30)
        self.assertEqual("complete -F _dynamutex dynamutex\n", done.stdout)


class TabTest(ProgramTest):
    """At a prompt, with the Tab key."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "unlikely-file").touch()
        self.screen = Screen(self.folder, {"PATH": f"{pathlib.Path(self.program).parent}:{os.environ['PATH']}", "HOME": folder.name,
                                           "LANG": "C.UTF-8"}, columns=160, rows=60)
        self.addCleanup(self.screen.close)
        self.load()

    def load(self):
        self.screen.type(f"clear; source {ROOT / 'completions' / 'dynamutex.bash'} && echo loaded")
        self.screen.wait_for(lambda: "loaded" in self.screen.lines(), "the completion")

    def typed(self, words):
        self.screen.key("C-u")
        self.screen.type("clear")
        self.screen.wait_for(lambda: self.screen.lines() == [Screen.PROMPT], "an empty prompt")
        self.screen.write(words)
        self.screen.key("Tab")

    def test_what_is_unique_is_completed(self):
        for typed, completed in (("dynamutex sho", "dynamutex show"), ("dynamutex --table x run x --nonb", "dynamutex --table x run x --nonblock"),
                                 ("dynamutex run x --color=nev", "dynamutex run x --color=never"),
                                 ("dynamutex run deploy -- cat unl", "dynamutex run deploy -- cat unlikely-file")):
            self.typed(typed)
            self.screen.wait_for(lambda: f"{Screen.PROMPT} {completed}" in (line.strip() for line in self.screen.lines()), completed)


class ZshTest(TabTest):
    def load(self):
        (self.folder / ".zshrc").write_text(
            f"PS1='{Screen.PROMPT} '\nfpath=({ROOT / 'completions'} $fpath)\nautoload -Uz compinit\ncompinit -D -u\nunsetopt beep\n"
            "LISTMAX=9999\nzstyle ':completion:*' list-prompt ''\necho loaded\n")
        self.screen.type("clear; exec zsh -d -i")
        self.screen.wait_for(lambda: "loaded" in self.screen.text() and self.screen.at_prompt(), "zsh's prompt")

    def test_every_command_and_flag_of_the_help_is_offered(self):
        self.typed("dynamutex ")
        for command in self.commands:
            self.screen.wait_for(lambda: any(line.split(" ")[0] == command for line in self.screen.lines()), f"{command} in the list")
        for command in self.commands:
            self.typed(f"dynamutex {command} -")
            for flag in self.flags(self.helps[command]):
                self.screen.wait_for(lambda: any(flag in line.split(" -- ")[0].split() for line in self.screen.lines()),
                                     f"{flag} in the list of {command}")
