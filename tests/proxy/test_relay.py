"""Every fault on real sockets, between a client that signs and a server that records what reached it."""

import gzip
import http.client
import json
import socket
import time
import unittest
import urllib.parse
import zlib

from . import Proxy
from .fixtures import KEYS, Client, RecordingServer, item, signed_headers

BROKEN = (http.client.HTTPException, ConnectionError)


class RelayTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(RecordingServer())
        self.proxy = self.enterContext(Proxy(self.server.url, KEYS))
        self.client = Client(self.proxy.url)
        self.addCleanup(self.client.close)

    def rule(self, action, operation="PutItem", nth=None, **settings):
        match = {"operation": operation, **({} if nth is None else {"nth": nth})}
        return self.proxy.add_rule(action=action, match=match, **settings)

    def only_entry(self):
        (entry,) = self.proxy.journal.entries()
        return entry

    def assert_lost(self):
        with self.assertRaises(BROKEN):
            self.client.put()

    def test_a_correct_request_passes_unchanged_and_is_logged(self):
        status, _, document = self.client.put("deploy")
        self.assertEqual((200, {"applied": 1}), (status, document))
        self.assertEqual([item("deploy")], [json.loads(body) for body in self.server.bodies])
        entry = self.only_entry()
        self.assertEqual(("PutItem", "PLAIN", True, True, True, 200, None),
                         (entry.operation, entry.access_key, entry.verified, entry.forwarded, entry.applied,
                          entry.status, entry.refusal))
        self.assertEqual(item("deploy"), entry.request)
        self.assertEqual([], self.proxy.refusals())

    def test_what_the_server_refuses_is_logged_as_not_applied(self):
        with Proxy(self.proxy.url, KEYS) as outer:
            client = Client(outer.url)
            self.addCleanup(client.close)
            self.rule("error", status=400, code="ConditionalCheckFailedException")
            self.assertEqual(400, client.put()[0])
            entry = outer.journal.entries()[0]
            self.assertEqual((True, False, 400, "ConditionalCheckFailedException"),
                             (entry.forwarded, entry.applied, entry.upstream_status, entry.error))

    def test_a_wrong_signature_is_answered_like_dynamodb_does_and_not_forwarded(self):
        status, headers, document = self.client.call("PutItem", item("a"), secret="wrong")
        self.assertEqual((400, "com.amazon.coral.service#InvalidSignatureException"), (status, document["__type"]))
        self.assertIn("Date", headers)
        self.assertEqual([], self.server.bodies)
        self.assertEqual(1, len(self.proxy.refusals()))
        self.assertFalse(self.only_entry().verified)

    def test_the_status_of_a_refusal_can_be_that_of_other_services(self):
        with Proxy(self.server.url, KEYS, refusal_status=403) as proxy:
            client = Client(proxy.url)
            self.addCleanup(client.close)
            self.assertEqual(403, client.call("PutItem", item("a"), key_id="STRANGER")[0])

    def test_without_keys_nothing_is_checked(self):
        with Proxy(self.server.url, None) as proxy:
            client = Client(proxy.url)
            self.addCleanup(client.close)
            self.assertEqual(200, client.call("PutItem", item("a"), key_id="STRANGER")[0])

    def test_connections_are_kept_alive_on_both_sides(self):
        for _ in range(3):
            self.client.put()
        self.assertEqual({1}, {entry.connection for entry in self.proxy.journal.entries()})
        self.assertEqual({"PutItem": 3, "total": 3}, self.proxy.journal.counts())

    def test_a_dropped_reply_was_applied(self):
        self.rule("drop_reply", nth=2)
        self.client.put()
        self.assert_lost()
        self.assertEqual(2, len(self.server.bodies))
        entry = self.proxy.journal.entries()[1]
        self.assertEqual((True, None, ["drop_reply"]), (entry.applied, entry.status, entry.faults))

    def test_a_dropped_request_was_not_applied(self):
        for reset in (False, True):
            self.rule("drop_request", reset=reset)
            self.assert_lost()
        self.assertEqual([], self.server.bodies)

    def test_a_request_can_be_delayed_before_the_server_and_after_it(self):
        self.rule("delay_request", nth=1, ms=80)
        self.rule("delay_reply", nth=2, ms=80)
        for _ in range(2):
            begin = time.monotonic()
            self.assertEqual(200, self.client.put()[0])
            self.assertGreaterEqual(time.monotonic() - begin, 0.08)

    def test_a_duplicate_reaches_the_server_at_once(self):
        self.rule("duplicate")
        self.assertEqual({"applied": 1}, self.client.put()[2])
        self.assertEqual(2, len(self.server.bodies))
        self.assertEqual(self.server.bodies[0], self.server.bodies[1])
        self.assertEqual({"PutItem": 1, "total": 1}, self.proxy.journal.counts())
        self.assertEqual(1, self.proxy.journal.entries()[1].duplicate_of)

    def test_a_duplicate_comes_later(self):
        self.rule("duplicate", after_ms=1000)
        self.client.put()
        self.assertEqual(1, len(self.server.bodies))
        self.assertTrue(self.server.wait_for(lambda: len(self.server.bodies) == 2))

    def test_a_duplicate_waits_for_a_later_operation(self):
        self.rule("duplicate", nth=1, until={"operation": "DeleteItem"})
        self.client.put("first")
        self.client.put("second")
        self.client.call("DeleteItem", {"TableName": "locks", "Key": {"key": {"S": "first"}}})
        self.assertTrue(self.server.wait_for(lambda: len(self.server.bodies) == 4))
        self.assertEqual(item("first"), json.loads(self.server.bodies[3]))

    def test_a_request_cut_at_any_byte_is_not_applied(self):
        body = json.dumps(item("a")).encode()
        head = len(self.raw_request(body)) - len(body)
        for offset in (0, 1, head - 1, head, head + 1, head + len(body) - 1):
            with self.subTest(offset):
                self.proxy.reset()
                self.rule("cut_request", bytes=offset)
                self.exchange_raw(self.raw_request(body))
                self.assertEqual([], self.server.bodies)
                if offset:
                    self.assertTrue(self.server.wait_for(lambda: any(len(p) == offset for p in self.server.partial)))

    def test_a_request_cut_after_its_last_byte_is_applied_and_not_answered(self):
        body = json.dumps(item("a")).encode()
        raw = self.raw_request(body)
        self.rule("cut_request", bytes=len(raw))
        self.assertEqual(b"", self.exchange_raw(raw))
        self.assertEqual([body], self.server.bodies)

    def test_an_upload_cut_at_any_byte_is_not_applied(self):
        body = json.dumps(item("a")).encode()
        raw = self.raw_request(body)
        head = len(raw) - len(body)
        for offset in (0, 1, head - 1, head, head + 1, len(raw) - 1):
            for end in ("reset", "close"):
                with self.subTest(offset=offset, end=end):
                    self.proxy.reset()
                    self.server.partial.clear()
                    self.proxy.add_rule(action="cut_upload", bytes=offset, end=end)
                    if end == "reset":
                        with self.assertRaises(ConnectionResetError):
                            self.exchange_raw(raw)
                    else:
                        self.assertEqual(b"", self.exchange_raw(raw))
                    self.assertEqual([], self.server.bodies)
                    if offset:
                        self.assertTrue(self.server.wait_for(lambda: any(len(p) == offset for p in self.server.partial)))
                    entry = self.only_entry()
                    self.assertEqual((None, None, ["cut_upload"], False),
                                     (entry.operation, entry.verified, entry.faults, entry.forwarded))

    def test_an_upload_cut_after_its_last_byte_is_applied_and_not_answered(self):
        body = json.dumps(item("a")).encode()
        raw = self.raw_request(body)
        self.proxy.add_rule(action="cut_upload", bytes=len(raw), end="close")
        self.assertEqual(b"", self.exchange_raw(raw))
        self.assertEqual([body], self.server.bodies)
        self.assertEqual((True, True, ["cut_upload"], None),
                         (self.only_entry().verified, self.only_entry().applied, self.only_entry().faults, self.only_entry().status))

    def test_a_client_is_cut_off_while_it_is_still_sending(self):
        body = b"x" * (64 << 20)  # More than all buffers on the way hold.
        raw = self.raw_request(body)
        for end, broken in (("reset", (ConnectionResetError, BrokenPipeError)), ("stall", TimeoutError)):
            with self.subTest(end):
                self.proxy.reset()
                self.proxy.add_rule(action="cut_upload", bytes=100_000, end=end)
                with self.assertRaises(broken):
                    self.exchange_raw(raw, timeout_s=0.5 if end == "stall" else 10)
                self.assertEqual([], self.server.bodies)

    def test_uploads_are_counted_as_they_begin(self):
        self.proxy.add_rule(action="cut_upload", bytes=5, match={"nth": 2})
        self.client.put()
        with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(self.proxy.url).port)):
            pass  # No request begins here.
        self.assert_lost()
        self.client.close()
        self.client.put()
        self.assertEqual({"PutItem": 2, "total": 2}, self.proxy.journal.counts())

    def test_a_reply_is_cut_at_the_byte_that_was_asked_for(self):
        body = json.dumps(item("a")).encode()
        whole = self.exchange_raw(self.raw_request(body, close=True))
        for offset in (0, 1, 17, len(whole) - 1):
            with self.subTest(offset):
                self.proxy.reset()
                self.rule("cut_reply", bytes=offset)
                part = self.exchange_raw(self.raw_request(body, close=True))
                self.assertEqual((offset, whole[:offset][:60]), (len(part), part[:60]))

    def raw_request(self, body, close=False):
        headers = signed_headers(self.proxy.url, "PutItem", body)
        headers.update({"Content-Length": str(len(body))}, **({"Connection": "close"} if close else {}))
        return b"POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n" + body

    def exchange_raw(self, data, timeout_s=10):
        port = urllib.parse.urlsplit(self.proxy.url).port
        with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as raw:
            raw.sendall(data)
            received = b""
            while chunk := raw.recv(65536):
                received += chunk
            return received

    def test_one_byte_of_either_direction_can_be_corrupted(self):
        self.rule("corrupt_request", nth=1, offset=2)
        self.rule("corrupt_reply", nth=2, offset=-1)
        self.client.put()
        sent = json.dumps(item("a")).encode()
        self.assertEqual([2], [n for n in range(len(sent)) if sent[n] != self.server.bodies[0][n]])
        self.assertEqual(b'{"applied": 2' + bytes([ord("}") ^ 0xFF]), self.client.put()[2])

    def test_a_500_comes_without_or_after_applying(self):
        self.rule("error", nth=1)
        self.rule("error", nth=2, applied=True, status=503, code="ServiceUnavailable")
        self.assertEqual((500, 0), (self.client.put()[0], len(self.server.bodies)))
        self.assertEqual((503, 1), (self.client.put()[0], len(self.server.bodies)))

    def test_throttling_says_its_code(self):
        for code in ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"):
            self.proxy.remove_rule()
            self.rule("throttle", code=code, retry_after_ms=120)
            status, headers, document = self.client.put()
            self.assertEqual((400, "120"), (status, headers["x-amz-retry-after"]))
            self.assertTrue(document["__type"].endswith("#" + code))
        self.assertEqual([], self.server.bodies)

    def test_the_date_is_shifted_replaced_or_removed_and_an_age_added(self):
        self.rule("date", nth=1, offset_s=-7200)
        self.rule("date", nth=2, remove=True)
        self.rule("date", nth=3, value="yesterday")
        self.rule("headers", nth=4, set={"Age": "30"}, remove=["x-amz-crc32"])
        shifted = http.client.email.utils.parsedate_to_datetime(self.client.put()[1]["Date"]).timestamp()
        self.assertAlmostEqual(time.time() - 7200, shifted, delta=5)
        self.assertNotIn("Date", self.client.put()[1])
        self.assertEqual("yesterday", self.client.put()[1]["Date"])
        headers = self.client.put()[1]
        self.assertEqual(("30", None), (headers["Age"], headers["x-amz-crc32"]))

    def test_a_blackhole_takes_the_request_and_never_answers(self):
        for direction, applied in (("both", 0), ("reply", 1)):
            with self.subTest(direction):
                self.proxy.reset()
                self.rule("blackhole", direction=direction)
                client = Client(self.proxy.url, timeout_s=0.3)
                with self.assertRaises(TimeoutError):
                    client.put()
                client.close()
                self.assertTrue(self.server.wait_for(lambda: len(self.server.bodies) >= applied))
                self.assertEqual(applied, len(self.server.bodies))

    def test_a_partition_takes_one_client_and_spares_the_other(self):
        self.proxy.add_rule(action="drop_request", match={"access_key": "SESSION"})
        with self.assertRaises(BROKEN):
            self.client.call("PutItem", item("a"), key_id="SESSION")
        other = Client(self.proxy.url)
        self.addCleanup(other.close)
        self.assertEqual(200, other.put()[0])

    def test_connections_are_refused_and_accepted_again_on_the_same_port(self):
        self.client.put()
        with self.proxy.rule(action="refuse_connections"):
            with self.assertRaises(BROKEN):
                self.client.put()
            with self.assertRaises(ConnectionRefusedError):
                Client(self.proxy.url).put()
        other = Client(self.proxy.url)
        self.addCleanup(other.close)
        self.assertEqual(200, other.put()[0])

    def test_a_slow_drip_delivers_everything_in_the_end(self):
        self.rule("slow_drip", bytes=3, interval_ms=5, after_head=True)
        begin = time.monotonic()
        self.assertEqual({"applied": 1}, self.client.put()[2])
        self.assertGreaterEqual(time.monotonic() - begin, 0.02)

    def test_a_stall_after_the_head_sends_no_body(self):
        self.rule("stall_after_head")
        client = Client(self.proxy.url, timeout_s=0.3)
        with self.assertRaises(TimeoutError):
            client.put()
        client.close()

    def test_an_endless_body_does_not_end(self):
        self.rule("endless_body", declared=True)
        self.client.connection.request("POST", "/", b"{}", signed_headers(self.proxy.url, "PutItem", b"{}"))
        answer = self.client.connection.getresponse()
        self.assertEqual(8 << 20, len(answer.read(8 << 20)))

    def test_canned_replies_are_sent_as_they_were_given(self):
        self.rule("reply", nth=1, status=418, headers={"X-Teapot": "short"}, body="<html>")
        self.rule("reply", nth=2, body_base64="/wA=", applied=True)
        status, headers, content = self.client.put()
        self.assertEqual((418, "short", b"<html>", 0),
                         (status, headers["X-Teapot"], content, len(self.server.bodies)))
        self.assertEqual((b"\xff\x00", 1), (self.client.put()[2], len(self.server.bodies)))

    def test_redirects_name_where_to(self):
        self.rule("redirect", location="http://127.0.0.1:1/", status=302)
        status, headers, _ = self.client.put()
        self.assertEqual((302, "http://127.0.0.1:1/"), (status, headers["Location"]))

    def test_a_gzip_bomb_is_small_until_it_is_unpacked(self):
        self.rule("gzip_bomb", mib=8)
        _, headers, content = self.client.put()
        self.assertEqual("gzip", headers["Content-Encoding"])
        self.assertLess(len(content), 32768)
        self.assertEqual(8 << 20, len(gzip.decompress(content)))

    def test_a_packed_reply_has_the_checksum_of_the_packed_bytes(self):
        self.rule("gzip")
        _, headers, content = self.client.put()
        self.assertEqual({"applied": 1}, json.loads(gzip.decompress(content)))
        self.assertEqual(str(zlib.crc32(content)), headers["x-amz-crc32"])

    def test_a_header_flood_and_a_storm_of_interim_replies_are_as_big_as_asked(self):
        body = json.dumps(item("a")).encode()
        self.rule("header_flood", nth=1, count=300, bytes=50)
        self.rule("informational_storm", nth=2, count=40)
        self.assertEqual(300, self.exchange_raw(self.raw_request(body, close=True)).count(b"X-Flood-"))
        answer = self.exchange_raw(self.raw_request(body, close=True))
        self.assertEqual((40, 1), (answer.count(b"HTTP/1.1 102"), answer.count(b"HTTP/1.1 200")))

    def test_a_wrong_crc32_is_wrong(self):
        self.rule("wrong_crc32")
        body = json.dumps({"applied": 1}).encode()
        self.assertEqual(str(zlib.crc32(body) ^ 1), self.client.put()[1]["x-amz-crc32"])

    def test_several_rules_take_part_in_one_request(self):
        self.rule("date", remove=True)
        self.rule("error", applied=True)
        self.rule("headers", set={"Age": "1"})
        status, headers, _ = self.client.put()
        self.assertEqual((500, "1"), (status, headers["Age"]))

    def test_what_is_not_http_is_told_so(self):
        self.assertIn(b"400", self.exchange_raw(b"HELO there\r\n\r\n").split(b"\r\n")[0])

    def test_a_server_that_is_gone_is_told_as_unavailable(self):
        with Proxy("http://127.0.0.1:1", KEYS) as proxy:
            client = Client(proxy.url)
            self.addCleanup(client.close)
            self.assertEqual(503, client.put()[0])
            self.assertFalse(proxy.journal.entries()[0].forwarded)

    def test_waiting_for_a_request_that_does_not_come_says_what_came(self):
        self.client.put()
        with self.assertRaisesRegex(TimeoutError, "PutItem"):
            self.proxy.journal.wait_for(operation="DeleteItem", timeout_s=0.01)
