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


# Prints three clocks, and how many absolute timers on CLOCK_BOOTTIME rang that were set to a moment from now.
READ_CLOCKS = """
import ctypes, select, time
print(time.time(), *(time.clock_gettime(clock) for clock in (time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC)))
libc = ctypes.CDLL(None, use_errno=True)
timer = libc.timerfd_create(time.CLOCK_BOOTTIME, 0)
due = time.clock_gettime_ns(time.CLOCK_BOOTTIME) + 50_000_000
value = (ctypes.c_long * 4)(0, 0, due // 1_000_000_000, due % 1_000_000_000)
assert libc.timerfd_settime(timer, 1, value, None) == 0, ctypes.get_errno()
print(len(select.select([timer], [], [], 10)[0]))
"""


class FaketimeTest(unittest.TestCase):
    def test_only_the_wall_clock_is_shifted(self):
        for offset, shift_s in (("+2h", 7200), ("-2h", -7200)):
            with self.subTest(offset):
                try:
                    environment = {**os.environ, **faked_clock(offset)}
                except MissingFaketime as missing:
                    self.skipTest(str(missing))
                shown = subprocess.run([sys.executable, "-c", READ_CLOCKS], env=environment, capture_output=True,
                                       text=True, check=True)
                wall, boot, monotonic, rang = map(float, shown.stdout.split())
                self.assertAlmostEqual(shift_s, wall - time.time(), delta=60)
                self.assertAlmostEqual(time.clock_gettime(time.CLOCK_BOOTTIME), boot, delta=60)
                self.assertAlmostEqual(time.clock_gettime(time.CLOCK_MONOTONIC), monotonic, delta=60)
                self.assertEqual(1, rang, "a timer on the suspend-aware clock was shifted, too")
