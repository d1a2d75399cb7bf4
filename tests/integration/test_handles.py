"""`acquire`, `renew` and `release`: every exit code and flag, crashes in between, and what a handle is worth elsewhere."""

import json
import os
import signal
import stat

from .harness import SHORT_WAIT, CommandTest
from .processes import eventually


class HandlesTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.handle = self.folder / "handle"

    def acquire(self, *flags, **options):
        return self.dynamutex("acquire", self.lock, "--handle", str(self.handle), *flags, **options)

    def renew(self, *flags, **options):
        return self.dynamutex("renew", "--handle", str(self.handle), *flags, **options)

    def release(self, *flags, **options):
        return self.dynamutex("release", "--handle", str(self.handle), *flags, **options)

    def content(self):
        return json.loads(self.handle.read_text())

    def rewrite(self, **changes):
        self.handle.write_text(json.dumps({**self.content(), **changes}))

    def operations(self, client="TESTER"):
        return [entry.operation for entry in self.proxy.journal.entries(access_key=client)]

    def test_a_script_takes_renews_and_gives_back_a_lock(self):
        self.assert_silent_success(self.acquire("--lease", "30s", "--owner", "me", "--data", "build 7"))
        self.assertEqual(0o600, stat.S_IMODE(self.handle.stat().st_mode))
        first = self.record()
        self.assertEqual(({"S": "me"}, {"S": "30000"}, {"B": b"build 7"}),
                         (first["ownerName"], first["leaseDuration"], first["data"]))
        self.assert_silent_success(self.renew())
        second = self.record()
        self.assertNotEqual(first["recordVersionNumber"], second["recordVersionNumber"])
        self.assertGreaterEqual(int(second["expiresAt"]["N"]), int(first["expiresAt"]["N"]) - 3000)
        self.assertEqual((first["ownerName"], first["data"], first["leaseDuration"]),
                         (second["ownerName"], second["data"], second["leaseDuration"]))
        self.assertEqual(second["recordVersionNumber"]["S"], self.content()["held"]["version"])
        self.assertIsNone(self.content()["pending"])
        self.assert_silent_success(self.release())
        self.assertIsNone(self.record())
        self.assertFalse(self.handle.exists())
        self.assertEqual(["PutItem", "GetItem", "PutItem", "GetItem", "DeleteItem"], self.operations())
        self.assertEqual([], [path.name for path in self.folder.glob("handle*")])

    def test_the_handle_may_come_from_the_environment_and_knows_its_table(self):
        self.create_table("others")
        self.addCleanup(self.dynamodb.delete_table, TableName="others")
        environment = {"DYNAMUTEX_HANDLE": str(self.handle)}
        self.assert_silent_success(self.dynamutex("--table", "others", "acquire", self.lock, **environment))
        elsewhere = {**environment, "AWS_REGION": "eu-central-1", "DYNAMUTEX_TABLE": "locks", "AWS_ENDPOINT_URL_DYNAMODB": None}
        self.assert_silent_success(self.dynamutex("renew", self.lock, **elsewhere))
        self.assert_one_line(self.dynamutex("--table", "locks", "renew", **elsewhere), 64, "--table", "others")
        self.assert_one_line(self.dynamutex("release", "another", **elsewhere), 64, self.lock, "another")
        self.assert_silent_success(self.dynamutex("release", **elsewhere))
        self.assertIsNone(self.record(table="others"))

    def test_the_handle_holds_no_secret(self):
        self.assert_code(0, self.acquire())
        self.assertIsNone(self.find_secret(self.handle.read_text()))
        self.assert_code(0, self.release())

    def test_a_fenced_lock_prints_its_token_and_keeps_it(self):
        first = self.acquire("--fence")
        self.assert_code(0, first)
        self.assertRegex(first.out, r"\A\d+\n\Z")
        self.assertEqual(first.out.strip(), self.content()["fencing_token"])
        self.assert_silent_success(self.renew())
        self.assertEqual({"N": first.out.strip()}, self.record()["fencingToken"])
        self.assert_silent_success(self.release())
        self.assertIn("isReleased", self.record())
        second = self.acquire("--fence")
        self.assertGreater(int(second.out), int(first.out))
        self.assert_code(0, self.release())

    def test_json_tells_the_lease(self):
        acquired = self.dynamutex("--json", "acquire", self.lock, "--lease", "30s", "--handle", str(self.handle))
        renewed = self.dynamutex("--json", "renew", "--handle", str(self.handle))
        for done in (acquired, renewed):
            self.assert_code(0, done)
            told = json.loads(done.out)
            self.assertEqual({"name", "sort_key", "owner", "lease_ms", "left_ms", "fencing_token", "handle"}, set(told))
            self.assertEqual((self.lock, 30000, str(self.handle)), (told["name"], told["lease_ms"], told["handle"]))
            self.assertTrue(0 < told["left_ms"] < 30000, told)
        self.assert_code(0, self.release())

    def test_go_s_form_is_kept_by_renewals(self):
        self.assert_code(0, self.acquire("--compat", "go"))
        self.assert_code(0, self.renew())
        self.assertEqual({"S": "20s"}, self.record()["leaseDuration"])
        self.assert_code(0, self.release())

    def test_a_held_lock_is_75_at_once_after_the_wait_and_as_chosen_and_leaves_no_file(self):
        self.hold()
        self.assert_one_line(self.acquire("-n"), 75, self.lock, "held")
        self.assert_one_line(self.acquire("-w", SHORT_WAIT), 75, self.lock, "held")
        self.assert_code(42, self.acquire("--nonblock", "-E", "42"))
        self.assertFalse(self.handle.exists())

    def test_a_file_of_mktemp_will_do_and_stays_where_the_lock_is_busy(self):
        self.hold()
        self.handle.touch(mode=0o644)
        self.assert_code(75, self.acquire("-n"))
        self.assertEqual("", self.handle.read_text())
        self.lock += "-free"
        self.assert_silent_success(self.acquire("-n"))
        self.assertEqual(0o600, stat.S_IMODE(self.handle.stat().st_mode))
        self.assert_code(0, self.release())

    def test_acquire_waits_for_a_lock_that_is_released(self):
        other = self.folder / "other"
        self.assert_code(0, self.dynamutex("acquire", self.lock, "--handle", str(other)))
        waiter = self.start("acquire", self.lock, "--handle", str(self.handle), client="WAITER")
        self.proxy.journal.wait_for(access_key="WAITER", operation="GetItem")
        self.assert_code(0, self.dynamutex("release", "--handle", str(other)))
        self.assert_silent_success(waiter.wait())
        self.assert_code(0, self.release())

    def test_a_signal_ends_a_wait_and_leaves_no_file(self):
        self.hold()
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"):
            with self.subTest(name):
                before = len(self.operations("WAITER"))
                waiter = self.start("acquire", self.lock, "--handle", str(self.handle), client="WAITER")
                self.assertTrue(eventually(lambda: len(self.operations("WAITER")) >= before + 2))
                waiter.signal(getattr(signal, name))
                done = waiter.wait(10)
                self.assertEqual((128 + getattr(signal, name), "", ""), (done.code, done.out, done.err))
                self.assertFalse(self.handle.exists())

    def test_a_handle_is_not_overwritten(self):
        self.assert_code(0, self.acquire())
        before = self.handle.read_text()
        self.lock += "-other"
        self.assert_one_line(self.acquire(), 64, "already", "release")
        self.assertEqual(before, self.handle.read_text())
        self.assertIsNone(self.record())
        self.assert_code(0, self.release())

    def test_what_is_no_handle_is_told_in_one_line_and_stays(self):
        self.assert_one_line(self.renew(), 64, "there is none", "acquire")
        self.assert_one_line(self.release(), 64, "there is none")
        self.assert_one_line(self.dynamutex("renew"), 64, "--handle")
        self.assert_one_line(self.dynamutex("acquire", self.lock), 64, "--handle")
        self.assert_one_line(self.dynamutex("acquire", "--handle", str(self.handle)), 64, "which lock")
        for text in ("", "something else\n", "{}"):
            self.handle.write_text(text)
            self.assert_one_line(self.renew(), 64, "handle")
            self.assert_one_line(self.release(), 64, "handle")
            self.assertEqual(text, self.handle.read_text())
        self.assert_one_line(self.acquire(), 64, "no handle", "remove it")
        self.handle.unlink()
        self.assert_code(0, self.acquire())
        whole = self.handle.read_text()
        self.handle.write_text(whole[:len(whole) // 2])
        self.assert_one_line(self.renew(), 64, "no handle")
        self.handle.write_text(whole.replace('"lease_ms":', '"lease":'))
        self.assert_one_line(self.release(), 64, "damaged", "lease_ms")
        self.handle.write_text(whole)
        self.assert_code(0, self.release())

    def test_a_place_that_cannot_be_written_is_78_before_anything_is_asked(self):
        self.handle = self.folder / "missing" / "handle"
        self.assert_one_line(self.acquire(), 78, "handle", "cannot create")
        self.assertEqual([], self.operations())

    def test_a_lease_that_was_taken_is_76_and_the_handle_is_of_no_use(self):
        for standing in ("another's", "none"):
            with self.subTest(standing):
                self.assert_code(0, self.acquire())
                if standing == "none":
                    self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": {"S": self.lock}})
                else:
                    taken = {**self.record(), "recordVersionNumber": {"S": "theirs"}, "ownerName": {"S": "someone else"}}
                    self.dynamodb.put_item(TableName=self.TABLE, Item=taken)
                words = [self.lock, "lost"] + (["someone else"] if standing == "another's" else [])
                self.assert_one_line(self.renew(), 76, *words)
                self.assertTrue(self.handle.exists(), "release removes it, in every script's trap")
                self.assert_one_line(self.release(), 76, *words)
                self.assertFalse(self.handle.exists())
                if standing == "another's":
                    self.assertEqual({"S": "someone else"}, self.record()["ownerName"])
                self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": {"S": self.lock}})

    def test_a_lease_that_ended_cannot_be_renewed_but_is_given_back_if_nobody_took_it(self):
        self.assert_code(0, self.acquire("--lease", "1s"))
        eventually(lambda: False, timeout_s=1.2)
        self.assert_one_line(self.renew(), 76, "ended before it was renewed")
        self.assert_silent_success(self.release())
        self.assertIsNone(self.record())

    def test_after_a_reboot_nothing_is_assumed_to_be_valid(self):
        self.assert_code(0, self.acquire())
        self.rewrite(boot_id="00000000-0000-0000-0000-000000000000")
        self.assert_one_line(self.renew(), 76, "ended before it was renewed")
        self.assert_silent_success(self.release())
        self.assertIsNone(self.record())

    def test_a_renewal_that_is_killed_before_its_reply_is_settled_by_the_next(self):
        for direction in ("request", "reply"):
            with self.subTest(direction):
                self.assert_code(0, self.acquire("--lease", "60s"))
                before = self.content()
                puts = len(self.proxy.journal.entries(access_key="TESTER", operation="PutItem"))
                with self.proxy.rule(action="blackhole", direction=direction, match={"operation": "PutItem"}):
                    renewal = self.start("renew", "--handle", str(self.handle))
                    self.assertTrue(eventually(lambda: self.content()["pending"] is not None), "the renewal is not written down")
                    self.proxy.journal.wait_for(access_key="TESTER", operation="PutItem", count=puts + 1)
                    if direction == "reply":
                        self.assertTrue(eventually(
                            lambda: self.record()["recordVersionNumber"]["S"] == self.content()["pending"]["version"]))
                    renewal.kill()
                self.assertEqual(before["held"], self.content()["held"])
                pending = self.content()["pending"]["version"]
                self.assertEqual(pending if direction == "reply" else before["held"]["version"],
                                 self.record()["recordVersionNumber"]["S"])
                self.assert_silent_success(self.renew())
                self.assertIsNone(self.content()["pending"])
                self.assertEqual(self.content()["held"]["version"], self.record()["recordVersionNumber"]["S"])
                self.assertNotIn(self.content()["held"]["version"], (before["held"]["version"], pending))
                self.assert_silent_success(self.release())

    def test_a_lock_is_released_also_after_a_renewal_of_which_nothing_is_known(self):
        self.assert_code(0, self.acquire("--lease", "60s"))
        with self.proxy.rule(action="blackhole", direction="reply", match={"operation": "PutItem"}):
            renewal = self.start("renew", "--handle", str(self.handle))
            self.assertTrue(eventually(lambda: self.content()["pending"] is not None))
            self.assertTrue(eventually(
                lambda: self.record()["recordVersionNumber"]["S"] == self.content()["pending"]["version"]))
            renewal.kill()
        self.assert_silent_success(self.release())
        self.assertIsNone(self.record())

    def test_two_at_once_use_one_handle_one_after_the_other(self):
        self.assert_code(0, self.acquire())
        for done in [renewal.wait() for renewal in [self.start("renew", "--handle", str(self.handle)) for _ in range(4)]]:
            self.assert_silent_success(done)
        self.assertEqual(self.content()["held"]["version"], self.record()["recordVersionNumber"]["S"])
        ends = [running.wait() for running in [self.start("release", "--handle", str(self.handle)) for _ in range(2)]]
        self.assertEqual([0, 64], sorted(done.code for done in ends), "\n".join(map(str, ends)))
        self.assertIsNone(self.record())

    def test_a_service_that_is_away_is_69_and_the_handle_stays_good(self):
        self.assert_code(0, self.acquire("--lease", "60s"))
        with self.proxy.rule(action="drop_request"):
            self.assert_one_line(self.renew(), 69)
            self.assert_one_line(self.release(), 69)
        self.assert_silent_success(self.renew())
        self.assert_silent_success(self.release())

    def test_denied_and_wrong_configuration_have_their_codes(self):
        self.assert_code(0, self.acquire())
        no_keys = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}
        self.assert_one_line(self.renew(**no_keys), 78, "credentials")
        self.assert_one_line(self.release(**no_keys), 78, "credentials")
        self.expect_refusals(".")
        wrong = {"AWS_SECRET_ACCESS_KEY": "x" * 40}
        self.assert_one_line(self.renew(**wrong), 77)
        self.assert_one_line(self.release(**wrong), 77)
        self.assert_code(0, self.release())
        self.assert_one_line(self.acquire(**wrong), 77)
        self.assertFalse(self.handle.exists())
        self.assert_one_line(self.dynamutex("--table", "nowhere", "acquire", self.lock, "--handle", str(self.handle)), 78, "nowhere")

    def test_the_readme_s_script_holds_the_lock_from_acquire_to_release(self):
        script = (f'set -e\nhandle=$(mktemp -p {self.folder})\n"$DYNAMUTEX" acquire {self.lock} -n --handle "$handle"\n'
                  f'trap \'"$DYNAMUTEX" release --handle "$handle"\' EXIT\n'
                  f'"$DYNAMUTEX" renew --handle "$handle"\n"$DYNAMUTEX" show {self.lock} | grep -q held\n'
                  f'! "$DYNAMUTEX" acquire {self.lock} -n --handle "$handle.2" 2>/dev/null\n')
        done = self.processes.start(["sh", "-c", script], {**self.environment(), "DYNAMUTEX": self.command}).wait()
        self.assert_silent_success(done)
        self.assertIsNone(self.record())
        self.assertTrue(os.path.isabs(self.command))
