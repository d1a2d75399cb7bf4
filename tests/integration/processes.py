"""Runs the command as a user does, keeps what it prints, and leaves no process behind."""

import dataclasses
import glob
import os
import pathlib
import signal
import subprocess
import time

from servers import end_with_parent
from servers.sanitizers import sanitizer_options

_MARK = "DYNAMUTEX_TEST_MARK"


class MissingFaketime(Exception):
    pass


def faked_clock(offset):
    """Environment that shifts the wall clock, "+2h" or "-2h", and no other clock."""
    libraries = sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        raise MissingFaketime("libfaketime is not installed; install it with: apt-get install libfaketime")
    # CLOCK_BOOTTIME counts as monotonic for libfaketime; FaketimeTest checks that. Where the command is built with
    # AddressSanitizer, its run time wants to be the first library unless told otherwise.
    options = [*filter(None, [sanitizer_options().get("ASAN_OPTIONS")]), "verify_asan_link_order=0"]
    return {"LD_PRELOAD": f"{os.environ['DYNAMUTEX_WALL_CLOCK_ONLY']}:{libraries[0]}", "FAKETIME": offset,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": ":".join(options)}


@dataclasses.dataclass
class Finished:
    """A process that ended. code: as a shell shows it (128+N where signal N ended it)."""

    arguments: list
    code: int
    out: str
    err: str

    def __str__(self):
        return f"{' '.join(map(str, self.arguments))}\n  exit code {self.code}\n  stdout: {self.out!r}\n  stderr: {self.err!r}"


def _begin():
    """In the child: as a terminal's shell starts a command. Tests that run in the background may have these signals ignored, and a
    shell that is started so cannot trap them."""
    end_with_parent()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Running:
    def __init__(self, arguments, environment, folder, number, stdin=subprocess.DEVNULL):
        self.arguments = [str(argument) for argument in arguments]
        self.out_path = pathlib.Path(folder, f"{number}.out")
        self.err_path = pathlib.Path(folder, f"{number}.err")
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(self.arguments, env=environment, cwd=folder, stdin=stdin, stdout=out,
                                            stderr=err, preexec_fn=_begin)
        self.pid = self.process.pid

    def wait(self, timeout_s=60):
        code = self.process.wait(timeout_s)
        return Finished(self.arguments, 128 - code if code < 0 else code, self.out, self.err)

    @property
    def running(self):
        return self.process.poll() is None

    @property
    def out(self):
        return self.out_path.read_text(errors="replace")

    @property
    def err(self):
        return self.err_path.read_text(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """kill -9, and no other process with it. Returns when it was sent, on CLOCK_BOOTTIME."""
        sent_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return sent_s


class Processes:
    """All that one test starts. `stop` ends what still runs, with the children of children: they carry a mark."""

    def __init__(self, folder):
        self._folder = folder
        self._mark = f"{os.getpid()}-{id(self)}-{time.time_ns()}"
        self.started = []

    def start(self, arguments, environment):
        running = Running(arguments, {**environment, _MARK: self._mark}, self._folder, len(self.started))
        self.started.append(running)
        return running

    def stop(self):
        for running in self.started:
            if running.running:
                running.kill()
        for pid in self.marked():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for running in self.started:
            # libfaketime cleans up after itself only where it is not killed.
            for left in (f"/dev/shm/faketime_shm_{running.pid}", f"/dev/shm/sem.faketime_sem_{running.pid}"):
                pathlib.Path(left).unlink(missing_ok=True)

    def marked(self):
        """All that carry this test's mark and still run, whoever their parents are."""
        wanted = f"{_MARK}={self._mark}".encode()
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name)
            except OSError:
                continue


def _state(pid):
    """The letter of proc(5); "X" where there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def is_alive(pid):
    """Whether a process still runs; one that ended and was not waited for does not."""
    return _state(pid) not in "ZX"


def is_stopped(pid):
    return _state(pid) == "T"


def eventually(condition, timeout_s=30.0):
    """Polls until the condition is true, and returns its value; the time-out only ends what would never come true."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        if time.monotonic() > deadline:
            return value
        time.sleep(0.02)
    return value
