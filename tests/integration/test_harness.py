"""The checks that all other tests lean on must be able to fail themselves."""

import os
import subprocess
import sys
import time
import unittest

from proxy import Key

from .harness import CommandTest
from .processes import MissingFaketime, faked_clock
from .spans import Span, overlap


class ChecksTest(unittest.TestCase):
    def test_a_part_of_a_secret_is_found_in_output(self):
        test = CommandTest()
        test.keys = {"A": Key("0123456789abcdefghij", "token-token-token-token")}
        self.assertEqual("secret key", test.find_secret("error: 56789abcdefgh is wrong"))
        self.assertEqual("session token", test.find_secret("x-amz-security-token: token-token-token-token"))
        self.assertIsNone(test.find_secret("error: access key A is wrong"))

    def test_two_holders_at_once_are_found(self):
        apart = [Span("b", 2, 3.0, 4.0), Span("a", 1, 1.0, 2.9)]
        self.assertIsNone(overlap(apart))
        self.assertIsNotNone(overlap([*apart, Span("c", 3, 3.9, 5.0)]))


class FaketimeTest(unittest.TestCase):
    READ = "import time; print(time.time(), *(time.clock_gettime(c) for c in (time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC)))"

    def test_only_the_wall_clock_is_shifted(self):
        for offset, shift_s in (("+2h", 7200), ("-2h", -7200)):
            with self.subTest(offset):
                try:
                    environment = {**os.environ, **faked_clock(offset)}
                except MissingFaketime as missing:
                    self.skipTest(str(missing))
                shown = subprocess.run([sys.executable, "-c", self.READ], env=environment, capture_output=True, text=True,
                                       check=True)
                wall, boot, monotonic = map(float, shown.stdout.split())
                self.assertAlmostEqual(shift_s, wall - time.time(), delta=60)
                self.assertAlmostEqual(time.clock_gettime(time.CLOCK_BOOTTIME), boot, delta=60)
                self.assertAlmostEqual(time.clock_gettime(time.CLOCK_MONOTONIC), monotonic, delta=60)
