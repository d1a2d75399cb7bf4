"""What a network does to one request, for each request that a lock makes: taking, renewing and giving back, plain and fenced, with real
processes. The holder's command runs to its end exactly once, nobody else is inside meanwhile, and the lock is free afterwards.

The faults are those of the simulator's list that a proxy can make (tests/simulation/faults.hpp).
"""

import threading

from .harness import CommandTest

LEASE_S = 5
INSIDE_S = 2.2  # at least one renewal falls into it: between a quarter and a third of the lease

# How each request is told from the others on the wire.
STEPS = {
    "taking": {"operation": "PutItem", "contains": "attribute_not_exists"},
    "renewing": {"operation": "PutItem", "contains": '"ConditionExpression":"recordVersionNumber = :v'},
    "giving-back": {"operation": "DeleteItem"},
    "fenced-taking": {"operation": "UpdateItem"},
    "fenced-renewing": {"operation": "PutItem", "contains": '"ConditionExpression":"(recordVersionNumber = :v'},
    "fenced-giving-back": {"operation": "PutItem", "contains": "isReleased"},
}


class NetworkTest(CommandTest):
    def check_each_step(self, ghost_s=0.0, count=1, **rule):
        """The fault once for each step, on a lock of its own; `ghost_s`: so long a late arrival may keep others out afterwards."""
        failures = []

        def guarded(step):
            try:
                self.check_step(step, ghost_s, count, dict(rule))
            except BaseException as error:  # told below, in the test's own thread
                failures.append((step, error))

        threads = [threading.Thread(target=guarded, args=(step,)) for step in STEPS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise AssertionError(f"{[step for step, _ in failures]} failed") from failures[0][1]

    def check_step(self, step, ghost_s, count, rule):
        lock = f"{self.lock}-{step}"
        file = f"sections-{lock}"
        flags = ["--lease", f"{LEASE_S}s", *(["--fence"] if step.startswith("fenced") else [])]
        if step.startswith("fenced"):
            # Its first token takes the servers' time: from here on it has one.
            self.assert_code(0, self.dynamutex("run", lock, "--fence", "--", "true"))
        match = {"access_key": "HOLDER", "key": lock}
        match.update({**STEPS[step], "count": count} if count else {})
        rule_id = self.proxy.add_rule(name=step, match=match, **rule)
        holder = self.start("run", lock, *flags, "--", *self.section("HOLDER", INSIDE_S, file=file), client="HOLDER")
        self.wait_for_span("HOLDER", file, timeout_s=60)
        waiter = self.start("run", lock, *flags, "--", *self.section("WAITER", 0.1, file=file), client="WAITER")
        self.assert_code(0, holder.wait(60))
        if count is None:
            self.proxy.remove_rule(rule_id)
        self.assert_code(0, waiter.wait(60 + ghost_s))
        self.assertTrue(self.proxy.journal.entries(faults=[step]), f"the fault did not happen: {step}")
        self.assert_never_two_holders(file)
        spans = self.spans(file)
        self.assertEqual(["HOLDER", "WAITER"], [span.label for span in spans])
        self.assertTrue(all(span.left for span in spans), "a command was ended early")
        if ghost_s == 0:
            self.assert_free(lock)

    def assert_free(self, lock):
        record = self.record(lock)
        self.assertTrue(record is None or "isReleased" in record, f"{lock} is still taken: {record}")

    def test_a_request_is_lost(self):
        self.check_each_step(action="drop_request")

    def test_a_request_is_lost_and_the_connection_reset(self):
        self.check_each_step(action="drop_request", reset=True)

    def test_a_request_is_lost_and_nobody_is_told(self):
        self.check_each_step(action="blackhole")

    def test_a_reply_is_lost(self):
        self.check_each_step(action="drop_reply")

    def test_a_reply_is_lost_and_nobody_is_told(self):
        self.check_each_step(action="blackhole", direction="reply")

    def test_a_request_arrives_twice(self):
        self.check_each_step(action="duplicate")

    def test_a_request_arrives_again_after_the_next_one(self):
        self.check_each_step(action="duplicate", after_ms=LEASE_S * 375, ghost_s=LEASE_S)

    def test_a_request_arrives_again_long_after_the_release(self):
        self.check_each_step(action="duplicate", after_ms=(INSIDE_S + LEASE_S) * 1000, ghost_s=LEASE_S)

    def test_a_request_is_overtaken_by_the_next(self):
        self.check_each_step(action="delay_request", ms=LEASE_S * 375, ghost_s=LEASE_S)

    def test_a_request_is_late_by_more_than_the_lease(self):
        self.check_each_step(action="delay_request", ms=LEASE_S * 1500, ghost_s=LEASE_S)

    def test_a_reply_is_late_by_more_than_the_lease(self):
        self.check_each_step(action="delay_reply", ms=LEASE_S * 1500)

    def test_the_server_fails_after_it_did_what_it_was_asked(self):
        self.check_each_step(action="error", applied=True)

    def test_the_server_fails_and_does_nothing(self):
        self.check_each_step(action="error")

    def test_the_server_asks_for_fewer_requests(self):
        self.check_each_step(action="throttle")

    def test_a_request_is_cut(self):
        self.check_each_step(action="cut_request", bytes=500)

    def test_a_reply_is_cut(self):
        self.check_each_step(action="cut_reply", bytes=60)

    def test_a_reply_does_not_match_its_checksum(self):
        self.check_each_step(action="wrong_crc32")

    def test_a_reply_is_corrupt(self):
        self.check_each_step(action="corrupt_reply", offset=0)

    def test_replies_have_no_date(self):
        self.check_each_step(action="date", remove=True, count=None)

    def test_replies_come_out_of_a_cache(self):
        self.check_each_step(action="headers", set={"Age": "30"}, count=None)
