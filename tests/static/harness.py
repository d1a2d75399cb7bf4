"""What the tests of the static build share."""

import os
import pathlib
import subprocess
import unittest

from servers import BY_NAME
from servers.tls import TlsFront

COMMAND = pathlib.Path(os.environ["DYNAMUTEX_COMMAND"])
PROGRAMS = pathlib.Path(os.environ["DYNAMUTEX_PROGRAMS"])


def run(*command, environment=None):
    """Ends with what the program printed; fails unless it ended well."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DYNAMUTEX_"))}
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**kept, **(environment or {})})
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


class StaticTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BY_NAME[os.environ["DYNAMUTEX_SERVER"]]())
        cls.front = cls.enterClassContext(TlsFront(cls.server.port))

    def environment(self, url, authority=None):
        words = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
                 "AWS_ENDPOINT_URL_DYNAMODB": url}
        return {**words, "AWS_CA_BUNDLE": str(authority)} if authority else words
