"""What a person sees: a waiting line, colours, a list that counts down; and that the terminal is whole afterwards."""

import json
import os
import pathlib
import re
import signal
import time

from .harness import SHORT_WAIT, CommandTest
from .processes import eventually
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
        screen.type(f"{self.command} run {self.lock} -w 6s -- true")
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
        seen = []
        screen.type(f"TERM=dumb {self.command} run {self.lock} -w 2s -- true; echo given up")
        screen.wait_for(lambda: seen.append(screen.text()) or "given up" in screen.lines(), "the end")
        self.assertFalse([text for text in seen if "waiting for" in text])
        screen.type(f"{self.command} run {self.lock} -w 6s -- true &")
        screen.type("wait")
        seen = []
        screen.wait_for(lambda: seen.append(screen.text()) or "Exit 75" in seen[-1], "the end of the job")
        self.assertGreater(len(seen), 5)
        self.assertFalse([text for text in seen if "waiting for" in text])

    def test_in_a_pipe_nothing_is_told_unless_asked_for_and_then_in_plain_lines(self):
        self.hold()
        quiet = self.dynamutex("run", self.lock, "-w", SHORT_WAIT, "--", "true", client="WAITER")
        self.assert_one_line(quiet, 75, self.lock)
        told = self.dynamutex("-v", "run", self.lock, "-w", SHORT_WAIT, "--", "true", client="WAITER")
        waits = [line for line in told.err.splitlines() if "waiting for lock" in line]
        self.assertEqual(1, len(waits), told.err)
        self.assertNotIn("\x1b", told.err)


class ColorTest(ScreenTest):
    def test_a_terminal_gets_colour_unless_it_or_the_person_does_not_want_it(self):
        screen = self.screen()
        for prefix, flag, colored in (("", "", True), ("NO_COLOR=1 ", "", False), ("TERM=dumb ", "", False),
                                      ("", "--color never ", False), ("NO_COLOR=1 ", "--color always ", True)):
            with self.subTest(prefix=prefix, flag=flag):
                screen.type("clear")
                screen.wait_for(lambda: "takes no argument" not in screen.text() and screen.at_prompt(), "a clear screen")
                screen.type(f"{prefix}{self.command} {flag}list extra")
                screen.wait_for(lambda: "takes no argument" in screen.text() and screen.at_prompt(), "an error")
                line = next(each for each in screen.text(escapes=True).splitlines() if "takes no argument" in each)
                self.assertEqual(colored, "\x1b[" in line, repr(line))

    def test_a_pipe_gets_none_unless_told(self):
        self.assertNotIn("\x1b", self.dynamutex("list", "extra").err)
        self.assertIn("\x1b[1;31m", self.dynamutex("list", "extra", "--color=always").err)
        self.assert_one_line(self.dynamutex("--color", "sometimes", "list"), 64, "auto, always and never")


