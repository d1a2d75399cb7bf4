"""Wrong input and wrong surroundings: one clear line, the right exit code, and no child that runs without the lock."""

from proxy import Key
from servers import free_port

from .harness import CommandTest

WITHOUT_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}


class InputTest(CommandTest):
    def refuses(self, code, *words, arguments=None, flags=(), **options):
        """Runs a command that must be refused before its child starts."""
        witness = self.folder / "child-ran"
        if arguments is None:
            arguments = ["run", self.lock, "-w", "3s", "--", "touch", str(witness)]
        done = self.dynamutex(*flags, *arguments, **options)
        self.assert_one_line(done, code, *words)
        self.assertFalse(witness.exists(), "the child ran without the lock")
        return done

    def assert_nothing_was_asked(self):
        self.assertEqual([], self.proxy.journal.entries())

    def test_no_command_to_run(self):
        self.refuses(64, "command", arguments=["run", self.lock])
        self.refuses(64, "command", arguments=["run", self.lock, "--"])
        self.assert_nothing_was_asked()

    def test_no_lock_name(self):
        self.refuses(64, "name", arguments=["run"])
        self.assert_nothing_was_asked()

    def test_no_subcommand_or_an_unknown_one(self):
        self.refuses(64, arguments=[])
        self.refuses(64, "frobnicate", arguments=["frobnicate"])
        self.assert_nothing_was_asked()

    def test_an_unknown_flag(self):
        self.refuses(64, "--frobnicate", arguments=["run", self.lock, "--frobnicate", "--", "true"])
        self.refuses(64, "--frobnicate", flags=["--frobnicate"])
        self.assert_nothing_was_asked()

    def test_an_empty_name(self):
        self.refuses(64, "name", arguments=["run", "", "--", "true"])
        self.assert_nothing_was_asked()

    def test_an_oversized_name(self):
        self.refuses(64, "2,?048", arguments=["run", "x" * 2049, "--", "true"])
        self.assert_nothing_was_asked()

    def test_the_longest_name_is_fine(self):
        self.assert_silent_success(self.dynamutex("run", "x" * 2048, "--", "true"))

    def test_a_name_of_any_characters_is_fine(self):
        self.assert_silent_success(self.dynamutex("run", 'ä"\\{}\t✓ /', "--", "true"))

    def test_a_lease_under_one_second(self):
        for lease in ("999ms", "0s", "500ms"):
            self.refuses(64, "lease", arguments=["run", self.lock, "--lease", lease, "--", "true"])
        self.assert_nothing_was_asked()

    def test_a_time_that_is_none(self):
        for flag in ("--lease", "--wait", "--timeout", "--kill-after"):
            for time in ("soon", "", "-1s", "10x", "99999999999999999999s"):
                with self.subTest(f"{flag}={time}"):
                    self.refuses(64, flag.strip("-"), arguments=["run", self.lock, f"{flag}={time}", "--", "true"])
        self.assert_nothing_was_asked()

    def test_no_credentials(self):
        self.refuses(78, "AWS_ACCESS_KEY_ID", **WITHOUT_KEYS)
        self.assert_nothing_was_asked()

    def test_half_of_the_credentials(self):
        self.refuses(78, "AWS_SECRET_ACCESS_KEY", AWS_SECRET_ACCESS_KEY=None)
        self.assert_nothing_was_asked()

    def test_a_malformed_endpoint(self):
        for url in ("not a url", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"):
            with self.subTest(url):
                done = self.dynamutex("--endpoint-url", url, "run", self.lock, "-w", "3s", "--", "true")
                self.assertIn(done.code, (64, 78), str(done))
                self.assert_one_line(done, done.code, "endpoint")
        self.assert_nothing_was_asked()

    def test_a_malformed_endpoint_in_the_environment(self):
        done = self.dynamutex("run", self.lock, "-w", "3s", "--", "true", AWS_ENDPOINT_URL_DYNAMODB="not a url")
        self.assertIn(done.code, (64, 78), str(done))
        self.assert_one_line(done, done.code, "endpoint")

    def test_an_unreachable_endpoint(self):
        address = f"127.0.0.1:{free_port()}"
        flags = ["--endpoint-url", f"http://{address}"]
        self.refuses(69, address, "refused", flags=flags)
        self.refuses(69, address, "refused", flags=flags, arguments=["run", self.lock, "-n", "--", "true"])

    def test_no_such_table(self):
        self.refuses(78, "table", "no-such-table", "dynamutex init", flags=["--table", "no-such-table"])

    def test_a_table_with_another_key_schema(self):
        self.create_table("foreign", key="id")
        self.addCleanup(self.dynamodb.delete_table, TableName="foreign")
        self.refuses(78, "foreign", "key", flags=["--table", "foreign"])

    def test_a_wrong_secret_key(self):
        self.expect_refusals("InvalidSignatureException.*does not match")
        self.refuses(77, AWS_SECRET_ACCESS_KEY="x" * 40)

    def test_an_unknown_access_key(self):
        self.expect_refusals("UnrecognizedClientException")
        self.refuses(77, AWS_ACCESS_KEY_ID="STRANGER")

    def test_a_wrong_session_token(self):
        self.expect_refusals("UnrecognizedClientException")
        wrong = "wrong-token-" * 10
        self.proxy.add_key("TESTER", Key(self.keys["TESTER"].secret, wrong))
        self.addCleanup(self.proxy.add_key, "TESTER", self.keys["TESTER"])
        self.refuses(77)

    def test_wrong_credentials_do_not_leak_when_everything_is_logged(self):
        self.expect_refusals("InvalidSignatureException")
        done = self.dynamutex("-v", "run", self.lock, "--", "true", AWS_SECRET_ACCESS_KEY=self.keys["HOLDER"].secret)
        self.assert_code(77, done)

    def test_no_permission(self):
        self.proxy.add_rule(action="error", status=400, code="AccessDeniedException",
                            message="User: x is not authorized to perform: dynamodb:PutItem")
        self.refuses(77, "PutItem")

    def test_an_answer_that_is_not_json(self):
        for body in ("<html>Welcome</html>", "", '{"Attributes":', "[]", "{" * 100000):
            with self.subTest(body[:20]):
                with self.proxy.rule(action="reply", body=body, headers={"Content-Type": "text/html"}):
                    self.refuses(69)

    def test_an_endless_answer(self):
        for declared in (False, True):
            with self.subTest(declared=declared):
                with self.proxy.rule(action="endless_body", declared=declared):
                    self.refuses(69)

    def test_an_answer_that_never_comes(self):
        with self.proxy.rule(action="blackhole"):
            done = self.dynamutex("run", self.lock, "-w", "2s", "--", "true")
        self.assertIn(done.code, (69, 75), str(done))

    def test_a_redirect_is_not_followed(self):
        elsewhere = f"http://127.0.0.1:{free_port()}/"
        with self.proxy.rule(action="redirect", location=elsewhere):
            self.refuses(69)

    def test_a_server_that_always_fails(self):
        with self.proxy.rule(action="error", status=500):
            self.refuses(69)
