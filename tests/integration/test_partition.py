"""A holder that loses the server: its command is dead before anyone else may come in, however stubborn it is."""

from .harness import CommandTest
from .processes import is_alive

LEASE_S = 3


class PartitionTest(CommandTest):
    def check_partition(self, **rule):
        holder = self.hold(60, lease=f"{LEASE_S}s", section_flags=["--ignore-term"])
        self.proxy.journal.wait_for(access_key="HOLDER", operation="PutItem", applied=True, count=2)
        self.proxy.add_rule(**rule)
        waiter = None
        if rule["action"] != "refuse_connections":
            waiter = self.start("run", self.lock, "--lease", f"{LEASE_S}s", "--", *self.section("WAITER", 0.2),
                                client="WAITER")
        done = holder.wait(30)
        held = self.spans()[0]
        self.assertFalse(is_alive(held.pid), "the command outlived dynamutex")
        last = self.writes_applied("HOLDER")[-1]
        self.assertLess(held.last_s, self.to_boottime(last.expires_at_ms), "the command acted after expiresAt")
        self.assert_code(76, done)
        self.assertIn(self.lock, done.err)
        if waiter is not None:
            self.assert_code(0, waiter.wait(30))
            self.assertEqual(["HOLDER", "WAITER"], [span.label for span in self.spans()])
        self.assert_never_two_holders()
        return held, last

    def test_a_holder_whose_requests_vanish_is_ended_in_time(self):
        held, last = self.check_partition(action="blackhole", match={"access_key": "HOLDER"})
        self.assertLess(held.last_s, last.received_s + LEASE_S, "it acted for longer than its lease")

    def test_a_holder_whose_answers_vanish_is_ended_in_time(self):
        self.check_partition(action="blackhole", direction="reply", match={"access_key": "HOLDER"})

    def test_a_holder_whose_connections_are_cut_is_ended_in_time(self):
        self.check_partition(action="drop_request", reset=True, match={"access_key": "HOLDER"})

    def test_a_holder_whose_server_refuses_connections_is_ended_in_time(self):
        self.check_partition(action="refuse_connections")

    def test_a_holder_whose_server_only_fails_is_ended_in_time(self):
        self.check_partition(action="error", match={"access_key": "HOLDER"})

    def test_a_short_partition_costs_nothing(self):
        holder = self.hold(8, lease="6s")
        self.proxy.journal.wait_for(access_key="HOLDER", operation="PutItem", applied=True, count=2)
        with self.proxy.rule(action="drop_request", match={"access_key": "HOLDER"}):
            self.proxy.journal.wait_for(access_key="HOLDER", faults=["drop_request"])
        self.assert_code(0, holder.wait())
        (span,) = self.spans()
        self.assertTrue(span.left)
