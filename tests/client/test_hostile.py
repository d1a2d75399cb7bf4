"""Servers that lie, drip, flood and never end: each call returns by its deadline, with the right error, in bounded memory."""

import os
import socket
import unittest

from servers.withheld import Withheld

from . import canned
from .driver import Driver
from .harness import ClientTest

_DEADLINE_MS = 1000
_SLACK_MS = 50
_GROWTH_KIB_MAX = 16 * 1024


class HostileTest(ClientTest):
    def setUp(self):
        super().setUp()
        self.numbers = 0
        # A client's first calls load what is loaded once.
        for verb in ("put", "get"):
            self.call(verb, key=self.key(0))

    def meet(self, verb, rule, deadline_ms=_DEADLINE_MS, **settings):
        """One call that meets the rule, within its bounds of time and memory."""
        self.numbers += 1
        key = self.key(self.numbers)
        if verb == "get":
            self.fill([key])
        with self.proxy.rule(**rule, match={"key": key}):
            withheld = Withheld(self.driver.process.pid)
            answer = self.call(verb, key=key, deadline_ms=deadline_ms, **settings)
            excused_ms = withheld.excused_s() * 1000
        self.assertLessEqual(answer.elapsed_ms - excused_ms, deadline_ms + _SLACK_MS, answer)
        if "DYNAMUTEX_SANITIZED" not in os.environ:
            self.assertLess(answer.peak_rss_growth_kib, _GROWTH_KIB_MAX, answer)
        return answer

    def check(self, rule, put, get, delete=None, attempts=1, **settings):
        """How each verb ends, and that it asked just so often."""
        for verb, expected in (("put", put), ("delete", delete or put), ("get", get)):
            answer = self.meet(verb, rule, **settings)
            self.assertEqual((expected, attempts), (answer.outcome, answer.attempts), (verb, answer))

    def test_replies_that_are_not_dynamodbs_leave_a_write_in_doubt(self):
        for name, rule in canned.UNUSABLE.items():
            with self.subTest(name):
                self.check(rule, put="ambiguous", get="not_applied")

    def test_they_are_asked_again_within_the_deadline(self):
        for name in ("wrong checksum", "deep maps", "truncated JSON"):
            with self.subTest(name):
                self.check(canned.UNUSABLE[name], put="ambiguous", get="not_applied", attempts=4, attempts_max=4)

    def test_replies_that_never_end_end_with_the_deadline(self):
        for name, rule in canned.STUCK.items():
            with self.subTest(name):
                self.check(rule, put="ambiguous", get="timed_out")
                for verb in ("put", "get"):
                    answer = self.meet(verb, rule, attempts_max=4)
                    self.assertEqual(1, answer.attempts)
                    self.assertGreaterEqual(answer.elapsed_ms, _DEADLINE_MS)

    def test_retries_do_not_outlive_the_deadline(self):
        for rule in ({"action": "throttle", "retry_after_ms": 900}, {"action": "error"}, {"action": "delay_reply", "ms": 400}):
            with self.subTest(rule):
                self.meet("put", rule, attempts_max=100)

    def test_wrong_types_in_every_field_of_a_reply(self):
        for verb, member, expected in (("get", "Item", "not_applied"), ("put", "Attributes", "ambiguous"),
                                       ("delete", "Attributes", "ambiguous")):
            for body in canned.wrong_replies(member):
                with self.subTest(verb=verb, body=body):
                    self.assertEqual(expected, self.meet(verb, canned.reply(body)).outcome)

    def test_wrong_types_in_every_field_of_a_refused_condition(self):
        for value in canned.wrong_values():
            with self.subTest(value=value):
                rule = canned.condition_failed({"Item": {"key": {"S": "k"}, "value": value}})
                self.assertEqual("ambiguous", self.meet("put", rule, only="absent").outcome)
        for item in (None, True, 7, "text", [], ["x"]):
            with self.subTest(item=item):
                self.assertEqual("ambiguous", self.meet("put", canned.condition_failed({"Item": item}), only="absent").outcome)
        for message in (None, True, 7, [], {}):
            with self.subTest(message=message):
                rule = canned.condition_failed({"message": message})
                self.assertEqual("condition_failed", self.meet("put", rule, only="absent").outcome)

    def test_an_error_whose_code_has_the_wrong_type_is_a_refusal_all_the_same(self):
        for code in ("null", "true", "7", "[]", "{}", '["x"]'):
            for status, expected in ((400, "not_applied"), (403, "denied"), (500, "ambiguous")):
                with self.subTest(code=code, status=status):
                    rule = canned.reply(f'{{"__type":{code},"code":{code},"message":{code}}}', status)
                    self.assertEqual(expected, self.meet("put", rule).outcome)

    def test_errors_that_are_not_json(self):
        for status, expected in ((400, "not_applied"), (403, "denied"), (404, "not_applied"), (413, "not_applied"),
                                 (429, "throttled"), (500, "ambiguous"), (502, "ambiguous"), (503, "ambiguous"), (599, "ambiguous")):
            with self.subTest(status):
                self.assertEqual(expected, self.meet("put", canned.reply("<html>no</html>", status)).outcome)

    def test_redirects_are_not_followed(self):
        with socket.create_server(("127.0.0.1", 0)) as stranger:
            stranger.settimeout(0.2)
            url = f"http://127.0.0.1:{stranger.getsockname()[1]}/"
            for status in (300, 301, 302, 303, 304, 305, 307, 308):
                with self.subTest(status):
                    self.check({"action": "redirect", "location": url, "status": status}, put="not_applied", get="not_applied")
            with self.assertRaises(TimeoutError, msg="a stranger was called"):
                stranger.accept()

    def test_other_successes_than_200_are_not_dynamodbs(self):
        for status in (201, 202, 204, 206, 299):
            with self.subTest(status):
                body = "" if status == 204 else "{}"
                self.assertEqual("ambiguous", self.meet("put", canned.reply(body, status)).outcome)

    def test_some_interim_replies_do_no_harm(self):
        for status in (100, 102, 103):
            with self.subTest(status):
                self.check({"action": "informational_storm", "count": 1000, "status": status}, put="applied", get="found")

    def test_wide_json_is_read_in_bounded_memory(self):
        for name, body in canned.WIDE.items():
            with self.subTest(name):
                self.check(canned.reply(body), put="ambiguous", get="not_applied")

    def test_the_proxy_does_check_signatures(self):
        for changes in ({"AWS_SECRET_ACCESS_KEY": "wrong"}, {"AWS_SESSION_TOKEN": "wrong"}, {"AWS_SESSION_TOKEN": None}):
            with self.subTest(tuple(changes)), Driver(self.environment("TESTER", **changes)) as driver:
                self.assertEqual("denied", self.call("put", driver=driver, key=self.key(1)).outcome)
        self.assertEqual(3, len(self.proxy.refusals()))
        self.proxy.reset()
        with Driver(self.environment("WITHOUTTOKEN")) as driver:
            self.assertEqual("applied", self.call("put", driver=driver, key=self.key(2)).outcome)


if __name__ == "__main__":
    unittest.main()
