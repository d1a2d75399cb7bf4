"""`run` at a terminal: keys reach the command, the shell's job control works, and an editor or a shell can be the command."""

import os
import shutil
import unittest

from .harness import CommandTest
from .processes import eventually, is_alive
from .screen import Screen

EDITOR = shutil.which("vim.tiny") or shutil.which("vi")


class JobsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.screen = Screen(self.folder, self.environment(), 100, 24)
        self.addCleanup(self.screen.close)

    def run_line(self, command, *flags):
        self.screen.type(" ".join([self.command, "run", self.lock, *flags, "--", command]))

    def sees(self, text):
        self.screen.wait_for(lambda: any(line.startswith(text) for line in self.screen.lines()), text)

    def ends(self, code):
        self.screen.wait_for(self.screen.at_prompt, "the prompt")
        self.assertEqual(code, self.screen.exit_code(), self.screen.text())
        self.assertTrue(eventually(lambda: self.record() is None, 10), "the lock is still held")

    def test_interrupting_the_command_ends_it_as_if_it_ran_alone(self):
        self.run_line("sh -c 'echo running; exec sleep 60'")
        self.sees("running")
        self.screen.key("C-c")
        self.ends(130)

    def test_the_interrupt_ends_the_script_around_it_too(self):
        (self.folder / "script").write_text(f"{self.command} run {self.lock} -- sh -c 'echo running; exec sleep 60'\necho went on\n")
        self.screen.type("bash script; echo after the script")
        self.sees("running")
        self.screen.key("C-c")
        self.ends(130)
        self.assertNotIn("went on", self.screen.lines())
        self.assertNotIn("after the script", self.screen.lines())

    def test_a_command_may_take_the_interrupt_for_itself(self):
        self.run_line("sh -c 'trap \"echo not yet\" INT; echo running; while ! read line; do :; done; echo read $line'")
        self.sees("running")
        self.screen.key("C-c")
        self.sees("^Cnot yet")
        self.screen.type("on")
        self.sees("read on")
        self.ends(0)

    def test_quitting_reaches_the_command_too(self):
        self.run_line("sh -c 'ulimit -c 0; echo running; exec sleep 60'")
        self.sees("running")
        self.screen.key("C-\\")
        self.ends(131)

    def test_the_suspend_key_stops_the_job_and_fg_and_bg_continue_it(self):
        self.run_line("sh -c 'echo running; read line; echo read $line'", "--lease", "60s")
        self.sees("running")
        self.screen.key("C-z")
        self.screen.wait_for(self.screen.at_prompt, "the shell")
        self.screen.type("jobs")
        self.screen.wait_for(lambda: "Stopped" in self.screen.text(), "a stopped job")
        self.assertIsNotNone(self.record(), "the lock is still held")
        # In the background it stops again as soon as it wants to read.
        self.screen.type("clear; bg")
        self.screen.wait_for(lambda: "Stopped" in self.screen.text() or self.screen.type("jobs"), "a job that is stopped again")
        self.screen.type("clear; fg")
        self.sees(self.command)
        self.screen.type("again")
        self.sees("read again")
        self.ends(0)

    def test_a_job_that_was_stopped_beyond_its_lease_is_told_of_its_loss_when_it_goes_on(self):
        self.run_line("sh -c 'echo $$ > pid; echo running; exec sleep 60'", "--lease", "3s")
        self.sees("running")
        self.screen.key("C-z")
        self.screen.wait_for(self.screen.at_prompt, "the shell")
        pid = int((self.folder / "pid").read_text())
        self.assertTrue(eventually(lambda: not is_alive(pid), 10), "the command outlived the lease")
        self.screen.type("fg")
        self.screen.wait_for(lambda: " lost: " in self.screen.text() and self.screen.at_prompt(), "the loss")
        self.assertEqual(76, self.screen.exit_code())

    def test_a_waiter_is_stopped_and_continued_like_any_program(self):
        holder = self.hold(60)
        self.run_line("echo inside")
        self.screen.wait_for(lambda: "waiting for" in self.screen.text(), "a wait")
        self.screen.key("C-z")
        self.screen.wait_for(lambda: "Stopped" in self.screen.text(), "a stopped job")
        self.screen.type("fg")
        holder.signal(15)
        self.sees("inside")
        self.ends(0)

    def test_a_command_in_the_background_that_reads_waits_for_the_foreground(self):
        self.screen.type(f"{self.command} run {self.lock} -- sh -c 'read line; echo read $line' &")
        self.assertTrue(eventually(lambda: self.record() is not None))
        self.screen.wait_for(lambda: "Stopped" in self.screen.text() or self.screen.type("jobs"), "a stopped job")
        self.screen.type("clear; fg")
        self.sees(self.command)  # not before: what is typed for the shell is the shell's
        self.screen.type("hello")
        self.sees("read hello")
        self.ends(0)

    def test_a_shell_under_the_lock_has_job_control_of_its_own(self):
        self.run_line("env PS1=inner: bash --norc --noprofile -i")
        self.sees("inner:")
        self.screen.type("sh -c 'echo asleep; exec sleep 50'")
        self.sees("asleep")
        self.screen.key("C-z")
        self.screen.wait_for(lambda: "Stopped" in self.screen.text(), "the inner job")
        self.screen.type("kill %1; echo $DYNAMUTEX_LOCK")
        self.sees(self.lock)
        self.screen.type("exit 5")
        self.ends(5)
        self.assertNotIn("cannot set terminal process group", self.screen.text())
        self.assertNotIn("no job control", self.screen.text())

    @unittest.skipUnless(EDITOR, "there is no vi; install it with: apt-get install vim-tiny")
    def test_an_editor_works_and_leaves_a_whole_terminal(self):
        self.run_line(f"{EDITOR} -u NONE -i NONE -n note")
        self.screen.wait_for(lambda: sum(line == "~" for line in self.screen.lines()) > 5, "the editor")
        self.screen.type("ifirst line")
        self.screen.key("Escape")
        self.screen.key("C-z")
        self.screen.wait_for(self.screen.at_prompt, "the shell")
        self.screen.type("fg")
        self.screen.wait_for(lambda: "first line" in self.screen.lines(), "the editor again")
        self.screen.type(":wq")
        self.ends(0)
        self.assertIn("first line", (self.folder / "note").read_text())

    def test_a_command_that_is_killed_in_raw_mode_leaves_a_terminal_that_echoes(self):
        self.run_line("sh -c 'stty raw -echo; echo $$ > pid; exec sleep 60'")
        self.assertTrue(eventually((self.folder / "pid").exists))
        self.assertTrue(eventually(lambda: (self.folder / "pid").read_text()))
        os.kill(int((self.folder / "pid").read_text()), 9)
        self.screen.wait_for(self.screen.at_prompt, "the shell")
        self.assertEqual(137, self.screen.exit_code())
        self.screen.type("stty -a")
        self.screen.wait_for(lambda: " echo " in self.screen.text() and " icanon" in self.screen.text(), "a terminal that echoes")

    def test_in_a_pipeline_the_pager_gets_the_keys(self):
        self.screen.type(f"{self.command} run {self.lock} -- seq 100 | (read first; echo first $first; read key < /dev/tty; echo key $key)")
        self.sees("first 1")
        self.screen.type("pressed")
        self.sees("key pressed")
