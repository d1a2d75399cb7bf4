"""Connections that end at every byte of a request and of its reply: what the client says is what the table shows, and nothing
is sent twice behind the caller's back."""

import unittest

from .harness import OPERATIONS, ClientTest


class CutTest(ClientTest):
    def length(self, verb, which):
        return self.lengths(verb)[which == "cut_reply"]

    def cut(self, verb, which, number, offset, reset, kept, **settings):
        """One call whose first attempt is cut. On a kept connection, an earlier request went well."""
        if kept:
            self.call("get", key="warm-up", **settings)
        key = self.key(number)
        with self.proxy.rule(action=which, bytes=offset, reset=reset, match={"operation": OPERATIONS[verb], "key": key, "nth": 1}):
            return self.call(verb, key=key, connection="kept" if kept else "new", **settings)

    def check_one_attempt(self, verb, which):
        """Every offset twice: on a new connection and on one that is reused, which end in FIN and RST by turns."""
        length = self.length(verb, which)
        self.assertGreater(length, 100)
        cuts = [(offset, kept) for offset in range(length + 1) for kept in (False, True)]
        if verb == "delete":
            self.fill([self.key(number) for number in range(len(cuts))])
        answers = [self.cut(verb, which, number, offset, (offset % 2 == 1) == kept, kept)
                   for number, (offset, kept) in enumerate(cuts)]

        sent = self.requests(OPERATIONS[verb])
        there = self.table()
        for number, ((offset, kept), answer) in enumerate(zip(cuts, answers)):
            key = self.key(number)
            with self.subTest(offset=offset, kept=kept, answer=answer):
                self.assertEqual((1, 1), (answer.attempts, len(sent[key])), "one request an attempt")
                applied = (key in there) == (verb == "put")
                self.assertIn(answer.outcome, ("applied", "ambiguous") if applied else ("not_applied", "ambiguous"))
                # Every fault strikes where it is meant to; otherwise the above shows little.
                self.assertEqual(applied, which == "cut_reply" or offset == length)
                self.assertEqual("applied" if which == "cut_reply" and offset == length else "ambiguous", answer.outcome)
                self.assertFalse(answer.doubted)
        self.check_connections_were_kept(sent, [self.key(n) for n, (_, kept) in enumerate(cuts) if kept])

    def check_connections_were_kept(self, sent, keys):
        warmed = {entry.connection for entry in self.proxy.journal.entries(operation="GetItem")}
        self.assertEqual(len(keys), len(warmed & {sent[key][0].connection for key in keys}))

    def check_four_attempts(self, verb, which):
        length = self.length(verb, which)
        offsets = range(length + 1)
        if verb == "delete":
            self.fill([self.key(offset) for offset in offsets])
        answers = [self.cut(verb, which, offset, offset, reset=offset // 2 % 2 == 1, kept=offset % 2 == 1, attempts_max=4)
                   for offset in offsets]

        sent = self.requests(OPERATIONS[verb])
        there = self.table()
        for offset, answer in zip(offsets, answers):
            whole = which == "cut_reply" and offset == length
            with self.subTest(offset=offset, answer=answer):
                self.assertEqual("applied", answer.outcome)
                self.assertEqual(verb == "put", self.key(offset) in there)
                self.assertEqual((not whole, 1 if whole else 2), (answer.doubted, answer.attempts))
                self.assertEqual(answer.attempts, len(sent[self.key(offset)]), "one request an attempt")

    def test_a_put_request_is_cut_at_every_byte(self):
        self.check_one_attempt("put", "cut_request")

    def test_a_put_reply_is_cut_at_every_byte(self):
        self.check_one_attempt("put", "cut_reply")

    def test_a_delete_request_is_cut_at_every_byte(self):
        self.check_one_attempt("delete", "cut_request")

    def test_a_delete_reply_is_cut_at_every_byte(self):
        self.check_one_attempt("delete", "cut_reply")

    def test_retries_of_a_cut_put_request_end_well(self):
        self.check_four_attempts("put", "cut_request")

    def test_retries_of_a_cut_put_reply_end_well(self):
        self.check_four_attempts("put", "cut_reply")

    def test_retries_of_a_cut_delete_request_end_well(self):
        self.check_four_attempts("delete", "cut_request")

    def test_retries_of_a_cut_delete_reply_end_well(self):
        self.check_four_attempts("delete", "cut_reply")

    def test_a_conditional_put_whose_reply_is_cut_says_that_the_refusal_may_be_its_own_doing(self):
        length = self.length("put", "cut_reply")
        answers = [self.cut("put", "cut_reply", offset, offset, reset=False, kept=offset % 2 == 1, attempts_max=4, only="absent")
                   for offset in range(0, length, 7)]
        for answer in answers:
            self.assertEqual(("condition_failed", True, 2), (answer.outcome, answer.doubted, answer.attempts), answer)
        self.assertEqual({"theirs"}, {value for key, value in self.table().items() if key != self.key(99999)})


if __name__ == "__main__":
    unittest.main()
