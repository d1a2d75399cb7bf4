"""A holder that is killed: others get the lock soon, and never too soon, whatever its wall clock or theirs says.

The bounds are the ones that are promised: within the lease and 3 seconds of the kill, and not before the lease of the last record
that the server accepted is over, as the proxy saw it.
"""

import os

from proxy import boottime

from .harness import CommandTest
from .processes import MissingFaketime, eventually, faked_clock

LEASE_S = 5
GRACE_S = 3
SKEW = "Signature expired|Signature not yet current"
SANITIZED = bool(os.environ.get("DYNAMUTEX_SANITIZED"))


class CrashTest(CommandTest):
    def killed_holder(self, lock, clock):
        """Holds, is waited for, renews at least once, and is killed. Returns (when it was killed, the waiter)."""
        holder = self.hold(60, lease=f"{LEASE_S}s", clock=clock, lock=lock)
        waiter = self.start("run", lock, "--lease", f"{LEASE_S}s", "--",
                            *self.section("WAITER", 0.3, file=f"sections-{lock}"), client="WAITER")
        self.proxy.journal.wait_for(access_key="WAITER", operation="GetItem")
        self.assertTrue(eventually(lambda: len(self.writes_applied("HOLDER", lock)) >= 3), "it was not renewed")
        return holder, waiter

    def check_takeover(self, label, lock, killed_s, start_s=0.0):
        """`start_s`: how long the program that got the lock took to start, and to ask for it."""
        span = self.wait_for_span(label, f"sections-{lock}")
        last = self.writes_applied("HOLDER", lock)[-1]
        self.assertGreaterEqual(span.enter_s, last.received_s + LEASE_S, "it got the lock before the holder's lease was over")
        self.assertLessEqual(span.enter_s - start_s, killed_s + LEASE_S + GRACE_S, "it got the lock too late")
        self.assert_never_two_holders(f"sections-{lock}")

    def check_crash(self, clock):
        if clock is not None:
            self.need_faketime()
            # A clock that is two hours off signs its first request wrongly, is told so, and corrects itself.
            self.expect_refusals(SKEW)
        waited, polled = f"{self.lock}-waited", f"{self.lock}-polled"
        holder, waiter = self.killed_holder(waited, clock)
        other = self.hold(60, lease=f"{LEASE_S}s", clock=clock, lock=polled)
        self.assertTrue(eventually(lambda: len(self.writes_applied("HOLDER", polled)) >= 2), "it was not renewed")
        killed_s = holder.kill()
        other_killed_s = other.kill()
        began_s = self.poll(polled, other_killed_s)
        self.assert_code(0, waiter.wait())
        self.check_takeover("WAITER", waited, killed_s)
        # Sanitizers make a program's start long, which is not what is measured.
        start_s = self.wait_for_span("FRESH", f"sections-{polled}").enter_s - began_s if SANITIZED else 0.0
        self.check_takeover("FRESH", polled, other_killed_s, start_s)

    def poll(self, lock, since_s):
        """A fresh `run -n` again and again, as a cron job would, until one gets the lock. Returns when that began."""
        while (began_s := boottime()) < since_s + 30:
            done = self.dynamutex("run", lock, "-n", "--lease", f"{LEASE_S}s", "--",
                                  *self.section("FRESH", 0.3, file=f"sections-{lock}"), client="FRESH")
            if done.code == 0:
                return began_s
            self.assert_code(75, done)
        self.fail("no fresh run got the lock within 30 s")

    def need_faketime(self):
        try:
            faked_clock("+2h")
        except MissingFaketime as missing:
            self.skipTest(str(missing))

    def test_a_killed_holders_lock_is_taken_over(self):
        self.check_crash(clock=None)

    def test_a_killed_holder_whose_clock_was_two_hours_ahead_changes_nothing(self):
        self.check_crash(clock="+2h")

    def test_a_killed_holder_whose_clock_was_two_hours_behind_changes_nothing(self):
        self.check_crash(clock="-2h")

    def test_contenders_whose_clocks_are_two_hours_off_do_not_break_into_a_live_lease(self):
        self.need_faketime()
        self.expect_refusals(SKEW)
        holder = self.hold(2 * LEASE_S, lease=f"{LEASE_S}s")
        contenders = [self.start("run", self.lock, "--lease", f"{LEASE_S}s", "--", *self.section(label, 0.3),
                                 client="WAITER", clock=clock) for label, clock in (("AHEAD", "+2h"), ("BEHIND", "-2h"))]
        for clock in ("+2h", "-2h"):
            busy = self.dynamutex("run", self.lock, "-n", "--", *self.section("FRESH", 0), client="FRESH", clock=clock)
            self.assert_code(75, busy)
        for running in (holder, *contenders):
            self.assert_code(0, running.wait())
        self.assertEqual({"HOLDER", "AHEAD", "BEHIND"}, {span.label for span in self.spans()})
        self.assert_never_two_holders()
