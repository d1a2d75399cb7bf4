"""What the fencing test runs under the lock: writes to a resource that remembers the highest token, until it is killed.

    python3 fenced_writer.py FOLDER

The resource is the file FOLDER/highest under flock; FOLDER/writes gets a line "TOKEN accepted|refused BOOTTIME" for each try. It ignores
TERM, as a program that is busy would.
"""

import fcntl
import os
import pathlib
import signal
import sys
import time


def main():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    folder = pathlib.Path(sys.argv[1])
    token = int(os.environ["DYNAMUTEX_FENCING_TOKEN"])
    highest = os.open(folder / "highest", os.O_RDWR | os.O_CREAT, 0o600)
    writes = os.open(folder / "writes", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        fcntl.flock(highest, fcntl.LOCK_EX)
        known = int(os.pread(highest, 32, 0) or b"0")
        accepted = token >= known
        if accepted:
            os.pwrite(highest, f"{token:<32}".encode(), 0)
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        os.write(writes, f"{token} {'accepted' if accepted else 'refused'} {now:.6f}\n".encode())
        fcntl.flock(highest, fcntl.LOCK_UN)
        time.sleep(0.02)


main()
