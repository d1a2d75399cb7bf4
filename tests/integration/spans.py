"""Reads what critical_section.py wrote down, and finds two holders at once."""

import collections
import dataclasses
import pathlib


@dataclasses.dataclass
class Span:
    """One process inside the lock; times in seconds on CLOCK_BOOTTIME."""

    label: str
    pid: int
    enter_s: float
    last_s: float
    left: bool = False  # by itself; a killed process does not


def read_spans(path):
    spans = collections.OrderedDict()
    path = pathlib.Path(path)
    for line in path.read_text().splitlines() if path.exists() else []:
        label, pid, now, event = line.split()
        if event == "enter":
            spans[pid] = Span(label, int(pid), float(now), float(now))
        spans[pid].last_s = float(now)
        spans[pid].left |= event == "exit"
    return list(spans.values())


def overlap(spans):
    """Two spans that share a moment, or None."""
    ordered = sorted(spans, key=lambda span: span.enter_s)
    for before, after in zip(ordered, ordered[1:]):
        if after.enter_s <= before.last_s:
            return before, after
    return None
