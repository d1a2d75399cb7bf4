"""The base of the tests here: a server and a verifying proxy a class, a client process a test; every signature is checked."""

import os
import random
import secrets
import string
import unittest

import botocore.config
import botocore.session
from proxy import Key, Proxy
from servers import BY_NAME

from . import measure
from .driver import Driver

OPERATIONS = {"put": "PutItem", "delete": "DeleteItem", "get": "GetItem"}


def _random_secret(length):
    return "".join(random.SystemRandom().choices(string.ascii_letters + string.digits + "/+", k=length))


class ClientTest(unittest.TestCase):
    TABLE = "locks"

    @classmethod
    def setUpClass(cls):
        cls.keys = {"TESTER": Key(_random_secret(40), _random_secret(120)), "WITHOUTTOKEN": Key(_random_secret(40), None)}
        cls.server = cls.enterClassContext(BY_NAME[os.environ["DYNAMUTEX_SERVER"]]())
        cls.proxy = cls.enterClassContext(Proxy(cls.server.url, cls.keys))
        cls.dynamodb = botocore.session.Session().create_client(
            "dynamodb", region_name="us-east-1", endpoint_url=cls.server.url, aws_access_key_id="inspector",
            aws_secret_access_key="inspector", config=botocore.config.Config(retries={"max_attempts": 2}))
        cls.addClassCleanup(cls.dynamodb.close)
        cls.dynamodb.create_table(
            TableName=cls.TABLE, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}])

    @classmethod
    def environment(cls, key_id, **changes):
        key = cls.keys[key_id]
        environment = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": key.secret, "AWS_SESSION_TOKEN": key.token,
                       **changes}
        return {name: value for name, value in environment.items() if value is not None}

    def setUp(self):
        # Of one length, so that all requests of a test have one length too.
        self.prefix = secrets.token_hex(4)
        self.proxy.reset()
        # A client for each test: resetting the proxy ends the connections that an older one would use.
        self.driver = self.enterContext(Driver(self.environment("TESTER")))
        self.addCleanup(self._check_signatures)

    def _check_signatures(self):
        self.assertEqual([], self.proxy.refusals(), "the proxy refused signatures")
        unchecked = [entry.number for entry in self.proxy.journal.entries(verified=False)]
        self.assertEqual([], unchecked, "requests that passed unchecked")

    def key(self, number):
        return f"{self.prefix}-{number:05}"

    def call(self, operation, *, driver=None, **settings):
        """Every setting is told anew: no test sees another's."""
        defaults = {"endpoint": self.proxy.url, "table": self.TABLE, "value": "theirs", "only": "", "deadline_ms": 5000,
                    "attempts_max": 1, "connection": "kept"}
        return (driver or self.driver).call(operation, **{**defaults, **settings})

    def lengths(self, verb):
        """Bytes on the wire of a request and of its reply."""
        if verb == "delete":
            self.fill([self.key(99999)])  # DynamoDB Local says more where there was nothing to delete.
        with self.proxy.rule(action="measure"):
            self.assertEqual("applied", self.call(verb, key=self.key(99999)).outcome)
        self.proxy.journal.reset()
        return measure.lengths[OPERATIONS[verb]]

    # Looking at the server, past the proxy.

    def fill(self, keys):
        """Items that are there, for deletes to take away."""
        for start in range(0, len(keys), 25):
            puts = [{"PutRequest": {"Item": {"key": {"S": key}, "value": {"S": "ours"}}}} for key in keys[start:start + 25]]
            self.assertEqual({}, self.dynamodb.batch_write_item(RequestItems={self.TABLE: puts})["UnprocessedItems"])

    def table(self):
        """Key and value of every item of this test."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.TABLE, ConsistentRead=True)
        return {item["key"]["S"]: item["value"]["S"] for page in pages for item in page["Items"]
                if item["key"]["S"].startswith(self.prefix)}

    def requests(self, operation):
        """The requests that came to the proxy, by key."""
        by_key = {}
        for entry in self.proxy.journal.entries(operation=operation):
            key = (entry.item or entry.request.get("Key", {}))["key"]["S"]
            by_key.setdefault(key, []).append(entry)
        return by_key
