#!/usr/bin/python3
"""How many leases one Renewer keeps, against a server that takes 20 ms or 100 ms an answer: one JSON object.

    bench/leases.py build/release [--quick]
"""

import contextlib
import subprocess

import bench

_GROWTH = [(100, 12), (1000, 12), (5000, 12), (10_000, 60), (20_000, 60)]
# Up to the first loss; the largest that was kept is then kept for the whole time.
_SLOW = [1000, 3000, 6000, 10_000]
_SLOW_S, _LONG_S = 12, 60


@contextlib.contextmanager
def delaying(build, delay_ms):
    """The delaying server; its address."""
    with subprocess.Popen([build / "bench/delay_server", str(delay_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.stdin.close()  # Its end.


def kept(build, delay_ms, count, seconds):
    # A server of its own for each: no run meets the connections of the one before.
    with delaying(build, delay_ms) as url:
        return bench.run(build / "bench/leases", url, count, seconds)


def slow_limit(build):
    """The runs at 100 ms an answer."""
    runs = []
    for count in _SLOW:
        runs.append(kept(build, 100, count, _SLOW_S))
        if runs[-1]["lost"]:
            break
    good = [run["leases"] for run in runs if not run["lost"]]
    return runs + [kept(build, 100, good[-1], _LONG_S)] if good else runs


def main():
    build, quick = bench.arguments(__doc__)
    if quick:
        figures = {"20": [kept(build, 20, 50, 2)], "100": [kept(build, 100, 20, 2)]}
    else:
        figures = {"20": [kept(build, 20, *each) for each in _GROWTH], "100": slow_limit(build)}
    bench.show({"lease_ms": 10_000, "runs_by_answer_ms": figures})


if __name__ == "__main__":
    main()
