"""Replies that get lost, requests that come twice: the lock is taken once, released once, and never held by two."""

from .harness import CommandTest


class FaultsTest(CommandTest):
    def check_run_survives(self, **rule):
        """One run under a fault: the command ran exactly once, and nothing is left of the lock."""
        witness = self.folder / "ran"
        rule_id = self.proxy.add_rule(**rule)
        done = self.dynamutex("run", self.lock, "--", "sh", "-c", f"echo once >> {witness}")
        self.proxy.remove_rule(rule_id)
        self.assert_code(0, done)
        self.assertEqual("once\n", witness.read_text())
        self.assertIsNone(self.record())
        self.assertTrue(any(entry.faults for entry in self.proxy.journal.entries()), "the fault did not happen")

    def versions_written(self):
        return {entry.item["recordVersionNumber"]["S"] for entry in self.proxy.journal.entries(operation="PutItem")}

    def test_the_reply_to_the_acquiring_write_is_lost(self):
        self.check_run_survives(action="drop_reply", match={"operation": "PutItem", "nth": 1})
        self.assertEqual(1, len(self.versions_written()), "all retries of one write carry the same version")

    def test_the_acquiring_write_itself_is_lost(self):
        self.check_run_survives(action="drop_request", match={"operation": "PutItem", "nth": 1})

    def test_the_acquiring_write_fails_after_it_was_applied(self):
        self.check_run_survives(action="error", applied=True, match={"operation": "PutItem", "nth": 1})

    def test_the_acquiring_write_arrives_twice(self):
        self.check_run_survives(action="duplicate", match={"operation": "PutItem", "nth": 1})

    def test_the_acquiring_write_is_throttled(self):
        self.check_run_survives(action="throttle", match={"operation": "PutItem", "nth": 1})

    def test_the_acquiring_reply_is_cut_in_the_middle(self):
        self.check_run_survives(action="cut_reply", bytes=60, match={"operation": "PutItem", "nth": 1})

    def test_the_acquiring_reply_does_not_match_its_checksum(self):
        self.check_run_survives(action="wrong_crc32", match={"operation": "PutItem", "nth": 1})

    def test_the_reply_to_the_release_is_lost(self):
        self.check_run_survives(action="drop_reply", match={"operation": "DeleteItem", "nth": 1})

    def test_the_release_itself_is_lost(self):
        self.check_run_survives(action="drop_request", match={"operation": "DeleteItem", "nth": 1})

    def test_replies_without_a_date_still_lock(self):
        self.check_run_survives(action="date", remove=True)

    def test_replies_with_an_age_still_lock(self):
        self.check_run_survives(action="headers", set={"Age": "30"})

    def test_lost_renewal_replies_do_not_end_the_command(self):
        holder = self.hold(8, lease="6s")
        self.proxy.add_rule(action="drop_reply", match={"access_key": "HOLDER", "operation": "PutItem", "every": 2})
        self.assert_code(0, holder.wait())
        self.assertTrue(self.proxy.journal.entries(faults=["drop_reply"]), "the fault did not happen")
        self.assertIsNone(self.record())

    def test_a_late_duplicate_leaves_a_ghost_for_one_lease_at_most(self):
        self.proxy.add_rule(action="duplicate", until={"operation": "DeleteItem"}, match={"operation": "PutItem", "nth": 1})
        self.assert_code(0, self.dynamutex("run", self.lock, "--lease", "4s", "--", *self.section("FIRST", 0.1)))
        (ghost,) = self.proxy.journal.wait_for(operation="PutItem", duplicate_of=1, applied=True)
        self.assertIsNotNone(self.record(), "the ghost is there")
        self.assert_code(0, self.dynamutex("run", self.lock, "--lease", "4s", "--", *self.section("SECOND", 0.1)))
        second = self.wait_for_span("SECOND")
        self.assertLessEqual(second.enter_s, ghost.received_s + 4 + 3)
        self.assert_never_two_holders()
