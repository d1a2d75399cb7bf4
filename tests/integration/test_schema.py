"""What `--json` prints, against the schemas in docs/schema."""

import json
import os
import pathlib
import subprocess
import unittest

try:
    import jsonschema
except ImportError as missing:
    if os.environ.get("DYNAMUTEX_NO_SKIPS"):
        raise
    raise unittest.SkipTest("there is no jsonschema; install it with: apt-get install python3-jsonschema") from missing

from .harness import CommandTest

_SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema"


def closed(schema):
    """The same, without the members that a later version may add."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    deep = {name: closed(each) for name, each in schema.items()}
    return {**deep, "additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else deep


class SchemaTest(CommandTest):
    def assert_valid(self, schema, document):
        described = closed(json.loads((_SCHEMAS / f"{schema}.json").read_text(encoding="utf-8")))
        jsonschema.Draft202012Validator.check_schema(described)
        jsonschema.Draft202012Validator(described).validate(document)
        # What a schema allows that leaves a member out, or adds one, is no description.
        self.assertRaises(jsonschema.ValidationError, jsonschema.validate, {**document, "stray": 1}, described)
        for member in document:
            less = {name: value for name, value in document.items() if name != member}
            self.assertRaises(jsonschema.ValidationError, jsonschema.validate, less, described)
        return document

    def printed(self, *arguments, code=0, **options):
        done = self.dynamutex("--json", *arguments, **options)
        self.assert_code(code, done)
        return json.loads(done.out)

    def test_show_and_list_in_every_state(self):
        self.assertEqual("free", self.assert_valid("lock", self.printed("show", self.lock))["state"])
        for flags, lock in (([], "plain"), (["--fence"], "fenced"), (["--data", "wärum"], "noted")):
            self.hold(60, *flags, lock=lock)
            self.assertEqual("held", self.assert_valid("lock", self.printed("show", lock))["state"])
        self.dynamutex("run", "kept", "--fence", "--", "true")
        dead = {**self.record("plain"), "key": {"S": "dead"}, "expiresAt": {"N": "1000"}, "data": {"B": b"\xff"}}
        self.dynamodb.put_item(TableName=self.TABLE, Item=dead)
        foreign = {name: value for name, value in dead.items() if name not in ("expiresAt", "expiresVersion", "ttl")}
        self.dynamodb.put_item(TableName=self.TABLE, Item={**foreign, "key": {"S": "foreign"}})
        listed = self.printed("list")
        for each in listed:
            self.assert_valid("lock", each)
        self.assertEqual({"held", "expired", "released"}, {each["state"] for each in listed})
        self.assert_valid("lock", self.printed("break", "foreign", "--yes"))

    def test_prune_init_and_doctor(self):
        self.assert_valid("prune", self.printed("prune"))
        for created in (True, False):
            self.assertEqual(created, self.assert_valid("init", self.printed("--table", "made-by-init", "init"))["created"])
        self.assert_valid("doctor", self.printed("doctor"))
        self.assert_valid("doctor", self.printed("--table", "absent-table", "doctor", code=78))
        self.assert_valid("doctor", self.printed("doctor", code=78, AWS_REGION=None, AWS_ENDPOINT_URL_DYNAMODB=None))
        self.assert_valid("doctor", self.printed("--endpoint-url", "http://127.0.0.1:1", "doctor", code=69))

    def test_acquire_and_renew(self):
        for number, flags in enumerate(([], ["--fence"])):
            handle = str(self.folder / f"handle-{number}")
            lock = f"{self.lock}-{number}"
            lease = self.assert_valid("lease", self.printed("acquire", lock, "--handle", handle, *flags))
            self.assertEqual((lock, bool(flags)), (lease["name"], lease["fencing_token"] is not None))
            self.assert_valid("lease", self.printed("renew", "--handle", handle))
            self.assert_silent_success(self.dynamutex("--json", "release", "--handle", handle))

    def test_sign(self):
        done = subprocess.run([self.command, "--json", "sign"], input=b"GET /a?b=c HTTP/1.1\nHost: example.com\n\n", capture_output=True,
                              env=self.environment("WITHOUTTOKEN"), timeout=30, check=True)
        signed = self.assert_valid("sign", json.loads(done.stdout))
        self.assertTrue(signed["headers"]["Authorization"].endswith(f"Signature={signed['signature']}"))

    def test_each_schema_has_a_test(self):
        self.assertEqual({"lock", "prune", "init", "doctor", "lease", "sign"}, {path.stem for path in _SCHEMAS.glob("*.json")})
