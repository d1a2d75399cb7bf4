"""The examples, run against a real server."""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from servers import BY_NAME
from servers.tls import Certificates

EXAMPLES = pathlib.Path(os.environ["DYNAMUTEX_EXAMPLES"])
TABLE = "examples"


class ExamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="dynamutex-examples-"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.server = cls.enterClassContext(BY_NAME[os.environ["DYNAMUTEX_SERVER"]]())
        cls.dynamodb = botocore.session.Session().create_client(
            "dynamodb", region_name="us-east-1", endpoint_url=cls.server.url, aws_access_key_id="test", aws_secret_access_key="test")
        cls.addClassCleanup(cls.dynamodb.close)
        cls.dynamodb.create_table(TableName=TABLE, BillingMode="PAY_PER_REQUEST",
                                  AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
                                  KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}])

    def run_example(self, name, *arguments, keys=True, code=0, variables=None):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment.update(variables or {})
        environment.update(AWS_REGION="us-east-1", AWS_ENDPOINT_URL_DYNAMODB=self.server.url)
        if keys:
            environment.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
        done = subprocess.run([EXAMPLES / f"example_{name}", *map(str, arguments)], capture_output=True, text=True, env=environment,
                              timeout=60)
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def items(self):
        return self.dynamodb.scan(TableName=TABLE, ConsistentRead=True)["Items"]

    def test_sign_request_signs_as_botocore_does(self):
        head, body = self.run_example("sign_request").split("\n\n")
        line, *fields = head.split("\n")
        self.assertEqual("POST / HTTP/1.1", line)
        headers = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        signed = {name: headers[name] for name in ("content-type", "x-amz-target")}
        request = AWSRequest("POST", "https://dynamodb.eu-west-1.amazonaws.com/", headers=signed, data=body.encode())
        request.context["timestamp"] = headers["x-amz-date"]
        signer = SigV4Auth(Credentials("test", "test"), "dynamodb", "eu-west-1")
        request.headers["X-Amz-Date"] = headers["x-amz-date"]
        expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        self.assertEqual(expected, headers["authorization"].split("Signature=")[1])
        self.assertEqual({"TableName": "locks"}, json.loads(body))

    def test_items(self):
        self.assertEqual("put\ngot: hello\ndeleted\n", self.run_example("items", TABLE))
        self.dynamodb.put_item(TableName=TABLE, Item={"key": {"S": "greeting"}, "text": {"S": "good-bye"}, "times": {"N": "2"}})
        self.assertEqual("it was there already\ngot: good-bye\nit has changed, and stays\n", self.run_example("items", TABLE))
        self.dynamodb.delete_item(TableName=TABLE, Key={"key": {"S": "greeting"}})

    def test_readme_runs_its_section_and_gives_the_lock_back(self):
        self.dynamodb.create_table(TableName="locks", BillingMode="PAY_PER_REQUEST",
                                   AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
                                   KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}])
        self.dynamodb.get_waiter("table_exists").wait(TableName="locks")
        self.assertEqual("deploying\n", self.run_example("readme"))
        self.assertEqual([], self.dynamodb.scan(TableName="locks", ConsistentRead=True)["Items"])

    def test_default_credentials_come_from_the_shared_files(self):
        files = self.scratch / "aws"
        files.mkdir()
        (files / "credentials").write_text("[appliance]\naws_access_key_id = test\naws_secret_access_key = test\n")
        said = self.run_example("default_credentials", TABLE, keys=False, variables={
            "AWS_PROFILE": "appliance", "AWS_SHARED_CREDENTIALS_FILE": str(files / "credentials"), "AWS_CONFIG_FILE": str(files / "none"),
            "AWS_EC2_METADATA_DISABLED": "true"})
        self.assertEqual("held, with keys of the shared files\n", said)

    def test_with_lock(self):
        self.assertEqual("3 steps done\n", self.run_example("with_lock", TABLE, "section"))
        self.assertNotIn("section", [item["key"]["S"] for item in self.items()])

    def test_many_leases(self):
        versions = []

        def watch():
            while not done.wait(0.2):
                versions.append({item["key"]["S"]: item["recordVersionNumber"]["S"] for item in self.items() if "shard-" in item["key"]["S"]})

        done = threading.Event()
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            said = self.run_example("many_leases", TABLE, 300)
        finally:
            done.set()
            watcher.join()
        self.assertEqual("300 acquired, 0 contended, 0 failed\n0 lost, 300 released\n", said)
        whole = [seen for seen in versions if len(seen) == 300]
        first, last = whole[0], whole[-1]
        self.assertEqual([], [key for key in first if first[key] == last[key]], "these were not renewed")
        self.assertEqual([], [key for key in (item["key"]["S"] for item in self.items()) if "shard-" in key])

    def test_fenced_writer(self):
        file = self.scratch / "ledger"
        for line in ("first", "second"):
            self.assertEqual("the stale write was refused\n", self.run_example("fenced_writer", TABLE, file, line))
        self.assertEqual("first\nanother writer\nsecond\nanother writer\n", file.read_text())

    def test_custom_transport(self):
        self.assertRegex(self.run_example("custom_transport", self.server.url, TABLE), r"^held by \S+:\d+:\w+\n$")

    @unittest.skipUnless((EXAMPLES / "example_iot_appliance").exists(), "this build leaves AWS IoT out")
    def test_iot_appliance(self):
        certificates = Certificates(self.scratch)
        with IotEndpoint(certificates) as endpoint:
            said = self.run_example("iot_appliance", endpoint.url, "locker", *certificates.client, certificates.authority, TABLE, keys=False)
        self.assertEqual("the appliance held the lock\n", said)
        self.assertEqual([("/role-aliases/locker/credentials", "appliance")], endpoint.asked)


class IotEndpoint:
    """AWS IoT's credential provider, for those that show a certificate of the test CA."""

    def __init__(self, certificates):
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                subject = dict(pair for rdn in self.connection.getpeercert()["subject"] for pair in rdn)
                asked.append((self.path, subject["commonName"]))
                expiration = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
                body = json.dumps({"credentials": {"accessKeyId": "ASIAIOT", "secretAccessKey": "secret", "sessionToken": "token",
                                                   "expiration": expiration}}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = certificates.server_context(ask_client=True).wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self):
        return f"https://localhost:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
