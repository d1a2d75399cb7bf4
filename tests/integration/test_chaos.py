"""Many at one lock, and somebody who ends, kills and stops holders and waiters at random.

The children check by themselves that no other one is inside (chaos_section.py). DYNAMUTEX_SEED repeats the choices of a run, though not
its timing; DYNAMUTEX_LONG=1 makes it five minutes long.
"""

import collections
import os
import pathlib
import random
import signal
import sys
import time

from .harness import CommandTest
from .processes import eventually, is_alive

AT_ONCE = 64
SECONDS = 300 if os.environ.get("DYNAMUTEX_LONG") else 20
EXTRA_SECONDS = 60  # at most, where not every kind of blow found its victim before
LEASE_S = 3
BLOWS = [("holder", "TERM"), ("holder", "KILL"), ("holder", "STOP"), ("holder", "STOP child"), ("waiter", "TERM"), ("waiter", "KILL"),
         ("waiter", "STOP")]
_SECTION = pathlib.Path(__file__).with_name("chaos_section.py")

# What each blow may make of its victim. Whoever was about to end anyway ends with 0.
EXPECTED = {
    None: {0},
    "TERM": {0, 128 + signal.SIGTERM},
    "KILL": {0, 128 + signal.SIGKILL},
    # Stopped for longer than the lease: told to be lost. A stopped child is killed where it would outlive the lease.
    "STOP": {0, 76},
    "STOP child": {0, 76},
}


class Member:
    """One `run`, and what was done to it."""

    def __init__(self, running, started_s):
        self.running = running
        self.started_s = started_s
        self.blow = None
        self.continue_at_s = None


class ChaosTest(CommandTest):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("DYNAMUTEX_SEED") or random.SystemRandom().randrange(2**32))
        print(f"DYNAMUTEX_SEED={seed}", file=sys.stderr, flush=True)
        self.random = random.Random(seed)
        self.members = []
        self.counts = collections.Counter()
        self.waits_s = []
        self.number = 0
        self.blows = []

    def enter(self):
        self.number += 1
        label = f"m{self.number}"
        section = [sys.executable, "-I", "-S", str(_SECTION), str(self.folder), label, f"{self.random.uniform(0, 0.2):.3f}"]
        if self.random.random() < 0.3:
            section.append("--child")
        if self.random.random() < 0.3:
            section.append("--ignore-term")
        running = self.start("run", self.lock, "--fence", "--lease", f"{LEASE_S}s", "-k", "200ms", "--", *section,
                             AWS_ENDPOINT_URL_DYNAMODB=self.server.url)
        self.members.append(Member(running, time.monotonic()))

    def inside(self):
        """The holder's `run` and its command, as the command wrote it down; None where nobody is in."""
        try:
            known = (self.folder / "inside").read_text().split()
        except OSError:
            return None
        if not known or known[4] != "in" or not is_alive(known[1]):
            return None
        try:
            parent = int(pathlib.Path(f"/proc/{known[1]}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return None
        member = next((each for each in self.members if each.running.pid == parent), None)
        return member and (member, int(known[1]))

    def strike(self):
        """Strikes the next blow, if its victim is there just now."""
        if not self.blows:
            self.blows = self.random.sample(BLOWS, len(BLOWS))
        who, blow = self.blows[-1]
        holding = self.inside()
        if who == "holder":
            member, child = holding or (None, None)
        else:
            member, child = self.random.choice(self.members), None
        is_inside = holding is not None and holding[0] is member
        if member is None or member.blow is not None or not member.running.running or is_inside != (who == "holder"):
            return False
        self.blows.pop()
        member.blow = blow
        self.counts[f"{who} {blow}"] += 1
        victim = child if blow == "STOP child" else member.running.pid
        try:
            os.kill(victim, getattr(signal, "SIG" + blow.split()[0]))
        except ProcessLookupError:
            return True
        if blow.startswith("STOP"):
            member.continue_at_s = time.monotonic() + self.random.uniform(0.05, 2 * LEASE_S)
            member.stopped = victim
        return True

    def go_on(self):
        """Continues whom it is time to continue."""
        for member in self.members:
            if member.continue_at_s is not None and time.monotonic() >= member.continue_at_s:
                member.continue_at_s = None
                try:
                    os.kill(member.stopped, signal.SIGCONT)
                except ProcessLookupError:
                    pass

    def collect(self):
        for member in [each for each in self.members if not each.running.running]:
            self.members.remove(member)
            done = member.running.wait()
            self.counts[f"exit {done.code}"] += 1
            self.assertIn(done.code, EXPECTED[member.blow], f"after {member.blow}: {done}")
            if member.blow is None:
                self.assertEqual("", done.err, str(done))
                self.waits_s.append(time.monotonic() - member.started_s)

    def every_blow_was_struck(self):
        return all(self.counts[f"{who} {blow}"] for who, blow in BLOWS)

    def check(self):
        violations = self.folder / "violations"
        self.assertFalse(violations.exists(), violations.exists() and violations.read_text())

    def test_many_at_one_lock_survive_whatever_is_done_to_some(self):
        strike_at_s = time.monotonic()
        end_s = time.monotonic() + SECONDS
        while time.monotonic() < end_s or (time.monotonic() < end_s + EXTRA_SECONDS and not self.every_blow_was_struck()):
            while len(self.members) < AT_ONCE:
                self.enter()
            if time.monotonic() >= strike_at_s:
                if self.strike():
                    strike_at_s = time.monotonic() + self.random.uniform(0.05, 1.5)
            self.go_on()
            self.collect()
            self.check()
            time.sleep(0.02)
        # From now on nobody is struck: everybody who is left gets in, one after the other.
        for member in self.members:
            if member.continue_at_s is not None:
                member.continue_at_s = 0
        self.go_on()
        untouched = sum(member.blow is None for member in self.members)
        self.assertTrue(eventually(lambda: self.collect() or not self.members, timeout_s=120),
                        f"{len(self.members)} starve: {[(each.running.pid, each.blow) for each in self.members]}")
        self.check()
        log = (self.folder / "log").read_text().splitlines()
        print(f"{sum(line.endswith('enter') for line in log)} times inside, {dict(sorted(self.counts.items()))}, {untouched} at the end, "
              f"longest way through {max(self.waits_s):.1f} s", file=sys.stderr)
        tokens = [int(line.split()[1]) for line in log if line.endswith("enter")]
        self.assertEqual(sorted(set(tokens)), tokens, "tokens grow from holder to holder")
        self.assertTrue(self.every_blow_was_struck(), self.counts)
        left = eventually(lambda: not list(self.processes.marked()), timeout_s=10)
        self.assertTrue(left, f"processes are left behind: {list(self.processes.marked())}")
        self.assertIn("isReleased", self.record(), "the lock was left taken")
