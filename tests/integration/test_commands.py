"""The commands beside `run`, and where credentials come from, as a user's own files say."""

import contextlib
import http.client
import http.server
import io
import json
import os
import pty
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

from servers import free_port

from .harness import CommandTest

WITHOUT_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}


class CredentialsTest(CommandTest):
    def configure(self, config="", credentials=""):
        aws = self.folder / ".aws"
        aws.mkdir()
        (aws / "config").write_text(config)
        (aws / "credentials").write_text(credentials)

    def keys_in_profile(self, client):
        key = self.keys[client]
        return (f"aws_access_key_id = {client}\naws_secret_access_key = {key.secret}\naws_session_token = {key.token}\n")

    def answer(self, client, **more):
        key = self.keys[client]
        return json.dumps({"AccessKeyId": client, "SecretAccessKey": key.secret, **more})

    def process_that_prints(self, text, code=0):
        script = self.folder / "credentials.sh"
        script.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
        script.chmod(0o700)
        return script

    def signers(self):
        return {entry.access_key for entry in self.proxy.journal.entries()}

    @contextlib.contextmanager
    def metadata_service(self, body):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/keys", asked
            finally:
                server.shutdown()
                thread.join()

    def test_the_default_profile_is_enough(self):
        self.configure("[default]\nregion = us-east-1\n", "[default]\n" + self.keys_in_profile("HOLDER"))
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", "true", **WITHOUT_KEYS, AWS_REGION=None))
        self.assertEqual({"HOLDER"}, self.signers())

    def test_the_environments_keys_come_first_and_a_named_profile_before_them(self):
        self.configure("[profile other]\nregion = us-east-1\n", "[other]\n" + self.keys_in_profile("HOLDER"))
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", "true", AWS_PROFILE="other"))
        self.assertEqual({"TESTER"}, self.signers())
        self.proxy.reset()
        self.assert_silent_success(self.dynamutex("--profile", "other", "run", self.lock, "--", "true"))
        self.assertEqual({"HOLDER"}, self.signers())

    def test_a_program_can_hand_out_the_keys(self):
        script = self.process_that_prints(self.answer("WAITER", Version=1, SessionToken=self.keys["WAITER"].token))
        self.configure(f"[profile tool]\ncredential_process = {script}\n")
        for flags, variables in ((["--profile", "tool"], {}), ([], {**WITHOUT_KEYS, "AWS_PROFILE": "tool"})):
            self.proxy.reset()
            self.assert_silent_success(self.dynamutex(*flags, "run", self.lock, "--", "true", **variables))
            self.assertEqual({"WAITER"}, self.signers())

    def test_a_program_that_fails_is_named_and_what_it_printed_is_not(self):
        script = self.process_that_prints(self.answer("WAITER", Version=1), code=3)
        self.configure(f"[profile tool]\ncredential_process = {script}\n")
        done = self.dynamutex("--profile", "tool", "-v", "run", self.lock, "--", "true")
        self.assert_code(78, done)
        self.assertIn("no credentials: shared files: the process failed with exit code 3", done.err)
        self.assertEqual([], self.proxy.journal.entries())

    def test_a_profile_that_is_not_there(self):
        self.assert_one_line(self.dynamutex("--profile", "absent", "show", self.lock), 78, "no profile 'absent'")

    def test_files_that_cannot_be_understood(self):
        self.configure("[default\n")
        self.assert_one_line(self.dynamutex("show", self.lock), 78, "config", "line 1")

    def test_the_profile_sets_region_and_endpoint(self):
        self.configure(f"[default]\nregion = eu-west-1\nendpoint_url = {self.proxy.url}\n")
        bare = {"AWS_REGION": None, "AWS_ENDPOINT_URL_DYNAMODB": None}
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", "true", **bare))
        self.assertEqual(["PutItem", "DeleteItem"], [entry.operation for entry in self.proxy.journal.entries()])

    def test_a_container_hands_out_keys_by_plain_http(self):
        body = self.answer("HOLDER", Token=self.keys["HOLDER"].token, Expiration="2099-01-01T00:00:00Z")
        with self.metadata_service(body) as (url, asked):
            container = {**WITHOUT_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": url}
            self.assert_silent_success(self.dynamutex("run", self.lock, "--", "true", **container))
            self.assertEqual(({"HOLDER"}, ["/keys"]), (self.signers(), asked))
            # DynamoDB by https only does not forbid it; nor does a proxy for the outside world stand in its way.
            port = free_port()
            done = self.dynamutex("--endpoint-url", f"https://127.0.0.1:{port}", "run", self.lock, "-w", "2s", "--", "true",
                                  **container, http_proxy=f"http://127.0.0.1:{free_port()}")
            self.assert_one_line(done, 69, str(port))
            self.assertEqual(["/keys", "/keys"], asked)

    def test_what_was_looked_for_is_told_where_there_is_nothing(self):
        done = self.dynamutex("show", self.lock, **WITHOUT_KEYS)
        self.assert_one_line(done, 78, "no credentials found", "AWS_ACCESS_KEY_ID", "profile 'default'",
                             "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER", "AWS_EC2_METADATA_DISABLED", "--profile")


class SignTest(CommandTest):
    def sign(self, request, *flags, client="WITHOUTTOKEN", **changes):
        done = subprocess.run([self.command, *flags], input=request.encode(), env=self.environment(client, **changes),
                              cwd=self.folder, capture_output=True, timeout=30, check=False)
        err = done.stderr.decode()
        self.assertIsNone(self.find_secret(err))
        return done.returncode, done.stdout.decode(), err

    def get_item(self):
        body = json.dumps({"TableName": self.TABLE, "Key": {"key": {"S": self.lock}}})
        return (f"POST / HTTP/1.1\nHost: {urllib.parse.urlsplit(self.proxy.url).netloc}\nContent-Type: application/x-amz-json-1.0\n"
                f"X-Amz-Target: DynamoDB_20120810.GetItem\nContent-Length: {len(body)}\nConnection: close\n\n{body}")

    def send(self, text):
        class Reply(io.BytesIO):
            def makefile(self, *_):
                return self

        address = urllib.parse.urlsplit(self.proxy.url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(text.encode())
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        reply = http.client.HTTPResponse(Reply(received))
        reply.begin()
        return reply.status, reply.read()

    def test_a_signed_request_is_accepted_as_it_stands(self):
        code, signed, err = self.sign(self.get_item(), "sign")
        self.assertEqual((0, ""), (code, err))
        self.assertIsNone(self.find_secret(signed))
        self.assertEqual((200, b"{}"), self.send(signed))
        (entry,) = self.proxy.journal.entries()
        self.assertEqual(("WITHOUTTOKEN", True), (entry.access_key, entry.verified))

    def test_the_session_token_is_signed_too(self):
        code, signed, _ = self.sign(self.get_item(), "sign", client="TESTER")
        self.assertEqual(0, code)
        self.assertIn("x-amz-security-token", signed.lower())
        self.assertEqual(200, self.send(signed)[0])

    def test_service_and_region_are_part_of_the_scope_and_every_stage_is_shown(self):
        code, text, _ = self.sign(self.get_item(), "--region", "eu-west-1", "sign", "--service", "sts", "--explain")
        self.assertEqual(0, code)
        for title in ("Canonical request:", "String to sign:", "Signature:", "/eu-west-1/sts/aws4_request"):
            self.assertIn(title, text)

    def test_what_cannot_be_signed_is_usage_and_what_is_not_set_up_is_configuration(self):
        for code, request, flags, changes in (
                (64, "nonsense", ["sign"], {}), (64, "", ["sign"], {}), (64, self.get_item(), ["sign", "extra"], {}),
                (78, self.get_item(), ["sign"], WITHOUT_KEYS), (78, self.get_item(), ["sign"], {"AWS_REGION": None})):
            with self.subTest(code=code, flags=flags, changes=changes):
                found, out, err = self.sign(request, *flags, **changes)
                self.assertEqual((code, ""), (found, out), err)
                self.assertRegex(err, r"\A[^\n]+\n\Z")
        self.assertEqual([], self.proxy.journal.entries())


class FenceTest(CommandTest):
    def token(self):
        done = self.dynamutex("run", self.lock, "--fence", "--", "sh", "-c", 'echo "$DYNAMUTEX_FENCING_TOKEN"')
        self.assert_code(0, done)
        self.assertEqual("", done.err)
        return int(done.out)

    def assert_shown(self, state, token):
        self.assertRegex(self.dynamutex("show", self.lock).out, rf": {state}\n(?s:.*)token +{token}\n")
        shown = json.loads(self.dynamutex("--json", "show", self.lock).out)
        self.assertEqual((state, token), (shown["state"], shown["fencing_token"]))

    def test_each_acquisition_gets_a_greater_token(self):
        tokens = [self.token() for _ in range(4)]
        self.assertEqual(sorted(set(tokens)), tokens)
        self.assertEqual({"N": str(tokens[-1])}, self.record()["fencingToken"])
        self.assertIn("isReleased", self.record())

    def test_show_tells_the_token_of_a_held_lock_and_of_a_free_one(self):
        holder = self.hold(60, "--fence")
        token = self.record()["fencingToken"]["N"]
        self.assert_shown("held", token)
        holder.signal(signal.SIGTERM)
        self.assert_code(143, holder.wait())
        self.assert_shown("free", token)

    def test_a_token_of_somebody_else_is_not_handed_on(self):
        done = self.dynamutex("run", self.lock, "--", "sh", "-c", 'echo "${DYNAMUTEX_FENCING_TOKEN-none}"',
                              DYNAMUTEX_FENCING_TOKEN="7")
        self.assert_silent_success(done, "none\n")

    def test_a_holder_without_a_token_cannot_be_waited_for(self):
        self.hold()
        self.assert_one_line(self.dynamutex("run", self.lock, "--fence", "-n", "--", "true"), 78, "token")


class CompatTest(CommandTest):
    def test_the_lease_is_written_as_the_other_client_reads_it(self):
        self.hold(60, "--compat", "go", lease="90s")
        self.assertEqual({"S": "90s"}, self.record()["leaseDuration"])

    def test_only_clients_that_are_known(self):
        self.assert_one_line(self.dynamutex("run", self.lock, "--compat", "perl", "--", "true"), 64, "java nor go")


class TableOfLocksTest(CommandTest):
    def setUp(self):
        super().setUp()
        for item in self.dynamodb.scan(TableName=self.TABLE)["Items"]:
            self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": item["key"]})

    def put(self, name, expires_in_s, **more):
        """A record as its holder left it."""
        item = {"key": {"S": name}, "ownerName": {"S": "gone:1:abc"}, "recordVersionNumber": {"S": f"version-of-{name}"},
                "leaseDuration": {"S": "20000"}, "expiresAt": {"N": str(int((time.time() + expires_in_s) * 1000))}, **more}
        # The expiry counts for the version that it was written with.
        item["expiresVersion"] = item["recordVersionNumber"]
        self.dynamodb.put_item(TableName=self.TABLE, Item=item)

    def fill(self):
        self.put("b-held", 60)
        self.put("c-expired", -60, data={"B": b"why"})
        self.put("a-released", 60, isReleased={"S": "1"}, fencingToken={"N": "41"})

    def names(self):
        return sorted(item["key"]["S"] for item in self.dynamodb.scan(TableName=self.TABLE)["Items"])


class ListTest(TableOfLocksTest):
    MEMBERS = ["name", "sort_key", "state", "owner", "version", "lease_ms", "left_ms", "age_ms", "expires_at_ms", "fencing_token",
               "data", "data_base64"]

    def test_all_locks_are_listed_by_name_with_their_states(self):
        self.fill()
        done = self.dynamutex("list")
        self.assert_code(0, done)
        title, *rows = (line.split()[:2] for line in done.out.splitlines())
        self.assertEqual(["NAME", "STATE"], title)
        self.assertEqual([["a-released", "released"], ["b-held", "held"], ["c-expired", "expired"]], rows)

    def test_json_has_always_the_same_members(self):
        self.fill()
        done = self.dynamutex("--json", "list")
        self.assert_code(0, done)
        released, held, expired = json.loads(done.out)
        for each in (released, held, expired):
            self.assertEqual(self.MEMBERS, list(each))
        self.assertEqual(("released", "41", None), (released["state"], released["fencing_token"], released["owner"]))
        self.assertEqual(("held", 20000, "gone:1:abc"), (held["state"], held["lease_ms"], held["owner"]))
        self.assertTrue(55000 < held["left_ms"] < 65000, held)
        self.assertEqual(("expired", 0, "why"), (expired["state"], expired["left_ms"], expired["data"]))
        self.assertEqual(self.MEMBERS, list(json.loads(self.dynamutex("--json", "show", "b-held").out)))

    def test_an_empty_table_is_an_empty_list_and_what_is_no_lock_is_left_out(self):
        self.assert_silent_success(self.dynamutex("--json", "list"), "[]\n")
        self.dynamodb.put_item(TableName=self.TABLE, Item={"key": {"S": "no lock"}, "colour": {"S": "blue"}})
        self.assert_silent_success(self.dynamutex("--json", "list"), "[]\n")

    def test_no_such_table_and_an_argument_too_many(self):
        self.assert_one_line(self.dynamutex("--table", "no-such-table", "list"), 78, "dynamutex init")
        self.assert_one_line(self.dynamutex("list", "deploy"), 64, "show")


class PruneTest(TableOfLocksTest):
    def test_what_is_expired_goes_and_the_rest_stays(self):
        self.fill()
        self.assert_silent_success(self.dynamutex("prune"), "3 seen, 1 removed, 0 changed meanwhile\n")
        self.assertEqual(["a-released", "b-held"], self.names())
        self.assert_silent_success(self.dynamutex("--json", "prune"), '{"seen":2,"removed":0,"raced":0,"complete":true}\n')

    def test_what_was_done_before_a_failure_is_told(self):
        for name in ("a", "b", "c"):
            self.put(name, -60)
        with self.proxy.rule(action="error", match={"operation": "DeleteItem", "nth": [2]}, status=400, code="AccessDeniedException"):
            done = self.dynamutex("prune")
        self.assert_code(77, done)
        self.assertEqual("2 seen, 1 removed, 0 changed meanwhile\n", done.out)
        self.assertRegex(done.err, r"\Adynamutex: prune stopped before the end[^\n]*\n\Z")
        self.assertEqual(2, len(self.names()))

    def test_a_fenced_record_is_kept_for_its_token(self):
        self.put("fenced", -60, fencingToken={"N": "41"})
        self.assert_silent_success(self.dynamutex("prune"), "1 seen, 1 removed, 0 changed meanwhile\n")
        record = self.record("fenced")
        self.assertEqual({"N": "41"}, record["fencingToken"])
        self.assertIn("isReleased", record)

    def test_a_record_that_changes_meanwhile_is_left_alone(self):
        self.put("raced", -60)
        with self.proxy.rule(action="delay_request", match={"operation": "DeleteItem"}, ms=3000):
            pruning = self.start("prune")
            self.proxy.journal.wait_for(operation="DeleteItem")
            self.put("raced", 60, recordVersionNumber={"S": "renewed"})
            self.assert_silent_success(pruning.wait(), "1 seen, 0 removed, 1 changed meanwhile\n")
        self.assertEqual(["raced"], self.names())


class BreakTest(TableOfLocksTest):
    def at_a_terminal(self, *arguments, answers, before_answer=lambda: None):
        """Runs `dynamutex ARGUMENTS` with a terminal as its input and standard error, and answers each question it asks."""
        ours, theirs = pty.openpty()
        try:
            running = subprocess.Popen([self.command, *arguments], env=self.environment(), cwd=self.folder, stdin=theirs,
                                       stdout=subprocess.PIPE, stderr=theirs)
            self.addCleanup(running.kill)
            seen = ""
            for number, answer in enumerate(answers, start=1):
                while seen.count("[y/N] ") < number:
                    self.assertTrue(select.select([ours], [], [], 30)[0], f"it did not ask; it said {seen!r}")
                    seen += os.read(ours, 4096).decode()
                before_answer()
                os.write(ours, f"{answer}\n".encode())
            out, _ = running.communicate(timeout=30)
            return running.returncode, out.decode()
        finally:
            os.close(theirs)
            os.close(ours)

    def test_a_broken_lock_is_free_and_its_record_was_shown(self):
        self.put(self.lock, 60)
        done = self.dynamutex("break", self.lock, "--yes")
        self.assertEqual((0, ""), (done.code, done.err))
        self.assertRegex(done.out, rf"\A{self.lock}: held\n(?s:.*)gone:1:abc")
        self.assertIsNone(self.record())

    def test_its_holder_learns_of_it_and_ends_its_command(self):
        holder = self.hold(60, lease="3s")
        self.assert_code(0, self.dynamutex("--json", "break", self.lock, "-y"))
        self.assert_code(76, holder.wait())

    def test_a_free_lock_stays_free(self):
        self.assert_silent_success(self.dynamutex("break", self.lock, "--yes"), f"{self.lock}: free\n")

    def test_a_fenced_lock_keeps_its_token(self):
        self.put(self.lock, 60, fencingToken={"N": "41"})
        self.assert_code(0, self.dynamutex("break", self.lock, "--yes"))
        self.assertEqual(({"N": "41"}, True), (self.record()["fencingToken"], "isReleased" in self.record()))

    def test_without_a_terminal_it_has_to_be_said(self):
        self.put(self.lock, 60)
        self.assert_one_line(self.dynamutex("break", self.lock), 64, "--yes")
        self.assertEqual([], self.proxy.journal.entries())

    def test_a_person_is_asked(self):
        self.put(self.lock, 60)
        for answer in ("n", "", "yesterday"):
            code, out = self.at_a_terminal("break", self.lock, answers=[answer])
            self.assertEqual(75, code)
            self.assertIn("gone:1:abc", out)
            self.assertIsNotNone(self.record())
        self.assertEqual(0, self.at_a_terminal("break", self.lock, answers=["y"])[0])
        self.assertIsNone(self.record())

    def test_a_person_who_thought_for_too_long_is_shown_the_new_record_and_asked_again(self):
        self.put(self.lock, 60)
        change = {"ownerName": {"S": "other:2:def"}, "recordVersionNumber": {"S": "new"}}
        code, out = self.at_a_terminal("break", self.lock, answers=["y", "n"],
                                       before_answer=lambda: self.put(self.lock, 60, **change))
        self.assertEqual(75, code)
        self.assertIn("other:2:def", out)
        self.assertEqual({"S": "new"}, self.record()["recordVersionNumber"])

    def test_a_record_that_changes_meanwhile_is_left_alone(self):
        self.put(self.lock, 60)
        with self.proxy.rule(action="delay_request", match={"operation": "DeleteItem"}, ms=3000):
            breaking = self.start("break", self.lock, "--yes")
            self.proxy.journal.wait_for(operation="DeleteItem")
            self.put(self.lock, 60, recordVersionNumber={"S": "renewed"})
            done = breaking.wait()
        self.assert_code(75, done)
        self.assertRegex(done.err, r"\Adynamutex: the lock '.*' changed meanwhile[^\n]*\n\Z")
        self.assertEqual({"S": "renewed"}, self.record()["recordVersionNumber"])
