#!/usr/bin/python3
"""Writes docs/benchmarks.md and its charts from the figures of a run.

    bench/report.py FIGURES_FOLDER DOCS_FOLDER

FIGURES_FOLDER holds machine.json and one JSON file a benchmark, as scripts/bench writes them.
"""

import json
import pathlib
import sys

import report_sections

_HEAD = """# Benchmarks

What locks cost with dynamutex, beside the least that they could cost and beside what else there is. All of it comes from one run of

```sh
scripts/bench
```

which installs what it needs, builds the `release` preset, runs every program of `bench/` and writes this page; about a quarter of an
hour on two cores. `scripts/bench --quick` only shows that everything works. The figures as JSON are in `build/release/bench/`; each
program also runs alone (`bench/pairs.py build/release`).

{machine}

{conditions}

Every ratio is of two programs that took turns in one run, and each figure is a median. *Bare libcurl* is libcurl's easy interface
sending finished bytes: what an HTTP client on libcurl cannot go below.

| | goal | measured | |
|---|---|---|---|
{goals}
"""


def machine_text(machine):
    return (f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, Linux "
            f"{machine['kernel']}; g++ {machine['compiler']}, {machine['libcurl']}. Servers and clients share it, over loopback, without TLS.")


def conditions_text(figures):
    loads = [each["load_average"] for each in figures.values()]
    # The benchmarks themselves keep both cores busy at times.
    if max(loads) <= 3:
        return f"The machine was otherwise quiet (load average at most {max(loads)} at the end of each benchmark)."
    return (f"**Other work ran on the machine meanwhile** (load average {min(loads)} to {max(loads)} at the ends of the benchmarks): "
            "rates are lower and latencies longer than on a quiet one, and ratios are less sure.")


def goal_row(goal):
    return f"| {goal.number} | {goal.text} | {goal.measured} | {'met' if goal.met else '**missed**'} |"


def main():
    source, target = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    figures = {name: json.loads((source / f"{name}.json").read_text()) for name in report_sections.ALL}
    machine = json.loads((source / "machine.json").read_text())
    target.mkdir(parents=True, exist_ok=True)
    sections = [make(figures[name], target) for name, make in report_sections.ALL.items()]
    goals = "\n".join(goal_row(goal) for section in sections for goal in section.goals)
    head = _HEAD.format(machine=machine_text(machine), conditions=conditions_text(figures), goals=goals)
    (target / "benchmarks.md").write_text(head + "".join(section.text for section in sections))


if __name__ == "__main__":
    main()
