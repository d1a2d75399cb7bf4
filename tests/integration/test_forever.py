"""`run --forever`: a leader that is elected again after a loss."""

import os
import signal
import sys

from .harness import CommandTest
from .processes import eventually, is_alive, is_stopped

LEASE_S = 2


class ForeverTest(CommandTest):
    def lead(self, label, *flags, seconds=120, client="TESTER"):
        return self.start("run", self.lock, "--forever", "--lease", f"{LEASE_S}s", *flags, "--", *self.section(label, seconds),
                          client=client)

    def terms(self, label):
        return [span for span in self.spans() if span.label == label]

    def wait_for_term(self, label, number):
        self.assertTrue(eventually(lambda: len(self.terms(label)) >= number), f"no term number {number} of {label}")
        return self.terms(label)[number - 1]

    def take_away(self):
        self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": {"S": self.lock}})

    def test_after_a_loss_the_command_is_run_again_under_a_new_lease(self):
        leader = self.lead("A")
        first = self.wait_for_term("A", 1)
        self.take_away()
        second = self.wait_for_term("A", 2)
        self.take_away()
        self.wait_for_term("A", 3)
        self.assertFalse(is_alive(first.pid) or is_alive(second.pid))
        self.assertEqual(2, leader.err.count("\n"), leader.err)
        self.assertEqual(2, leader.err.count("was lost"), leader.err)
        leader.signal(signal.SIGTERM)
        self.assert_code(143, leader.wait())
        self.assertIsNone(self.record())
        self.assert_never_two_holders()

    def test_another_one_leads_after_the_leader_is_stopped_and_the_first_is_a_candidate_again(self):
        first = self.lead("A")
        self.wait_for_term("A", 1)
        second = self.lead("B", client="WAITER")
        self.proxy.journal.wait_for(access_key="WAITER", operation="GetItem")
        first.signal(signal.SIGSTOP)
        self.wait_for_term("B", 1)
        first.signal(signal.SIGCONT)
        self.assertTrue(eventually(lambda: first.err), "no loss was told")
        second.signal(signal.SIGTERM)
        self.assert_code(143, second.wait())
        self.wait_for_term("A", 2)
        first.signal(signal.SIGINT)
        self.assert_code(130, first.wait())
        self.assert_never_two_holders()

    def test_it_ends_as_the_command_ends_by_itself(self):
        for code in (0, 3):
            done = self.dynamutex("run", self.lock, "--forever", "--", "sh", "-c", f"exit {code}")
            self.assertEqual((code, "", ""), (done.code, done.out, done.err))
            self.assertIsNone(self.record())
        self.assert_one_line(self.dynamutex("run", self.lock, "--forever", "--", "no-such-command"), 127, "no-such-command")
        self.assert_code(124, self.dynamutex("run", self.lock, "--forever", "--timeout", "300ms", "--", "sleep", "60"))

    def test_a_signal_ends_it_in_every_state(self):
        holder = self.hold(60)
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"):
            before = len(self.proxy.journal.entries(access_key="WAITER"))
            candidate = self.lead("B", client="WAITER")
            self.proxy.journal.wait_for(access_key="WAITER", count=before + 2)
            candidate.signal(getattr(signal, name))
            self.assert_code(128 + getattr(signal, name), candidate.wait(10))
        holder.signal(signal.SIGTERM)
        holder.wait()
        # Asked to end while the command ran, which did not obey: the loss that follows is the end, and not a new beginning.
        stubborn = self.start("run", self.lock, "--forever", "--lease", f"{LEASE_S}s", "--",
                              *self.section("STUBBORN", 60, "--ignore-term"))
        self.wait_for_term("STUBBORN", 1)
        stubborn.signal(signal.SIGTERM)
        eventually(lambda: False, timeout_s=0.3)
        self.take_away()
        self.assert_code(76, stubborn.wait(20))

    def test_hanging_up_is_the_command_s_affair_and_changes_nothing_else(self):
        seen = self.folder / "seen"
        leader = self.start("run", self.lock, "--forever", "--lease", f"{LEASE_S}s", "--", "sh", "-c",
                            f"trap 'echo hup >> {seen}' HUP; echo up >> {seen}; while :; do sleep 0.05; done")
        self.assertTrue(eventually(lambda: seen.exists() and "up" in seen.read_text()))
        leader.signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: "hup" in seen.read_text()))
        self.take_away()
        self.assertTrue(eventually(lambda: seen.read_text().count("up\n") >= 3), seen.read_text())  # "hup" ends so as well
        leader.signal(signal.SIGTERM)
        self.assert_code(143, leader.wait())

    def test_a_candidate_is_stopped_by_the_suspend_key_also_after_a_term(self):
        # As a shell with job control starts it, in a group of its own: the kernel stops nobody from the keyboard whom no shell could
        # continue. (bash itself leaves its loops when a job is stopped.)
        pid_file = self.folder / "pid"
        start_job = ("import subprocess, sys; job = subprocess.Popen(sys.argv[2:], process_group=0); "
                     "print(job.pid, file=open(sys.argv[1], 'w')); sys.exit(job.wait())")
        shell = self.processes.start([sys.executable, "-c", start_job, pid_file, self.command, "run", self.lock, "--forever",
                                      "--lease", f"{LEASE_S}s", "--", *self.section("A", 120)], self.environment())
        self.wait_for_term("A", 1)
        self.assertTrue(eventually(lambda: pid_file.exists() and pid_file.read_text()))
        pid = int(pid_file.read_text())
        taken = {**self.record(), "recordVersionNumber": {"S": "theirs"}, "leaseDuration": {"S": "600000"},
                 "expiresAt": {"N": "99999999999999"}}
        self.dynamodb.put_item(TableName=self.TABLE, Item=taken)
        self.assertTrue(eventually(lambda: "lost" in shell.err))

        os.kill(pid, signal.SIGTSTP)
        self.assertTrue(eventually(lambda: is_stopped(pid), 5), "it does not stop")
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGTERM)
        self.assert_code(143, shell.wait(10))

    def test_a_service_that_is_away_ends_nothing(self):
        with self.proxy.rule(action="refuse_connections"):
            leader = self.lead("A", seconds=0.2)
            self.assertTrue(eventually(lambda: leader.err), "it says what it waits for")
            self.assertTrue(leader.running)
        self.assert_code(0, leader.wait())
        self.assertEqual(1, len(self.terms("A")))

    def test_what_will_not_pass_ends_it(self):
        self.assert_one_line(self.dynamutex("--table", "nowhere", "run", self.lock, "--forever", "--", "true"), 78, "nowhere")
        self.assert_one_line(self.dynamutex("run", self.lock, "--forever", "-n", "--", "true"), 64, "--forever")
        self.assert_one_line(self.dynamutex("run", self.lock, "--forever", "-w", "3s", "--", "true"), 64, "--forever")

    def test_each_term_has_its_own_token(self):
        tokens = self.folder / "tokens"
        leader = self.start("run", self.lock, "--forever", "--fence", "--lease", f"{LEASE_S}s", "--", "sh", "-c",
                            f"echo $DYNAMUTEX_FENCING_TOKEN >> {tokens}; exec sleep 60")
        count = lambda: len(tokens.read_text().split()) if tokens.exists() else 0
        for number in (1, 2, 3):
            self.assertTrue(eventually(lambda: count() >= number))
            self.dynamodb.update_item(TableName=self.TABLE, Key={"key": {"S": self.lock}},
                                      UpdateExpression="SET isReleased = :r, recordVersionNumber = :v",
                                      ExpressionAttributeValues={":r": {"S": "1"}, ":v": {"S": f"broken-{number}"}})
        leader.signal(signal.SIGTERM)
        leader.wait()
        read = [int(token) for token in tokens.read_text().split()]
        self.assertEqual(sorted(set(read)), read)
