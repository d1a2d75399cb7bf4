"""The proxy as a program of its own, steered over its control port."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from servers import end_with_parent, stop_process

from .fixtures import Client, RecordingServer


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(RecordingServer())
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump([{"action": "throttle", "match": {"nth": 1}, "name": "at the start"}], file)
        self.addCleanup(os.unlink, file.name)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "proxy", "--upstream", self.server.url, "--key", "PLAIN:plain-secret", "--rules", file.name],
            stdout=subprocess.PIPE, text=True, cwd=pathlib.Path(__file__).parents[1], preexec_fn=end_with_parent)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(stop_process, self.process)
        _, url, _, self.control = self.process.stdout.readline().split()
        self.client = Client(url)
        self.addCleanup(self.client.close)

    def ask(self, method, path, document=None):
        request = urllib.request.Request(self.control + path, json.dumps(document).encode(), method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def test_rules_log_and_counts_are_served_and_reset(self):
        self.assertEqual(400, self.client.put()[0], "the rule of the file")
        (id,) = self.ask("POST", "/rules", {"action": "error"})
        self.assertEqual(500, self.client.put()[0])
        self.assertEqual([1, 1], [rule["fired"] for rule in self.ask("GET", "/rules")])
        self.ask("DELETE", f"/rules/{id}")
        self.assertEqual(200, self.client.put()[0])
        self.assertEqual([["at the start"], ["error"], []], [entry["faults"] for entry in self.ask("GET", "/log")])
        self.assertEqual({"PutItem": 3, "total": 3}, self.ask("GET", "/counts"))
        self.ask("POST", "/reset")
        self.assertEqual([[], []], [self.ask("GET", "/rules"), self.ask("GET", "/log")])

    def test_a_wrong_rule_is_refused_with_the_reason(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.ask("POST", "/rules", {"action": "explode"})
        self.assertEqual(400, refused.exception.code)
        self.assertIn("explode", refused.exception.read().decode())
        refused.exception.close()

    def test_no_secret_is_in_the_log(self):
        self.client.put()
        self.client.call("PutItem", {}, secret="wrong")
        self.assertNotIn("plain-secret", json.dumps(self.ask("GET", "/log")))

    def test_it_ends_when_told_to(self):
        self.process.terminate()
        self.assertEqual(0, self.process.wait(10))
