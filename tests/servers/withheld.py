"""Processor time that other work on the machine, or the machine's host, kept from those who were ready to use it."""

import os
import pathlib

_STEAL = 8  # proc(5), /proc/stat: the eighth number behind "cpu"


def _stolen_s():
    with open("/proc/stat", encoding="ascii") as stat:
        return int(stat.readline().split()[_STEAL]) / os.sysconf("SC_CLK_TCK")


def _waited_s(path):
    try:
        return int(path.read_text().split()[1]) / 1e9
    except OSError:  # the thread has ended
        return 0.0


class Withheld:
    """For how long the threads of a process, and this one, were ready to run and did not (proc(5), schedstat), and the host of this
    machine took its processors away, since this was made."""

    def __init__(self, pid):
        self._paths = [pathlib.Path("/proc/thread-self/schedstat"), *pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
        self._before = [_waited_s(path) for path in self._paths]
        self._stolen_before_s = _stolen_s()

    def excused_s(self):
        """How much of it no bound counts: nothing in the long variant, which wants an idle machine."""
        if os.environ.get("DYNAMUTEX_LONG"):
            return 0.0
        waited_s = sum(max(0.0, _waited_s(path) - before) for path, before in zip(self._paths, self._before))
        return waited_s + max(0.0, _stolen_s() - self._stolen_before_s)
