"""`dynamutex doctor` on a healthy table, and on each that is not: it tells the one thing to do, and exits as `run` would."""

import contextlib
import http.server
import json
import shlex
import threading

from servers import free_port

from .harness import CommandTest

PERMISSIONS = ("GetItem", "PutItem", "DeleteItem", "UpdateItem", "Scan")


class DoctorTest(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_table("other-key", key="id")

    def make_healthy(self):
        self.assert_code(0, self.dynamutex("--table", "healthy", "init"))

    def examine(self, *flags, run_too=True, arguments=(), **options):
        """The checks by name, of a doctor whose exit code is that of a run in the same place."""
        done = self.dynamutex(*flags, "--json", "doctor", *arguments, **options)
        self.assertEqual("", done.err, str(done))
        report = json.loads(done.out)
        self.assertEqual((done.code, done.code == 0), (report["exit_code"], report["ok"]))
        if run_too:
            ran = self.dynamutex(*flags, "run", self.lock, "-w", "5s", "--", "true", **options)
            self.assertEqual(ran.code, done.code, f"doctor and run disagree\n{done}\n{ran}")
        as_text = self.dynamutex(*flags, "doctor", *arguments, **options)
        self.assert_code(done.code, as_text)
        self.assertNotIn("\x1b", as_text.out)
        return {check["check"]: check for check in report["checks"]}, report, as_text

    def assert_one_thing(self, checks, name, status, *words):
        """This check, and no other, asks for something."""
        asking = {each for each, check in checks.items() if check["status"] in ("warning", "failure")}
        if self.server_name == "dynalite":
            asking.discard("ttl")
        self.assertEqual({name}, asking, checks)
        self.assertEqual(status, checks[name]["status"])
        for word in words:
            self.assertIn(word, f"{checks[name]['message']}; {checks[name]['mend'] or ''}")

    def test_a_healthy_table(self):
        self.make_healthy()
        checks, report, text = self.examine("--table", "healthy")
        self.assert_code(0, text)
        expected = {"identity": "skipped"}
        if self.server_name == "dynalite":
            expected["ttl"] = "warning"  # it cannot be turned on
        for name, check in checks.items():
            self.assertEqual(expected.get(name, "ok"), check["status"], check)
        for name in PERMISSIONS + ("credentials", "round trip", "signature", "clock", "table", "key schema", "billing"):
            self.assertIn(name, checks)
        self.assertGreater(report["round_trip_ms"]["median"], 0)
        self.assertLessEqual(report["clock_offset_ms"]["min"], 0)
        self.assertGreaterEqual(report["clock_offset_ms"]["max"], 0)
        self.assertEqual("on demand", checks["billing"]["message"])
        self.assertIn("environment", checks["credentials"]["message"])

    def test_it_changes_nothing_not_even_the_record_it_is_pointed_at(self):
        self.hold(60, "--no-renew")
        before = self.record()
        self.proxy.reset()
        self.examine(arguments=[self.lock], run_too=False)
        self.assertEqual(before, self.record())
        writes = [entry for entry in self.proxy.journal.entries() if entry.operation in ("PutItem", "DeleteItem", "UpdateItem")]
        self.assertEqual(6, len(writes), "each twice: as JSON and as text")
        self.assertEqual({self.lock}, {(entry.request.get("Key") or entry.request["Item"])["key"]["S"] for entry in writes})
        self.proxy.reset()
        self.examine(run_too=False)
        self.assertEqual([self.lock], [item["key"]["S"] for item in self.dynamodb.scan(TableName=self.TABLE)["Items"]
                                       if item["key"]["S"] in (self.lock, "dynamutex-doctor")])

    def test_no_table(self):
        checks, _, text = self.examine("--table", "no-such-table")
        self.assert_one_thing(checks, "table", "failure", "dynamutex init --table no-such-table")
        self.assert_code(78, text)

    def test_the_command_that_creates_a_missing_table_creates_this_very_one(self):
        """Whatever of it was said by flags, and nothing by the environment."""
        nowhere = {"AWS_ENDPOINT_URL_DYNAMODB": None, "AWS_ENDPOINT_URL": None, "AWS_REGION": None}
        flags = ["--table", "made-as-told", "--endpoint-url", self.proxy.url, "--key-name", "id", "--sort-key-name", "part of it"]
        checks, _, _ = self.examine(*flags, arguments=["--sort-key", "x"], run_too=False, **nowhere)
        said = self.dynamutex(*flags, "list", **nowhere)
        self.assert_one_line(said, 78, "create it with: ")
        for told in (checks["table"]["mend"].split("create it: ")[1], said.err.strip().split("create it with: ")[1]):
            program, *words = shlex.split(told)
            self.assertEqual("dynamutex", program)
            self.assert_code(0, self.dynamutex(*words, **nowhere))
            schema = self.dynamodb.describe_table(TableName="made-as-told")["Table"]["KeySchema"]
            self.assertEqual(["id", "part of it"], [each["AttributeName"] for each in schema])

    def test_another_key_schema(self):
        checks, _, text = self.examine("--table", "other-key")
        self.assert_one_thing(checks, "key schema", "failure", "--key-name id")
        self.assert_code(78, text)

    def test_the_thing_to_do_helps(self):
        checks, _, text = self.examine("--table", "other-key", "--key-name", "id")
        self.assertEqual("ok", checks["key schema"]["status"])
        self.assert_code(0, text)

    def test_ttl_off(self):
        if self.server_name == "dynalite":
            self.skipTest("its TTL cannot be turned on")
        self.create_table("without-ttl")
        checks, _, text = self.examine("--table", "without-ttl")
        self.assert_one_thing(checks, "ttl", "warning", "dynamutex init --table without-ttl")
        self.assert_code(0, text)
        self.assert_code(0, self.dynamutex("--table", "without-ttl", "init"))
        self.assertEqual("ok", self.examine("--table", "without-ttl")[0]["ttl"]["status"])

    def test_ttl_on_another_attribute(self):
        if self.server_name == "dynalite":
            self.skipTest("its TTL cannot be turned on")
        self.create_table("other-ttl")
        self.dynamodb.update_time_to_live(TableName="other-ttl",
                                          TimeToLiveSpecification={"Enabled": True, "AttributeName": "gone_at"})
        self.assert_one_thing(self.examine("--table", "other-ttl")[0], "ttl", "warning", "'gone_at'", "update-time-to-live")

    def test_a_clock_that_is_ten_minutes_off(self):
        self.make_healthy()
        self.expect_refusals("Signature expired|Signature not yet current")
        for offset, word in (("-10m", "s behind"), ("+10m", "s ahead")):
            with self.subTest(offset):
                checks, report, text = self.examine("--table", "healthy", clock=offset)
                self.assert_one_thing(checks, "clock", "warning", word, "set this machine's clock")
                self.assert_code(0, text)
                self.assertAlmostEqual(600_000, abs(report["clock_offset_ms"]["min"]), delta=5_000)

    def test_a_wrong_secret_and_an_unknown_key(self):
        self.expect_refusals("signature|security token|InvalidSignature|Unrecognized")
        for changes, word in (({"AWS_SECRET_ACCESS_KEY": "wrong"}, "secret access key"),
                              ({"AWS_ACCESS_KEY_ID": "NOBODY"}, "access key exists")):
            with self.subTest(word):
                checks, _, text = self.examine(**changes)
                self.assert_one_thing(checks, "signature", "failure", word)
                self.assert_code(77, text)

    def test_no_credentials_and_no_region(self):
        checks, _, text = self.examine(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_SESSION_TOKEN=None)
        self.assert_one_thing(checks, "credentials", "failure", "AWS_ACCESS_KEY_ID", "--profile")
        self.assert_code(78, text)
        checks, report, text = self.examine(AWS_REGION=None, AWS_ENDPOINT_URL_DYNAMODB=None)
        self.assert_one_thing(checks, "configuration", "failure", "--region")
        self.assert_code(78, text)
        self.assertIsNone(report["endpoint"])

    def test_an_endpoint_that_nobody_listens_at(self):
        port = free_port()
        checks, _, text = self.examine("--endpoint-url", f"http://127.0.0.1:{port}")
        self.assert_one_thing(checks, "round trip", "failure", str(port), "endpoint")
        self.assert_code(69, text)
        self.assertIn("skipped  signature … Scan  the service is not reached\n", text.out)

    def test_each_permission_that_is_missing(self):
        self.make_healthy()
        for action, status, code in (("PutItem", "failure", 77), ("DeleteItem", "failure", 77), ("GetItem", "failure", 77),
                                     ("UpdateItem", "warning", 0), ("Scan", "warning", 0)):
            with self.subTest(action), self.proxy.rule(action="error", match={"operation": action}, status=400,
                                                       code="AccessDeniedException", message="no"):
                # An uncontended run gets along without GetItem, and one that cannot release has done its work.
                checks, _, text = self.examine("--table", "healthy", run_too=action not in ("GetItem", "DeleteItem"))
                self.assert_one_thing(checks, action, status, f"dynamodb:{action}")
                self.assert_code(code, text)

    def test_a_policy_with_least_privilege_is_enough(self):
        self.make_healthy()
        with self.proxy.rule(action="error", match={"operation": ["DescribeTable", "DescribeTimeToLive"]}, status=400,
                             code="AccessDeniedException", message="no"):
            checks, _, text = self.examine("--table", "healthy")
        self.assert_code(0, text)
        self.assertEqual(("ok", "ok", "skipped", "skipped"),
                         tuple(checks[name]["status"] for name in ("table", "key schema", "billing", "ttl")))

    def test_replies_without_a_date(self):
        self.make_healthy()
        with self.proxy.rule(action="date", remove=True):
            self.assert_one_thing(self.examine("--table", "healthy")[0], "clock", "warning", "Date")

    def test_more_than_one_name_is_usage(self):
        self.assert_one_line(self.dynamutex("doctor", "a", "b"), 64, "one lock")


class IdentityTest(CommandTest):
    @contextlib.contextmanager
    def sts(self, status, body):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers["Authorization"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}", asked
            finally:
                server.shutdown()
                thread.join()

    def identity(self, url):
        done = self.dynamutex("--json", "doctor", AWS_ENDPOINT_URL_STS=url)
        self.assert_code(0, done)
        return next(check for check in json.loads(done.out)["checks"] if check["check"] == "identity")

    def test_who_one_is_where_sts_answers(self):
        body = ("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/locks/web</Arn>"
                "<UserId>x</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
        with self.sts(200, body) as (url, asked):
            check = self.identity(url)
        self.assertEqual(("ok", "arn:aws:sts::123456789012:assumed-role/locks/web in account 123456789012"),
                         (check["status"], check["message"]))
        self.assertEqual(b"Action=GetCallerIdentity&Version=2011-06-15", asked[0][0])
        self.assertIn("/us-east-1/sts/aws4_request", asked[0][1])

    def test_a_key_that_sts_refuses_is_a_warning_and_no_answer_is_none(self):
        with self.sts(403, "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>") as (url, _):
            self.assertEqual("warning", self.identity(url)["status"])
        self.assertEqual("skipped", self.identity(f"http://127.0.0.1:{free_port()}")["status"])
