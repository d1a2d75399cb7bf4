#!/usr/bin/python3
"""A lock that goes from hand to hand among many processes, against DynamoDB Local: one JSON object.

    bench/handover.py build/release [--quick]
"""

import bench

# Waiters, how long each holds the lock, hand-overs: every process waits several seconds on average, until its pauses are the longest.
_RUNS = [(2, 1500, 16), (16, 400, 40), (64, 100, 160), (256, 25, 640)]
_QUICK = [(2, 50, 4)]
_POLL_MAX_MS = 1000  # LockClientOptions::poll_max


def main():
    build, quick = bench.arguments(__doc__)
    with bench.dynamodb_local(build) as url:
        runs = [bench.run(build / "bench/handover", url, *each) for each in (_QUICK if quick else _RUNS)]
    bench.show({"poll_interval_max_ms": _POLL_MAX_MS, "runs": runs})


if __name__ == "__main__":
    main()
