"""What a person sees: a waiting line, colours, a list that counts down; and that the terminal is whole afterwards."""

import re
import time

from .harness import CommandTest
from .screen import Screen


class ScreenTest(CommandTest):
    def screen(self, columns=100, rows=24, client="WAITER", **changes):
        screen = Screen(self.folder, self.environment(client, **changes), columns, rows)
        self.addCleanup(screen.close)
        return screen

    def line_with(self, screen, pattern):
        """Waits for a line of the screen that matches."""
        return screen.wait_for(
            lambda: next((found for line in screen.lines() if (found := re.search(pattern, line))), None), pattern)


class WaitingLineTest(ScreenTest):
    def waiting(self, screen):
        return self.line_with(screen, r"dynamutex: waiting for (\S+), (\d+) s left of its lease \((\d+ m?s) so far\)…")

    def test_who_waits_sees_for_whom_and_how_long_and_the_line_goes_when_the_wait_is_over(self):
        holder = self.hold(60, "--no-renew", lease="30s")
        owner = self.record()["ownerName"]["S"]
        screen = self.screen()
        screen.type(f"{self.command} run {self.lock} -- echo inside")
        seen = self.waiting(screen)
        self.assertEqual(owner.rpartition(":")[0], seen[1])
        self.assertLessEqual(int(seen[2]), 35)
        first = int(seen[2])
        screen.wait_for(lambda: int(self.waiting(screen)[2]) < first, "the time left counting down")
        self.assertEqual(1, sum("waiting for" in line for line in screen.lines()), "it is redrawn in place")
        holder.signal(15)
        screen.wait_for(screen.at_prompt, "the end")
        self.assertNotIn("waiting for", screen.text())
        self.assertIn("inside", screen.lines())
        self.assertEqual(0, screen.exit_code())

    def test_interrupting_the_wait_takes_the_line_away(self):
        self.hold()
        screen = self.screen()
        screen.type(f"{self.command} run {self.lock} -- true")
        self.waiting(screen)
        screen.key("C-c")
        screen.wait_for(screen.at_prompt, "the end")
        self.assertNotIn("waiting for", screen.text())
        self.assertEqual(130, screen.exit_code())

    def test_giving_up_takes_the_line_away_and_says_why(self):
        self.hold()
        screen = self.screen()
        screen.type(f"{self.command} run {self.lock} -w 2s -- true")
        self.waiting(screen)
        screen.wait_for(screen.at_prompt, "the end")
        self.assertNotIn("waiting for", screen.text())
        self.assertEqual(75, screen.exit_code())

    def test_a_narrow_window_cuts_the_line_and_does_not_wrap_it(self):
        self.hold()
        screen = self.screen(columns=40)
        screen.type(f"clear; $COMMAND run {self.lock} -- true".replace("$COMMAND", self.command))
        self.line_with(screen, r"^dynamutex: waiting for .*…$")
        time.sleep(2)
        self.assertEqual(1, sum("waiting for" in line for line in screen.lines()), screen.text())

    def test_neither_a_dumb_terminal_nor_a_background_job_gets_one(self):
        self.hold()
        screen = self.screen()
        screen.type(f"TERM=dumb {self.command} run {self.lock} -w 2s -- true")
        screen.wait_for(screen.at_prompt, "the end")
        screen.type(f"{self.command} run {self.lock} -w 2s -- true &")
        screen.type("wait")
        screen.wait_for(lambda: "Exit 75" in screen.text(), "the end of the job")
        self.assertNotIn("waiting for", screen.text())

    def test_in_a_pipe_nothing_is_told_unless_asked_for_and_then_in_plain_lines(self):
        self.hold()
        quiet = self.dynamutex("run", self.lock, "-w", "1s", "--", "true", client="WAITER")
        self.assert_one_line(quiet, 75, self.lock)
        told = self.dynamutex("-v", "run", self.lock, "-w", "1s", "--", "true", client="WAITER")
        waits = [line for line in told.err.splitlines() if "waiting for lock" in line]
        self.assertEqual(1, len(waits), told.err)
        self.assertNotIn("\x1b", told.err)


class ColorTest(ScreenTest):
    def test_a_terminal_gets_colour_unless_it_or_the_person_does_not_want_it(self):
        screen = self.screen()
        for prefix, flag, colored in (("", "", True), ("NO_COLOR=1 ", "", False), ("TERM=dumb ", "", False),
                                      ("", "--color never ", False), ("NO_COLOR=1 ", "--color always ", True)):
            with self.subTest(prefix=prefix, flag=flag):
                screen.type(f"clear; {prefix}{self.command} {flag}list extra")
                screen.wait_for(lambda: "takes no argument" in screen.text() and screen.at_prompt(), "an error")
                line = next(each for each in screen.text(escapes=True).splitlines() if "takes no argument" in each)
                self.assertEqual(colored, "\x1b[" in line, repr(line))

    def test_a_pipe_gets_none_unless_told(self):
        self.assertNotIn("\x1b", self.dynamutex("list", "extra").err)
        self.assertIn("\x1b[1;31m", self.dynamutex("list", "extra", "--color=always").err)
        self.assert_one_line(self.dynamutex("--color", "sometimes", "list"), 64, "auto, always and never")
