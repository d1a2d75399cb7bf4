"""`dynamutex run` on a quiet server: what it costs, what its child sees, and every exit code."""

import json
import os
import signal
import time

from .harness import SHORT_WAIT, CommandTest
from .processes import eventually, is_alive


class RunTest(CommandTest):
    def requests(self, client="TESTER"):
        return [entry.operation for entry in self.proxy.journal.entries(access_key=client)]

    def test_an_uncontended_run_costs_two_requests(self):
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", "true"))
        self.assertEqual(["PutItem", "DeleteItem"], self.requests())

    def test_giving_up_on_a_held_lock_costs_one_request(self):
        self.hold()
        self.assert_code(75, self.dynamutex("run", self.lock, "-n", "--", "true"))
        # dynalite does not send the holder's record with its refusal, so it is asked for.
        self.assertEqual(["PutItem"] if self.server_name == "dynamodb-local" else ["PutItem", "GetItem"], self.requests())

    def test_it_works_with_credentials_that_have_no_session_token(self):
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", "true", client="WITHOUTTOKEN"))

    def test_every_request_is_signed_correctly(self):
        self.dynamutex("run", self.lock, "--", "true")
        entries = self.proxy.journal.entries()
        self.assertTrue(entries and all(entry.verified for entry in entries))

    def test_nothing_is_left_in_the_table_afterwards(self):
        self.dynamutex("run", self.lock, "--", "true")
        self.assertIsNone(self.record())

    def test_the_record_says_who_holds_it_and_for_how_long(self):
        self.hold(60, "--owner", "somebody", "--data", "why not", lease="30s")
        record = self.record()
        self.assertEqual(({"S": "somebody"}, {"S": "30000"}, {"B": b"why not"}),
                         (record["ownerName"], record["leaseDuration"], record["data"]))
        expires_s = int(record["expiresAt"]["N"]) / 1000
        self.assertGreater(expires_s, time.time(), "expiresAt is in milliseconds, and in the future")
        self.assertLess(expires_s, time.time() + 30 + 5)
        self.assertGreater(int(record["ttl"]["N"]), expires_s, "DynamoDB's own clean-up must come later")
        self.assertTrue(record["recordVersionNumber"]["S"])

    def test_the_record_is_renewed_with_a_fresh_version_while_the_command_runs(self):
        self.hold(60, lease="3s")
        self.assertTrue(eventually(lambda: len(self.writes_applied("HOLDER")) >= 3))
        versions = [entry.item["recordVersionNumber"]["S"] for entry in self.writes_applied("HOLDER")]
        self.assertEqual(len(versions), len(set(versions)))
        self.assertEqual(1, len({entry.item["ownerName"]["S"] for entry in self.writes_applied("HOLDER")}))

    def test_a_waiter_reads_while_it_waits_and_writes_when_it_may_win(self):
        holder = self.hold(2.5)
        self.assert_code(0, self.dynamutex("run", self.lock, "--", "true", client="WAITER"))
        self.assert_code(0, holder.wait())
        waited = self.requests("WAITER")
        self.assertGreaterEqual(waited.count("GetItem"), 2)
        self.assertLessEqual(waited.count("PutItem"), 3, waited)

    def test_the_child_learns_the_lock_and_its_owner(self):
        done = self.dynamutex("run", self.lock, "--owner", "somebody", "--", "sh", "-c",
                              'echo "$DYNAMUTEX_LOCK/$DYNAMUTEX_OWNER"')
        self.assert_silent_success(done, f"{self.lock}/somebody\n")

    def test_arguments_and_output_of_the_child_are_untouched(self):
        done = self.dynamutex("run", self.lock, "--", "printf", "%s|", "-n", "a b", "--", "")
        self.assert_silent_success(done, "-n|a b|--||")

    def test_the_childs_exit_code_is_passed_through(self):
        for code in (0, 1, 3, 255):
            self.assert_code(code, self.dynamutex("run", self.lock, "--", "sh", "-c", f"exit {code}"))

    def test_a_signal_that_ends_the_child_becomes_128_plus_its_number(self):
        for name, number in (("TERM", 15), ("KILL", 9), ("USR1", 10)):
            self.assert_code(128 + number, self.dynamutex("run", self.lock, "--", "sh", "-c", f"kill -{name} $$"))

    def test_what_cannot_be_executed_is_126_and_what_is_not_there_is_127_and_the_lock_is_free(self):
        plain = self.folder / "plain"
        plain.write_text("no program\n")
        self.assert_one_line(self.dynamutex("run", self.lock, "--", str(plain)), 126, "plain")
        self.assert_one_line(self.dynamutex("run", self.lock, "--", "no-such-command-anywhere"), 127, "no-such-command")
        self.assertIsNone(self.record())

    def test_a_held_lock_is_75_at_once_and_after_the_wait_is_over(self):
        self.hold()
        self.assert_code(75, self.dynamutex("run", self.lock, "-n", "--", "true"))
        begin = time.monotonic()
        self.assert_code(75, self.dynamutex("run", self.lock, "-w", "1s", "--", "true"))
        self.assertGreaterEqual(time.monotonic() - begin, 1.0)

    def test_the_code_for_a_held_lock_can_be_chosen(self):
        self.hold()
        self.assert_code(42, self.dynamutex("run", self.lock, "-n", "-E", "42", "--", "true"))
        self.assert_code(43, self.dynamutex("run", self.lock, "--wait", SHORT_WAIT, "--conflict-exit-code", "43", "--", "true"))

    def test_a_command_that_is_over_its_time_is_ended_with_124(self):
        marker = self.folder / "trapped"
        done = self.dynamutex("run", self.lock, "--timeout", "3s", "--", "sh", "-c",
                              f"trap 'touch {marker}; exit 0' TERM; while :; do sleep 0.05; done")
        self.assert_code(124, done)
        self.assertTrue(marker.exists(), "TERM comes first")
        self.assertIsNone(self.record())

    def test_a_command_that_ignores_term_is_killed_after_the_grace_time(self):
        done = self.dynamutex("run", self.lock, "--timeout", "3s", "-k", "500ms", "--",
                              *self.section("STUBBORN", 60, "--ignore-term"))
        # timeout(1) says 124, or 137 where it had to kill; both tell that the time was over.
        self.assertIn(done.code, (124, 137), str(done))
        (span,) = self.spans()
        self.assertFalse(is_alive(span.pid))

    def test_a_signal_is_forwarded_to_the_child(self):
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"):
            with self.subTest(name):
                ready = self.folder / f"ready-{name}"
                running = self.start("run", self.lock, "--", "sh", "-c",
                                     f"trap 'exit 9' {name[3:]}; touch {ready}; while :; do sleep 0.05; done")
                self.assertTrue(eventually(ready.exists))
                running.signal(getattr(signal, name))
                self.assert_code(9, running.wait())
                self.assertIsNone(self.record(), "the lock is free afterwards")

    def test_a_signal_ends_a_wait_at_once(self):
        self.hold()
        waiter = self.start("run", self.lock, "--", "true", client="WAITER")
        self.proxy.journal.wait_for(access_key="WAITER", operation="GetItem", count=2)
        waiter.signal(signal.SIGTERM)
        self.assert_code(143, waiter.wait(10))

    def test_kill_nine_takes_the_child_along(self):
        holder = self.hold(section_flags=["--ignore-term"])
        (span,) = self.spans()
        self.assertTrue(is_alive(span.pid))
        holder.kill()
        self.assertTrue(eventually(lambda: not is_alive(span.pid), 10), "the child outlived dynamutex")

    def test_a_lease_that_is_not_renewed_ends_the_command_before_it_ends(self):
        holder = self.hold(60, "--no-renew", lease="2s", section_flags=["--ignore-term"])
        self.assert_code(76, holder.wait())
        (write,) = self.writes_applied("HOLDER")[-1:]
        (span,) = self.spans()
        self.assertLess(span.last_s, write.received_s + 2)
        self.assertFalse(is_alive(span.pid))

    def test_a_lease_that_another_client_broke_ends_the_command_with_76(self):
        holder = self.hold(60, lease="3s")
        self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": {"S": self.lock}})
        done = holder.wait()
        self.assert_code(76, done)
        self.assertIn(self.lock, done.err)
        (span,) = self.spans()
        self.assertFalse(is_alive(span.pid))

    def test_a_lease_that_another_client_took_is_left_alone(self):
        holder = self.hold(60, lease="3s")
        taken = {**self.record(), "recordVersionNumber": {"S": "someone-elses"}, "ownerName": {"S": "someone else"}}
        self.dynamodb.put_item(TableName=self.TABLE, Item=taken)
        self.assert_code(76, holder.wait())
        self.assertEqual({"S": "someone else"}, self.record()["ownerName"])

    def test_show_names_the_holder(self):
        self.hold(60, "--owner", "somebody")
        shown = self.dynamutex("show", self.lock)
        self.assert_code(0, shown)
        self.assertIn("somebody", shown.out)
        as_json = self.dynamutex("--json", "show", self.lock)
        self.assert_code(0, as_json)
        self.assertIn("somebody", json.dumps(json.loads(as_json.out)))

    def test_no_secret_shows_when_everything_is_logged(self):
        self.assert_code(0, self.dynamutex("-v", "run", self.lock, "--", "true"))
        with self.proxy.rule(action="error", match={"nth": [1, 3]}):
            logged = self.dynamutex("-v", "run", self.lock, "--", "true")
        self.assert_code(0, logged)
        self.assertTrue(logged.err, "-v logs something")
        with self.proxy.rule(action="drop_reply", match={"nth": [1, 3]}):
            self.assert_code(0, self.dynamutex("-v", "run", self.lock, "--", "true"))

    def test_no_file_descriptor_of_the_command_reaches_the_child(self):
        done = self.dynamutex("run", self.lock, "--", "sh", "-c", "readlink /proc/self/fd/*")
        # 0, 1 and 2, and what valgrind opens in each process that it follows or leaves.
        opened = [each for each in done.out.splitlines() if not each.startswith(os.environ.get("DYNAMUTEX_VALGRIND_LOGS", "no logs"))]
        self.assertEqual(3, len(opened), str(done))
        self.assertTrue(os.path.isabs(self.command))
