"""What `run` is to its child and to who started it: signals, descriptors, groups, orphans, and what PATH leads to."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

from .harness import CommandTest
from .processes import eventually, is_alive


def status(text):
    """The signal sets of /proc/PID/status as numbers."""
    return {name: int(value, 16) for name, _, value in (line.partition(":\t") for line in text.splitlines()) if name.startswith("Sig")
            and name != "SigQ"}


def bit(*numbers):
    return sum(1 << (number - 1) for number in numbers)


class ProcessTest(CommandTest):
    def shell(self, script, *flags):
        """`run … sh -c`; returns when the script made the file `ready`."""
        ready = self.folder / "ready"
        running = self.start("run", self.lock, *flags, "--", "sh", "-c", f"ready={ready}; {script}")
        self.assertTrue(eventually(ready.exists), running.err)
        return running

    def lines(self, name="seen"):
        path = self.folder / name
        return path.read_text().split() if path.exists() else []

    def test_the_child_starts_with_no_signal_blocked_caught_or_ignored(self):
        found = status(self.dynamutex("run", self.lock, "--", "cat", "/proc/self/status").out)
        self.assertEqual({"SigPnd": 0, "SigBlk": 0, "SigIgn": 0, "SigCgt": 0}, {name: found[name] for name in ("SigPnd", "SigBlk", "SigIgn", "SigCgt")})

    def test_the_child_keeps_what_its_starter_ignored_and_blocked(self):
        self.processes.start(["sh", "-c", f"trap '' HUP USR1; exec {self.command} run {self.lock} -- cat /proc/self/status"],
                             self.environment()).wait()
        self.assertEqual(bit(signal.SIGHUP, signal.SIGUSR1), status(self.processes.started[-1].out)["SigIgn"])
        done = subprocess.run([self.command, "run", self.lock, "--", "cat", "/proc/self/status"], env=self.environment(), check=False,
                              capture_output=True, text=True, timeout=60, cwd=self.folder,
                              preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]))
        self.assertEqual(bit(signal.SIGTERM), status(done.stdout)["SigBlk"])

    def test_run_itself_takes_signals_that_its_starter_left_blocked(self):
        running = subprocess.Popen([self.command, "run", self.lock, "--", "sh", "-c", "touch ready; exec sleep 60"], env=self.environment(),
                                   cwd=self.folder, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2, signal.SIGINT]))
        self.addCleanup(running.kill)
        self.assertTrue(eventually((self.folder / "ready").exists))
        running.send_signal(signal.SIGTERM)
        self.assertEqual(143, running.wait(20))

    def test_user_signals_are_forwarded_and_end_nothing(self):
        seen = self.folder / "seen"
        running = self.shell(f"trap 'echo 1 >> {seen}' USR1; trap 'echo 2 >> {seen}' USR2; touch $ready; while :; do sleep 0.05; done")
        for number, word in ((signal.SIGUSR1, "1"), (signal.SIGUSR2, "2")):
            running.signal(number)
            self.assertTrue(eventually(lambda: word in self.lines()))
        self.assertTrue(running.running)
        running.signal(signal.SIGTERM)
        self.assert_code(143, running.wait())

    def test_the_child_leads_a_group_of_its_own_and_signals_reach_all_of_it(self):
        pids = self.folder / "pids"
        running = self.shell(f"sleep 60 & echo $$ $! > {pids}; touch $ready; wait")
        shell, sleeper = map(int, pids.read_text().split())
        self.assertEqual([shell, shell], [os.getpgid(shell), os.getpgid(sleeper)])
        self.assertNotEqual(os.getpgid(running.pid), shell)
        running.signal(signal.SIGTERM)
        self.assert_code(143, running.wait())
        self.assertTrue(eventually(lambda: not is_alive(sleeper), 5))

    def test_killing_run_takes_the_child_and_its_children_along_and_leaves_no_guard(self):
        pids = self.folder / "pids"
        running = self.shell(f"trap '' TERM HUP; sleep 60 & echo $$ $! > {pids}; touch $ready; while :; do sleep 0.05; done")
        running.kill()
        for pid in map(int, pids.read_text().split()):
            self.assertTrue(eventually(lambda: not is_alive(pid), 5), f"{pid} outlived run")
        self.assertTrue(eventually(lambda: not list(self.processes.marked()), 5), "a process is left")

    def test_killing_the_guard_leaves_the_command_alone(self):
        running = self.shell("touch $ready; exec sleep 4")
        guards = [pid for pid in self.processes.marked() if pathlib.Path(f"/proc/{pid}/comm").read_text() == "dynamutex-guard\n"]
        self.assertEqual(1, len(guards))
        os.kill(guards[0], signal.SIGKILL)
        self.assert_silent_success(running.wait())

    def test_a_process_that_the_command_leaves_behind_lives_on(self):
        pid = self.folder / "pid"
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", "sh", "-c", f"sleep 60 & echo $! > {pid}"))
        self.assertTrue(is_alive(int(pid.read_text())), "a daemon that was started under the lock is nobody's to kill")

    def test_a_child_that_is_stopped_keeps_the_lock_until_it_goes_on(self):
        pid = self.folder / "pid"
        running = self.shell(f"echo $$ > {pid}; touch $ready; exec sleep 60", "--lease", "6s")
        os.kill(int(pid.read_text()), signal.SIGSTOP)
        before = self.record()["recordVersionNumber"]
        self.assertTrue(eventually(lambda: self.record()["recordVersionNumber"] != before), "it is renewed")
        running.signal(signal.SIGTERM)
        self.assert_code(143, running.wait(10))

    def test_a_signal_during_the_final_release_is_not_lost(self):
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"):
            with self.subTest(name):
                deletes = len(self.proxy.journal.entries(operation="DeleteItem"))
                with self.proxy.rule(action="blackhole", match={"operation": "DeleteItem"}):
                    running = self.start("run", self.lock, "--lease", "1s", "--", "true")
                    self.proxy.journal.wait_for(operation="DeleteItem", count=deletes + 1)
                    running.signal(getattr(signal, name))
                    done = running.wait(15)
                self.assert_code(128 + getattr(signal, name), done)
                self.assertIn("could not confirm the release", done.err)
                self.dynamodb.delete_item(TableName=self.TABLE, Key={"key": {"S": self.lock}})

    def test_what_was_open_stays_open_and_nothing_of_ours_is_added(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        done = subprocess.run([self.command, "run", self.lock, "--", "bash", "-c", f"ls /proc/$$/fd; echo through >&{write}"], pass_fds=[write],
                              env=self.environment(), cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        os.close(write)
        self.assertEqual({"0", "1", "2", str(write)}, set(done.stdout.split()))
        self.assertEqual(b"through\n", os.read(read, 100))
        self.assertEqual(b"", os.read(read, 100), "nobody else keeps the pipe open")

    def test_standard_descriptors_that_are_closed_stay_closed_for_the_child(self):
        done = self.processes.start(["sh", "-c", f"exec {self.command} run {self.lock} -- ls /proc/self/fd <&-"], self.environment()).wait()
        self.assert_code(0, done)
        self.assertEqual({"0", "1", "2"}, set(done.out.split()), "0 is the folder that ls reads")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody whom a folder is closed to")
    def test_a_folder_of_path_that_cannot_be_searched_hides_nothing(self):
        closed, opened = self.folder / "closed", self.folder / "opened"
        for each in (closed, opened):
            each.mkdir()
        closed.chmod(0o700)
        opened.chmod(0o755)
        self.folder.chmod(0o755)
        plain, tool = opened / "plain", opened / "tool"
        plain.write_text("x")
        plain.chmod(0o644)
        tool.write_text("#!/bin/sh\necho found\n")
        tool.chmod(0o755)
        copy = self.folder / "dynamutex"
        copy.write_bytes(pathlib.Path(self.command).read_bytes())
        copy.chmod(0o755)

        def run(command):
            somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(copy), "run", self.lock, "--", command]
            return self.processes.start(somebody, self.environment(PATH=f"{closed}:{opened}:/usr/bin:/bin")).wait()

        self.assert_one_line(run("no-such-command"), 127, "no-such-command", "No such file")
        self.assert_silent_success(run("tool"), "found\n")
        self.assert_one_line(run("plain"), 126, "plain", "denied")
        self.assert_one_line(run(str(closed / "inside")), 126, "inside", "denied")
        self.assert_one_line(run(str(opened / "nothing")), 127, "nothing")

    def test_a_script_without_an_interpreter_s_line_runs_as_a_shell_runs_it(self):
        script = self.folder / "script"
        script.write_text("echo from a script\n")
        script.chmod(0o755)
        self.assert_silent_success(self.dynamutex("run", self.lock, "--", str(script)), "from a script\n")

    def test_a_terminated_starter_s_pipe_does_not_hang(self):
        begin = time.monotonic()
        done = subprocess.run(f"{self.command} run {self.lock} -- sh -c 'yes' | head -n 1", shell=True, env=self.environment(),
                              capture_output=True, text=True, timeout=60, cwd=self.folder, check=False)
        self.assertEqual("y\n", done.stdout)
        self.assertLess(time.monotonic() - begin, 30)
        self.assertTrue(eventually(lambda: self.record() is None), "the lock is free")
