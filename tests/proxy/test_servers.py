"""botocore as the client, through the proxy, to the real servers: an outsider's proof that the check accepts what AWS accepts
and refuses what AWS refuses, and that the faults mean the same to a real server."""

import http.client
import os
import socket
import unittest
import urllib.parse

import botocore.config
import botocore.exceptions
import botocore.session
from servers import DynamoDBLocal, Dynalite, NotFetched

from . import Key, Proxy
from .fixtures import signed_headers

KEYS = {"PLAIN": Key("plain-secret"), "SESSION": Key("session-secret", "session-token/with+odd=characters")}
NAME = {"key": {"S": "deploy"}}


class ServerTest:
    """Run once for each server, below."""

    Server = None

    @classmethod
    def setUpClass(cls):
        try:
            cls.server = cls.enterClassContext(cls.Server())
        except NotFetched as missing:
            raise unittest.SkipTest(str(missing)) from None
        cls.proxy = cls.enterClassContext(Proxy(cls.server.url, KEYS))
        cls.client().create_table(
            TableName="locks", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}])

    def setUp(self):
        self.proxy.reset()
        self.client().delete_item(TableName="locks", Key=NAME)
        self.proxy.reset()

    @classmethod
    def client(cls, key_id="PLAIN", secret=None, token=None):
        client = botocore.session.Session().create_client(
            "dynamodb", region_name="us-east-1", endpoint_url=cls.proxy.url, aws_access_key_id=key_id,
            aws_secret_access_key=secret or KEYS[key_id].secret, aws_session_token=token or KEYS[key_id].token,
            config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=10))
        cls.addClassCleanup(client.close)
        return client

    def stored(self):
        return self.client().get_item(TableName="locks", Key=NAME, ConsistentRead=True).get("Item")

    def refused(self, client, code):
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            client.put_item(TableName="locks", Item=NAME)
        self.assertEqual(code, refused.exception.response["Error"]["Code"])
        self.assertIsNone(self.stored())

    def test_a_correct_signature_passes_with_and_without_a_session_token(self):
        for key_id in KEYS:
            self.client(key_id).put_item(TableName="locks", Item={**NAME, "by": {"S": key_id}})
            self.assertEqual(key_id, self.stored()["by"]["S"])
        self.assertEqual([], self.proxy.refusals())
        self.assertTrue(all(entry.verified for entry in self.proxy.journal.entries()))

    def test_a_wrong_secret_is_refused(self):
        self.refused(self.client(secret="another"), "InvalidSignatureException")

    def test_a_wrong_token_is_refused(self):
        self.refused(self.client("SESSION", token="another"), "UnrecognizedClientException")

    def test_a_tampered_body_is_refused(self):
        client = self.client()
        client.meta.events.register("before-send", lambda request, **_: setattr(request, "body", request.body.replace(
            b"deploy", b"breach")))
        self.refused(client, "InvalidSignatureException")

    def test_a_refused_condition_is_logged_as_not_applied(self):
        client = self.client()
        client.put_item(TableName="locks", Item=NAME)
        with self.assertRaises(client.exceptions.ConditionalCheckFailedException):
            client.put_item(TableName="locks", Item=NAME, ConditionExpression="attribute_not_exists(#k)",
                            ExpressionAttributeNames={"#k": "key"})
        first, second = self.proxy.journal.entries()
        self.assertEqual((True, False, "ConditionalCheckFailedException"), (first.applied, second.applied, second.error))

    def test_a_dropped_reply_was_applied_and_a_dropped_request_was_not(self):
        for action, applied in (("drop_reply", True), ("drop_request", False)):
            with self.subTest(action), self.proxy.rule(action=action, match={"operation": "PutItem"}):
                with self.assertRaises(botocore.exceptions.HTTPClientError):
                    self.client().put_item(TableName="locks", Item=NAME)
                self.assertEqual(applied, self.stored() is not None)
                self.client().delete_item(TableName="locks", Key=NAME)

    def test_a_request_cut_short_at_any_byte_is_never_applied(self):
        body = b'{"TableName":"locks","Item":{"key":{"S":"deploy"}}}'
        headers = {**signed_headers(self.proxy.url, "PutItem", body), "Content-Length": str(len(body))}
        raw = b"POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n" + body
        step = 1 if os.environ.get("DYNAMUTEX_LONG") else 7
        for offset in range(0, len(raw), step):
            with self.proxy.rule(action="cut_request", match={"operation": "PutItem"}, bytes=offset):
                self.send_raw(raw)
        self.assertIsNone(self.stored())
        with self.proxy.rule(action="cut_request", match={"operation": "PutItem"}, bytes=len(raw)):
            self.assertEqual(b"", self.send_raw(raw))
        self.assertIsNotNone(self.stored())

    def send_raw(self, raw):
        with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(self.proxy.url).port), timeout=10) as client:
            client.sendall(raw)
            return client.recv(65536)

    def test_two_servers_run_at_once_on_ports_of_their_own(self):
        with self.Server() as second:
            self.assertNotEqual(self.server.url, second.url)
            process = second.process
        self.assertIsNotNone(process.returncode, "it was not stopped")
        connection = http.client.HTTPConnection("127.0.0.1", second.port, timeout=5)
        self.addCleanup(connection.close)
        with self.assertRaises(ConnectionRefusedError):
            connection.connect()


class DynamoDBLocalTest(ServerTest, unittest.TestCase):
    Server = DynamoDBLocal


class DynaliteTest(ServerTest, unittest.TestCase):
    Server = Dynalite
