"""What the tests run under the lock: writes down when it is inside, until it leaves or is killed.

    python3 critical_section.py FILE LABEL SECONDS [--ignore-term]

Each line is "LABEL PID BOOTTIME EVENT", EVENT one of enter, alive (every 10 ms) and exit. BOOTTIME is the clock that the command
counts its leases on, the same in every process. The last line of a killed process tells how long it acted.
"""

import os
import signal
import sys
import time


def main():
    path, label, seconds, *flags = sys.argv[1:]
    if "--ignore-term" in flags:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(event):
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        os.write(log, f"{label} {os.getpid()} {now:.6f} {event}\n".encode())
        return now

    end = note("enter") + float(seconds)
    while note("alive") < end:
        time.sleep(0.01)
    note("exit")


main()
