"""Holders that are stopped for longer than their lease, or killed, again and again: a resource that checks the token never takes a
write of theirs once another holder has written."""

import os
import pathlib
import signal
import sys
import threading

from proxy import boottime

from .harness import CommandTest
from .processes import eventually

LEASE_S = 2
AT_ONCE = 5
ROUNDS = 20 if os.environ.get("DYNAMUTEX_LONG") else 2  # of AT_ONCE each
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
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        stopped_s = boottime()
        other = self.writer(lock, "WAITER")
        self.wait_for_tokens(lock, 2)
        eventually(lambda: boottime() > stopped_s + 2 * LEASE_S)
        # The writer wakes first, which is the worst: it writes before anyone could stop it.
        for pid in reversed(family):
            os.kill(pid, signal.SIGCONT)
        continued_s = boottime()
        self.assertTrue(eventually(lambda: holder.err, timeout_s=5), "no loss was told")
        told_s = boottime() - continued_s
        done = holder.wait(20)
        other.kill()
        self.assert_code(76, done)
        self.told.append(told_s)
        self.check_resource(lock)

    def test_a_stopped_holder_can_do_no_harm_and_learns_of_its_loss_at_once(self):
        self.told = []
        self.rounds(self.stop_round)
        self.assertEqual(ROUNDS * AT_ONCE, len(self.told))
        # Looked at every 20 ms; the load of AT_ONCE wakings at a time on a small machine is part of it.
        self.assertLess(sorted(self.told)[len(self.told) // 2], 0.1, f"the loss was told late: {sorted(self.told)}")

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
