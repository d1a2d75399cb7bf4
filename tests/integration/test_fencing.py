"""Holders that are stopped for longer than their lease, or killed, again and again: a resource that checks the token never takes a
write of theirs once another holder has written."""

import fcntl
import os
import pathlib
import signal
import sys
import threading
import time

from proxy import boottime
from servers.withheld import Withheld

from .harness import CommandTest
from .processes import eventually, is_stopped

LEASE_S = 2
AT_ONCE = 5
LONG = bool(os.environ.get("DYNAMUTEX_LONG"))
ROUNDS = 20 if LONG else 2  # of AT_ONCE each
TOLD_S_MAX = 0.1
_WRITER = pathlib.Path(__file__).with_name("fenced_writer.py")


def descendants(pid):
    """The process and all that it started, the guard included."""
    found = [pid]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def stop_outside_the_resource(resource, family):
    """Stops the processes while none of them holds the resource's own lock, as a server that they write to would not stop with them."""
    with open(resource, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        # A stop is carried out later; a process that waits for the resource stops waiting then.
        if not eventually(lambda: all(is_stopped(pid) for pid in family)):
            raise AssertionError(f"one of {family} does not stop")


class FencingTest(CommandTest):
    def writer(self, lock, client):
        folder = self.folder / lock
        folder.mkdir(exist_ok=True)
        return self.start("run", "--fence", "--lease", f"{LEASE_S}s", lock, "--", "env", "-u", "LD_PRELOAD", sys.executable, "-I", "-S",
                          str(_WRITER), str(folder), client=client)

    def writes(self, lock):
        path = self.folder / lock / "writes"
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [(int(token), verdict) for token, verdict, _ in lines]

    def tokens(self, lock):
        return list(dict.fromkeys(token for token, _ in self.writes(lock)))

    def wait_for_tokens(self, lock, count):
        self.assertTrue(eventually(lambda: len(self.tokens(lock)) >= count), f"no holder number {count} of {lock}")

    def check_resource(self, lock):
        accepted = [token for token, verdict in self.writes(lock) if verdict == "accepted"]
        self.assertEqual(sorted(accepted), accepted, "a stale write was accepted")
        self.assertEqual(sorted(set(self.tokens(lock))), self.tokens(lock), "tokens do not grow from holder to holder")

    def rounds(self, one_round):
        """Runs rounds of several locks at once, and tells what went wrong in any of them."""
        for number in range(ROUNDS):
            failures = []

            def guarded(lock):
                try:
                    one_round(lock)
                except BaseException as error:  # told below, in the test's own thread
                    failures.append(error)

            threads = [threading.Thread(target=guarded, args=(f"{self.lock}-{number}-{index}",)) for index in range(AT_ONCE)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if failures:
                raise failures[0]

    def stop_round(self, lock):
        holder = self.writer(lock, "HOLDER")
        self.wait_for_tokens(lock, 1)
        family = descendants(holder.pid)
        self.assertGreaterEqual(len(family), 2)
        stop_outside_the_resource(self.folder / lock / "highest", family)
        stopped_s = boottime()
        other = self.writer(lock, "WAITER")
        self.wait_for_tokens(lock, 2)
        eventually(lambda: boottime() > stopped_s + 2 * LEASE_S)
        # One after another: what is measured is how soon a loss is told, and not how many processes wake at once.
        with self.waking:
            withheld = Withheld(holder.pid)
            continued_s = boottime()
            # The writer wakes first, which is the worst: it writes before anyone could stop it.
            for pid in reversed(family):
                os.kill(pid, signal.SIGCONT)
            while not holder.err and boottime() < continued_s + 5:
                time.sleep(0.001)
            told_s, excused_s = boottime() - continued_s, withheld.excused_s()
        self.assertTrue(holder.err, "no loss was told")
        done = holder.wait(20)
        other.kill()
        self.assert_code(76, done)
        self.told.append((told_s, excused_s))
        self.check_resource(lock)

    def test_a_stopped_holder_can_do_no_harm_and_learns_of_its_loss_at_once(self):
        self.told = []
        self.waking = threading.Lock()
        self.rounds(self.stop_round)
        self.assertEqual(ROUNDS * AT_ONCE, len(self.told))
        slowest_s = max(told_s for told_s, _ in self.told)
        print(f"{len(self.told)} losses told, the slowest {slowest_s * 1000:.0f} ms after SIGCONT", file=sys.stderr)
        for told_s, excused_s in self.told:
            self.assertLess(told_s - excused_s, TOLD_S_MAX, f"a loss was told late: {sorted(self.told)}")

    def kill_round(self, lock):
        holder = self.writer(lock, "HOLDER")
        self.wait_for_tokens(lock, 1)
        other = self.writer(lock, "WAITER")
        holder.kill()
        self.wait_for_tokens(lock, 2)
        other.kill()
        self.check_resource(lock)

    def test_a_killed_holder_can_do_no_harm(self):
        self.rounds(self.kill_round)