class WatchTest(ScreenTest):
    def setUp(self):
        super().setUp()
        for item in self.dynamodb.scan(TableName=self.TABLE)["Items"]:
            self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": item["key"]})

    def put(self, name, expires_in_s):
        item = {"key": {"S": name}, "ownerName": {"S": "gone:1:abc"}, "recordVersionNumber": {"S": "1"}, "expiresVersion": {"S": "1"},
                "leaseDuration": {"S": "60000"}, "expiresAt": {"N": str(int((time.time() + expires_in_s) * 1000))}}
        self.dynamodb.put_item(TableName=self.TABLE, Item=item)

    def left(self, screen, lock):
        """Seconds left, as the screen tells them."""
        return int(self.line_with(screen, rf"^{lock} +held +\S+ +(\d+) s ")[1])

    def watch(self, *arguments, screen=None, **settings):
        screen = screen or self.screen(**settings)
        screen.type(f"echo before; {self.command} {' '.join(arguments)}")
        screen.wait_for(lambda: screen.tell("alternate_on") == "1", "the alternate screen")
        return screen

    def assert_whole(self, screen, code):
        screen.wait_for(screen.at_prompt, "the prompt")
        self.assertEqual(("0", "1"), (screen.tell("alternate_on"), screen.tell("cursor_flag")))
        self.assertIn("before", screen.lines(), "what stood there before is there again")
        self.assertNotIn("NAME", screen.text())
        self.assertEqual(code, screen.exit_code())

    def test_a_list_counts_down_between_two_looks(self):
        self.put("counting", 90)
        screen = self.watch("list", "--watch=1h")
        first = self.left(screen, "counting")
        screen.wait_for(lambda: self.left(screen, "counting") <= first - 2, "two seconds less")
        self.assertEqual(1, len(self.proxy.journal.entries(operation="Scan")), "counting down asks nobody")
        self.assertEqual("0", screen.tell("cursor_flag"), "no cursor blinks in it")
        screen.key("C-c")
        self.assert_whole(screen, 130)

    def test_a_list_learns_of_changes_at_the_next_look(self):
        screen = self.watch("list", "--watch=500ms")
        self.line_with(screen, "^NAME")
        self.put("another", 60)
        self.line_with(screen, "^another +held")
        self.assertEqual(1, sum(line.startswith("NAME") for line in screen.lines()), "it is redrawn in place")
        screen.key("C-c")
        self.assert_whole(screen, 130)

    def test_a_lock_that_is_released_goes(self):
        self.put("going", 60)
        screen = self.watch("show", "--watch=500ms", "going")
        self.line_with(screen, "^going: held")
        self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": {"S": "going"}})
        self.line_with(screen, "^going: free")
        self.assertNotIn("owner", screen.text(), "nothing of the older page is left")
        screen.key("C-c")
        self.assert_whole(screen, 130)

    def test_every_signal_that_ends_it_leaves_a_whole_terminal(self):
        screen = None
        for name, code in (("TERM", 143), ("HUP", 129), ("QUIT", 131)):
            screen = self.watch("list", "--watch", screen=screen)
            self.line_with(screen, "^NAME")
            shell = screen.tell("pane_pid")
            (child,) = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text(encoding="ascii").split()
            os.kill(int(child), getattr(signal, f"SIG{name}"))
            self.assert_whole(screen, code)

    def test_a_stop_shows_the_shell_and_continuing_draws_again(self):
        self.put("stopped", 60)
        screen = self.watch("list", "--watch")
        self.left(screen, "stopped")
        screen.key("C-z")
        screen.wait_for(screen.at_prompt, "the prompt")
        self.assertEqual(("0", "1"), (screen.tell("alternate_on"), screen.tell("cursor_flag")))
        screen.type("fg")
        screen.wait_for(lambda: screen.tell("alternate_on") == "1", "the alternate screen")
        self.left(screen, "stopped")
        screen.key("C-c")
        self.assert_whole(screen, 130)

    def test_it_follows_the_windows_size(self):
        for number in range(20):
            self.put(f"a-lock-with-quite-a-long-name-{number:02}", 60)
        screen = self.watch("list", "--watch=1h", columns=100, rows=24)
        self.line_with(screen, "^a-lock-with-quite-a-long-name-19 ")
        screen.resize(40, 10)
        self.line_with(screen, "^… 12 more lines$")
        self.assertEqual(10, len(screen.lines()))
        self.assertTrue(all(len(line) <= 40 for line in screen.lines()), screen.text())
        screen.resize(100, 24)
        self.line_with(screen, "^a-lock-with-quite-a-long-name-19 ")
        screen.key("C-c")
        self.assert_whole(screen, 130)

    def test_trouble_is_told_below_what_is_known_and_goes_when_it_is_over(self):
        self.put("known", 90)
        screen = self.watch("list", "--watch=500ms")
        self.left(screen, "known")
        with self.proxy.rule(action="error", status=400, code="AccessDeniedException", message="not now"):
            self.line_with(screen, "not now")
            self.left(screen, "known")
        screen.wait_for(lambda: "not now" not in screen.text(), "the end of the trouble")
        screen.key("C-c")
        self.assert_whole(screen, 130)

    def test_in_a_pipe_it_writes_one_after_the_other_without_moving_a_cursor(self):
        self.put("piped", 90)
        watching = self.start("list", "--watch=200ms")
        self.assertTrue(eventually(lambda: watching.out.count("NAME") >= 3))
        watching.signal(signal.SIGTERM)
        done = watching.wait()
        self.assert_code(143, done)
        self.assertEqual("", done.err)
        self.assertNotIn("\x1b", done.out)
        for frame in done.out.split("\n\n"):
            self.assertRegex(frame, r"\ANAME [^\n]*\npiped +held [^\n]*\n?\Z")

    def test_as_json_each_look_is_a_line(self):
        self.put("a", 90)
        self.put("b", 90)
        for arguments, names in ((["list"], ["a", "b"]), (["show", "a"], ["a"])):
            watching = self.start("--json", *arguments, "--watch=200ms")
            self.assertTrue(eventually(lambda: watching.out.count("\n") >= 3))
            watching.signal(signal.SIGINT)
            done = watching.wait()
            self.assert_code(130, done)
            for line in done.out.splitlines():
                document = json.loads(line)
                self.assertEqual(names, [each["name"] for each in (document if isinstance(document, list) else [document])])

    def test_a_first_look_that_fails_ends_it_and_an_interval_needs_a_unit(self):
        self.assert_one_line(self.dynamutex("--table", "absent-table", "list", "--watch"), 78, "dynamutex init")
        self.assert_one_line(self.dynamutex("list", "--watch=5"), 64, "unit")
        self.assert_one_line(self.dynamutex("list", "--watch=1ms"), 64, "200ms")
        self.assert_one_line(self.dynamutex("list", "--watch", "5s"), 64, "no argument")
