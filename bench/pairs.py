#!/usr/bin/python3
"""Taking a free lock and giving it back, against nginx that answers `{}` and against DynamoDB Local: one JSON object.

    bench/pairs.py build/release [--quick]

Beside a bare libcurl loop that sends the same bytes, boto3, and the npm package dynamodb-lock-client.
"""

import importlib.util
import pathlib
import shutil
import sys

import bench
from canned_server import CannedServer

_HERE = pathlib.Path(__file__).resolve().parent
_ROUNDS = 20


def others(build, url, pairs, rounds):
    """Those clients that are installed."""
    figures = {}
    if importlib.util.find_spec("boto3"):
        figures["boto3"] = bench.run(sys.executable, "-B", _HERE / "pairs_boto3.py", url, pairs, rounds)
    modules = bench.servers_folder() / "dynamodb-lock-client" / "node_modules"
    node = shutil.which("node")
    if node and modules.is_dir():
        figures["dynamodb_lock_client"] = bench.run(node, _HERE / "pairs_node.js", modules, url, pairs, rounds)
    return figures


def main():
    build, quick = bench.arguments(__doc__)
    program = build / "bench/pairs"
    rounds = 2 if quick else _ROUNDS
    with CannedServer() as server:
        pairs = 200 if quick else 60_000
        canned = bench.run(program, server.url, pairs, rounds)
        before = server.requests()
        alone = bench.run(program, server.url, pairs // 10, rounds, "dynamutex")
        canned["requests_per_pair_at_the_server"] = round((server.requests() - before) / (alone["pairs"] + alone["pairs_not_timed"]), 4)
        canned |= others(build, server.url, 20 if quick else 2000, 2 if quick else 5)
    with bench.dynamodb_local(build) as url:
        bench.run(program, url, 20 if quick else 4000, 2)  # The server's own compiler needs to warm up.
        # Its times vary by more than what is looked for: many short turns meet it in the same mood.
        local = bench.run(program, url, 20 if quick else 12_000, 5 * rounds)
        local |= others(build, url, 20 if quick else 1000, 2 if quick else 5)
    bench.show({"canned": canned, "dynamodb_local": local})


if __name__ == "__main__":
    main()
