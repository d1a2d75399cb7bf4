"""Many processes at once, and none of them disturbs another."""

from .harness import CommandTest

PROCESSES = 30
ROUNDS = 20


class ContentionTest(CommandTest):
    def test_thirty_processes_count_to_six_hundred(self):
        counter = self.folder / "counter"
        counter.write_text("0\n")
        rounds = self.folder / "rounds"
        rounds.write_text(
            "#!/bin/sh\n"
            "i=0\n"
            f"while [ $i -lt {ROUNDS} ]; do\n"
            f"  \"$COMMAND\" run counter -- sh -c 'n=$(cat {counter}); echo $((n + 1)) > {counter}' || exit\n"
            "  i=$((i + 1))\n"
            "done\n")
        started = [self.processes.start(["sh", str(rounds)], self.environment(COMMAND=self.command))
                   for _ in range(PROCESSES)]
        for running in started:
            self.assert_silent_success(running.wait(400))
        self.assertEqual(PROCESSES * ROUNDS, int(counter.read_text()))
        released = self.proxy.journal.entries(operation="DeleteItem", applied=True)
        self.assertEqual(PROCESSES * ROUNDS, len(released))
        self.assertTrue(all(entry.verified for entry in self.proxy.journal.entries()))
        self.assertIsNone(self.record("counter"))

    def test_holders_of_different_locks_do_not_wait_for_each_other(self):
        inside = [self.hold(60, lock=f"{self.lock}-{n}") for n in range(5)]
        self.assertTrue(all(holder.running for holder in inside))
