"""What the chaos test runs under the lock: checks by itself that no other one is inside, until it leaves or is killed.

    python3 chaos_section.py FOLDER LABEL SECONDS [--child] [--ignore-term]

FOLDER/inside, under flock, says who was let in last: "TOKEN PID START LABEL in|out". Whoever comes in must bring a higher token, and must
find the one before gone. FOLDER/violations gets a line for each time that this is not so; FOLDER/log a line "LABEL TOKEN enter|exit". With
--child it has a child of its own, which has to die with it. While its `run` is stopped or gone it does not leave by itself: somebody has to
see to it.
"""

import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import time


def start_of(pid):
    """The process's start time; None where it is gone, a zombie included."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def is_watched_by(parent):
    """Whether `run` is there and not stopped."""
    try:
        return pathlib.Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[0] not in "ZXT"
    except OSError:
        return False


def append(path, line):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, (line + "\n").encode())
    os.close(descriptor)


class Inside:
    def __init__(self, folder, label):
        self._folder = folder
        self._label = label
        self._token = int(os.environ["DYNAMUTEX_FENCING_TOKEN"])
        self._file = os.open(folder / "inside", os.O_RDWR | os.O_CREAT, 0o600)

    def _exchange(self, check, state):
        fcntl.flock(self._file, fcntl.LOCK_EX)
        check(os.pread(self._file, 256, 0).decode().split())
        if state is not None:
            line = f"{self._token} {os.getpid()} {start_of(os.getpid())} {self._label} {state}"
            os.pwrite(self._file, f"{line:<128}\n".encode(), 0)
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def _violation(self, what, known):
        append(self._folder / "violations", f"{self._label} with token {self._token}, pid {os.getpid()}: {what}: {known}")

    def _nobody_else(self, known):
        if not known:
            return
        token, pid, start, _, state = known
        if int(token) >= self._token:
            self._violation("the token is not higher than the last one", known)
        if state == "in" and start_of(int(pid)) == start:
            self._violation("another one is still alive inside", known)

    def _still_mine(self, known):
        if int(known[0]) != self._token:
            self._violation("another one came in meanwhile", known)

    def enter(self):
        self._exchange(self._nobody_else, "in")
        append(self._folder / "log", f"{self._label} {self._token} enter")

    def check(self):
        self._exchange(self._still_mine, None)

    def leave(self):
        self._exchange(self._still_mine, "out")
        append(self._folder / "log", f"{self._label} {self._token} exit")


def main():
    folder, label, seconds, *flags = sys.argv[1:]
    if "--ignore-term" in flags:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    parent = os.getppid()
    inside = Inside(pathlib.Path(folder), label)
    inside.enter()
    child = subprocess.Popen(["sleep", "1000"]) if "--child" in flags else None
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end or not is_watched_by(parent):
        inside.check()
        time.sleep(0.01)
    if child is not None:
        child.kill()
        child.wait()
    inside.leave()


main()
