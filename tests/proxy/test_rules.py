"""Which requests a rule takes, and what is said about rules that nobody can follow."""

import json
import unittest

from .journal import Journal
from .message import Headers, Request
from .rules import RuleError, Rules


def request(operation, document):
    body = json.dumps(document).encode()
    return Request("POST", "/", Headers([("X-Amz-Target", f"DynamoDB_20120810.{operation}"),
                                         ("Authorization", "AWS4-HMAC-SHA256 Credential=KEY/20260101/x")]), body, b"")


def put(name="a", table="locks"):
    return request("PutItem", {"TableName": table, "Item": {"key": {"S": name}}})


def get(name="a", table="locks"):
    return request("GetItem", {"TableName": table, "Key": {"key": {"S": name}}})


class RulesTest(unittest.TestCase):
    def hits(self, match, requests):
        """The numbers, from 0, of the requests that a rule with this match takes."""
        rules, journal = Rules(), Journal()
        rules.add({"match": match, "action": "drop_reply"})
        return [number for number, each in enumerate(requests) if rules.pick(each, journal.open(1, each))]

    def test_a_rule_without_match_takes_everything(self):
        self.assertEqual([0, 1], self.hits({}, [put(), get()]))

    def test_an_operation_is_one_name_or_several(self):
        self.assertEqual([0], self.hits({"operation": "PutItem"}, [put(), get()]))
        self.assertEqual([0, 1], self.hits({"operation": ["GetItem", "PutItem"]}, [put(), get()]))

    def test_the_key_is_found_in_items_and_in_keys(self):
        self.assertEqual([1, 3], self.hits({"key": "b"}, [put("a"), put("b"), get("a"), get("b")]))

    def test_table_access_key_and_content_narrow(self):
        self.assertEqual([1], self.hits({"table": "other"}, [put(), put(table="other")]))
        self.assertEqual([], self.hits({"access_key": "OTHER"}, [put()]))
        self.assertEqual([0], self.hits({"access_key": "KEY"}, [put()]))
        self.assertEqual([1], self.hits({"contains": "needle"}, [put(), put("needle")]))

    def test_the_nth_is_counted_among_the_matching(self):
        requests = [put(), get(), put(), get(), put(), put()]
        self.assertEqual([4], self.hits({"operation": "PutItem", "nth": 3}, requests))
        self.assertEqual([0, 5], self.hits({"operation": "PutItem", "nth": [1, 4]}, requests))

    def test_from_every_and_count_combine(self):
        requests = [put() for _ in range(8)]
        self.assertEqual([2, 3, 4, 5, 6, 7], self.hits({"from": 3}, requests))
        self.assertEqual([1, 3, 5, 7], self.hits({"every": 2}, requests))
        self.assertEqual([3, 5], self.hits({"from": 3, "every": 2, "count": 2}, requests))

    def test_a_removed_rule_takes_nothing(self):
        rules, journal = Rules(), Journal()
        kept, removed = rules.add({"action": "drop_reply"}), rules.add({"action": "throttle"})
        rules.remove(removed.id)
        self.assertEqual([kept], rules.pick(put(), journal.open(1, put())))
        rules.remove(None)
        self.assertEqual([], rules.active)

    def test_a_rule_that_cannot_be_followed_says_which_part(self):
        for rule, words in (({"action": "explode"}, "explode"), ({}, "None"), ([], "an object"),
                            ({"action": "delay_reply"}, "ms"), ({"action": "delay_reply", "mss": 1}, "mss"),
                            ({"action": "drop_reply", "match": {"opration": "PutItem"}}, "opration"),
                            ({"action": "duplicate", "until": {"nonsense": 1}}, "nonsense"),
                            ({"action": "cut_upload", "bytes": 1, "match": {"operation": "PutItem"}}, "before it can be looked at"),
                            ({"action": "cut_upload", "bytes": 1, "end": "explode"}, "stall")):
            with self.subTest(rule), self.assertRaisesRegex(RuleError, words):
                Rules().add(rule)
