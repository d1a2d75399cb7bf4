"""The base of all tests of this folder: one server and one verifying proxy a class, and checks that hold for every test:
no request was refused that a test did not expect to be, and no secret was printed."""

import os
import pathlib
import random
import re
import secrets
import string
import sys
import tempfile
import time
import unittest

import botocore.config
import botocore.session
from proxy import Key, Proxy, boottime
from servers import BY_NAME
from servers.sanitizers import sanitizer_options

from .processes import Processes, faked_clock
from .spans import overlap, read_spans

_SECTION = pathlib.Path(__file__).with_name("critical_section.py")
_WINDOW = 12  # so many characters of a secret in a row are a leak
# A wait that a held lock outlasts, and in which a command can ask for it at least once: valgrind takes its time to start one.
SHORT_WAIT = "5s" if os.environ.get("DYNAMUTEX_SANITIZED") == "valgrind" else "2s"


def _random_secret(length):
    return "".join(random.SystemRandom().choices(string.ascii_letters + string.digits + "/+", k=length - 1)) + "="


class CommandTest(unittest.TestCase):
    TABLE = "locks"
    # A client is known to the proxy, and to a rule's `access_key`, by the key id that it signs with.
    CLIENTS = ("TESTER", "HOLDER", "WAITER", "FRESH", "WITHOUTTOKEN")

    @classmethod
    def setUpClass(cls):
        cls.command = os.environ["DYNAMUTEX_COMMAND"]
        cls.server_name = os.environ["DYNAMUTEX_SERVER"]
        cls.keys = {name: Key(_random_secret(40), None if name == "WITHOUTTOKEN" else _random_secret(120))
                    for name in cls.CLIENTS}
        cls.server = cls.enterClassContext(BY_NAME[cls.server_name]())
        cls.proxy = cls.enterClassContext(Proxy(cls.server.url, cls.keys))
        cls.dynamodb = botocore.session.Session().create_client(
            "dynamodb", region_name="us-east-1", endpoint_url=cls.server.url, aws_access_key_id="inspector",
            aws_secret_access_key="inspector", config=botocore.config.Config(retries={"max_attempts": 2}))
        cls.addClassCleanup(cls.dynamodb.close)
        cls.create_table(cls.TABLE)

    @classmethod
    def create_table(cls, name, key="key"):
        cls.dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}])

    def setUp(self):
        self.lock = f"{self._testMethodName[5:35]}-{secrets.token_hex(3)}"
        self.expected_refusals = None
        scratch = tempfile.TemporaryDirectory(prefix="dynamutex-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.processes = Processes(self.folder)
        # Cleanups run in reverse: first everything is stopped, then what it printed is looked through.
        self.addCleanup(self._check_that_no_secret_was_printed)
        self.addCleanup(self._check_refusals)
        self.addCleanup(self.processes.stop)
        self.proxy.reset()

    # Running the command.

    def environment(self, client="TESTER", **changes):
        """What the command sees; a change to None takes a variable away. Nothing of the developer's own set-up is in it."""
        key = self.keys[client]
        environment = {
            **sanitizer_options(), "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": client, "AWS_SECRET_ACCESS_KEY": key.secret, "AWS_SESSION_TOKEN": key.token,
            "AWS_ENDPOINT_URL_DYNAMODB": self.proxy.url, "AWS_EC2_METADATA_DISABLED": "true",
            "DYNAMUTEX_TABLE": self.TABLE, **changes}
        return {name: value for name, value in environment.items() if value is not None}

    def start(self, *arguments, client="TESTER", clock=None, **changes):
        """Starts `dynamutex ARGUMENTS`. clock: "+2h" or "-2h" shifts its wall clock."""
        if clock is not None:
            changes = {**changes, **faked_clock(clock)}
        return self.processes.start([self.command, *arguments], self.environment(client, **changes))

    def dynamutex(self, *arguments, timeout_s=60, **options):
        """Runs `dynamutex ARGUMENTS` to its end."""
        return self.start(*arguments, **options).wait(timeout_s)

    def section(self, label, seconds, *flags, file="sections"):
        """Arguments of a command that writes down when it is inside the lock. It never runs on a shifted clock: libfaketime
        breaks absolute sleeps, and only dynamutex itself is to be misled."""
        return ["env", "-u", "LD_PRELOAD", sys.executable, "-I", "-S", str(_SECTION), str(self.folder / file), label, str(seconds), *flags]

    def spans(self, file="sections"):
        return read_spans(self.folder / file)

    def wait_for_span(self, label, file="sections", timeout_s=30):
        """The first time that `label` was inside."""
        deadline = time.monotonic() + timeout_s
        while not (found := [span for span in self.spans(file) if span.label == label]):
            self.assertLess(time.monotonic(), deadline, f"{label} did not get the lock within {timeout_s} s\n" + "\n".join(
                str(each.arguments) + each.err for each in self.processes.started))
            time.sleep(0.02)
        return found[0]

    def hold(self, seconds=60, *flags, lease="20s", client="HOLDER", clock=None, lock=None, section_flags=()):
        """A process that has the lock, and is inside."""
        file = f"sections-{lock}" if lock else "sections"
        holder = self.start("run", lock or self.lock, "--lease", lease, *flags, "--",
                            *self.section(client, seconds, *section_flags, file=file), client=client, clock=clock)
        self.wait_for_span(client, file)
        return holder

    # Looking at the server and the wire.

    def record(self, name=None, table=None):
        return self.dynamodb.get_item(TableName=table or self.TABLE, Key={"key": {"S": name or self.lock}},
                                      ConsistentRead=True).get("Item")

    def writes_applied(self, client, lock=None):
        """The records of this lock that the server accepted from one client, oldest first."""
        return [entry for entry in self.proxy.journal.entries(access_key=client, operation="PutItem", applied=True)
                if entry.item.get("key") == {"S": lock or self.lock}]

    def to_boottime(self, wall_ms):
        """The servers run on this machine, so their clock is this one."""
        return wall_ms / 1000 - time.time() + boottime()

    # Checks.

    def assert_code(self, code, finished):
        self.assertEqual(code, finished.code, f"the wrong exit code\n{finished}")

    def assert_silent_success(self, finished, out=""):
        self.assert_code(0, finished)
        self.assertEqual((out, ""), (finished.out, finished.err), "nothing but the command's own output is printed on success")

    def assert_one_line(self, finished, code, *words):
        """One clear line on standard error, the right exit code, and the words that tell a person what to do."""
        self.assert_code(code, finished)
        self.assertEqual("", finished.out, str(finished))
        self.assertRegex(finished.err, r"\A[^\n]+\n\Z", f"not one line\n{finished}")
        for word in words:
            self.assertRegex(finished.err, re.compile(word, re.IGNORECASE), str(finished))

    def assert_never_two_holders(self, file="sections"):
        both = overlap(self.spans(file))
        self.assertIsNone(both, f"two holders at once: {both}")

    def expect_refusals(self, pattern):
        """The signature check is to refuse something in this test, for this reason and for no other."""
        self.expected_refusals = pattern

    def _check_refusals(self):
        refusals = self.proxy.refusals()
        if self.expected_refusals is None:
            self.assertEqual([], refusals, "the proxy refused signatures")
            return
        self.assertTrue(refusals, "the proxy was to refuse something, and did not")
        for refusal in refusals:
            self.assertRegex(refusal, self.expected_refusals)

    def _check_that_no_secret_was_printed(self):
        for running in self.processes.started:
            for name, text in (("stdout", running.out), ("stderr", running.err)):
                leaked = self.find_secret(text)
                self.assertIsNone(leaked, f"a part of a {leaked} is in the {name} of {running.arguments}")

    def find_secret(self, text):
        """What kind of secret shows in the text, even if only a part of it does; None where none does."""
        for key in self.keys.values():
            for kind, secret in (("secret key", key.secret), ("session token", key.token or "")):
                for start in range(len(secret) - _WINDOW + 1):
                    if secret[start:start + _WINDOW] in text:
                        return kind
        return None
