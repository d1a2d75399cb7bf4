"""Connections that end, or stall, while a request is still being sent: at every byte of it, and in the middle of a long one."""

import unittest

from .harness import OPERATIONS, ClientTest

# More than what the kernel keeps of a connection in both directions (tcp_wmem and tcp_rmem: 10 MiB), less than the proxy takes.
_LONG_BYTES = 15 << 20
# Within one attempt, and long enough for a sanitizer's program on a busy machine to make and sign so long a request.
_STALL_MS = 3000


class UploadCutTest(ClientTest):
    def cut(self, verb, number, offset, end, kept, **settings):
        """One call whose first request is cut on its way out. On a kept connection, an earlier request went well."""
        if kept:
            self.call("get", key="warm-up", **settings)
        with self.proxy.rule(action="cut_upload", bytes=offset, end=end, match={"nth": 1}):
            return self.call(verb, key=self.key(number), connection="kept" if kept else "new", **settings)

    def parts(self):
        """How many requests broke off on their way to the proxy."""
        return len(self.proxy.journal.entries(operation=None))

    def check_one_attempt(self, verb):
        """Every offset twice: on a new connection and on one that is reused, which end in FIN and RST by turns."""
        length, _ = self.lengths(verb)
        self.assertGreater(length, 100)
        cuts = [(offset, kept) for offset in range(length + 1) for kept in (False, True)]
        if verb == "delete":
            self.fill([self.key(number) for number in range(len(cuts))])
        answers = [self.cut(verb, number, offset, "reset" if (offset % 2 == 1) == kept else "close", kept)
                   for number, (offset, kept) in enumerate(cuts)]

        whole = self.requests(OPERATIONS[verb])
        there = self.table()
        for number, ((offset, kept), answer) in enumerate(zip(cuts, answers)):
            key = self.key(number)
            with self.subTest(offset=offset, kept=kept, answer=answer):
                self.assertEqual(("ambiguous", False, 1), (answer.outcome, answer.doubted, answer.attempts))
                # Whatever came whole was applied: nothing came but the one that was cut behind its last byte.
                self.assertEqual(1 if offset == length else 0, len(whole.get(key, [])), "sent again behind the caller's back")
                self.assertEqual(offset == length, (key in there) == (verb == "put"))
        self.assertEqual(len([offset for offset, _ in cuts if offset < length]), self.parts())
        self.check_connections_were_kept(len([kept for _, kept in cuts if kept]))

    def check_connections_were_kept(self, count):
        warmed = {entry.connection for entry in self.proxy.journal.entries(operation="GetItem")}
        cut = {entry.connection for entry in self.proxy.journal.entries() if "cut_upload" in entry.faults}
        self.assertEqual(count, len(warmed & cut))

    def check_four_attempts(self, verb):
        length, _ = self.lengths(verb)
        offsets = range(length + 1)
        if verb == "delete":
            self.fill([self.key(offset) for offset in offsets])
        answers = [self.cut(verb, offset, offset, "reset" if offset // 2 % 2 == 1 else "close", offset % 2 == 1, attempts_max=4)
                   for offset in offsets]
        whole = self.requests(OPERATIONS[verb])
        there = self.table()
        for offset, answer in zip(offsets, answers):
            with self.subTest(offset=offset, answer=answer):
                self.assertEqual(("applied", True, 2), (answer.outcome, answer.doubted, answer.attempts))
                self.assertEqual(verb == "put", self.key(offset) in there)
                self.assertEqual(2 if offset == length else 1, len(whole[self.key(offset)]), "one request an attempt")
        self.assertEqual(length, self.parts())

    def test_a_put_is_cut_at_every_byte_on_its_way_out(self):
        self.check_one_attempt("put")

    def test_a_delete_is_cut_at_every_byte_on_its_way_out(self):
        self.check_one_attempt("delete")

    def test_retries_of_a_put_that_was_cut_on_its_way_out_end_well(self):
        self.check_four_attempts("put")

    def test_retries_of_a_delete_that_was_cut_on_its_way_out_end_well(self):
        self.check_four_attempts("delete")

    def test_a_long_put_breaks_off_while_the_client_is_still_sending_it(self):
        value = "x" * _LONG_BYTES
        cuts = [(offset, end) for offset in (0, 1, 700, 70_000, 1_000_000) for end in ("reset", "close")]
        for number, (offset, end) in enumerate(cuts):
            with self.subTest(offset=offset, end=end):
                answer = self.cut("put", number, offset, end, kept=number % 2 == 1, value=value)
                self.assertEqual(("ambiguous", 1), (answer.outcome, answer.attempts), answer)
        self.assertEqual(len(cuts), self.parts())
        self.assertEqual({}, self.table())

    def test_a_long_put_stalls_until_its_deadline(self):
        for kept in (False, True):
            with self.subTest(kept=kept):
                answer = self.cut("put", 1, 100_000, "stall", kept, value="x" * _LONG_BYTES, deadline_ms=_STALL_MS, attempts_max=4)
                self.assertEqual(("ambiguous", 1), (answer.outcome, answer.attempts), answer)
                self.assertGreaterEqual(answer.elapsed_ms, _STALL_MS)
        self.assertEqual(2, self.parts())
        self.assertEqual({}, self.table())


if __name__ == "__main__":
    unittest.main()
