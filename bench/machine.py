#!/usr/bin/python3
"""The machine that a run is made on: one JSON object."""

import json

import bench

print(json.dumps(bench.machine(), indent=2))
