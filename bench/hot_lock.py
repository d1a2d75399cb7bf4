#!/usr/bin/python3
"""One lock that a thousand or ten thousand wait for, in simulated time: one JSON object.

    bench/hot_lock.py build/release [--quick]
"""

import bench

_SCENARIOS = ("steady", "turnover", "crash")
_RUNS = [(1000, 50, 1000), (1000, 50, 3000), (10_000, 50, 1000), (10_000, 50, 10_000), (10_000, 50, 30_000)]
_QUICK = [(50, 50, 1000)]


def main():
    build, quick = bench.arguments(__doc__)
    runs = [bench.run(build / "bench/hot_lock", scenario, *each, 10 if quick else 30)
            for each in (_QUICK if quick else _RUNS) for scenario in _SCENARIOS]
    bench.show({"read_units_per_second_max": 3000, "write_units_per_second_max": 1000, "runs": runs})


if __name__ == "__main__":
    main()
