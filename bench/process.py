#!/usr/bin/python3
"""`dynamutex run NAME -- true` as a whole process, beside what else could have been called: one JSON object.

    bench/process.py build/release [--quick]
"""

import os
import pathlib
import shutil
import tempfile

import bench
from canned_server import CannedServer

_ROUNDS, _QUICK_ROUNDS = 60, 3
_AWS_ROUNDS, _AWS_QUICK_ROUNDS = 5, 1
_REQUEST = '{"TableName":"locks","Item":{"key":{"S":"bench"},"ownerName":{"S":"host-1:4711:0123456789abcdef"}}}'


def curl(url, operation):
    return ["curl", "--silent", "--fail", "--aws-sigv4", "aws:amz:us-east-1:dynamodb", "--user", "AKIDEXAMPLE:secret",
            "--header", f"X-Amz-Target: DynamoDB_20120810.{operation}", "--header", "Content-Type: application/x-amz-json-1.0",
            "--data", _REQUEST, url]


def aws_cli(command, url):
    aws = [command, "--endpoint-url", url, "--region", "us-east-1", "dynamodb"]
    return [*aws, "put-item", "--table-name", "locks", "--item", '{"key":{"S":"bench"}}', "--condition-expression",
            "attribute_not_exists(#k)", "--expression-attribute-names", '{"#k":"key"}'], \
        [*aws, "delete-item", "--table-name", "locks", "--key", '{"key":{"S":"bench"}}']


def joined(*commands):
    return [word for number, command in enumerate(commands) for word in ([":+"] if number else []) + list(command)]


def compare(build, rounds, subjects, environment):
    words = [word for number, (label, command) in enumerate(subjects.items())
             for word in ([] if number == 0 else ["::"]) + [label, *command]]
    return bench.run(build / "bench" / "process_cost", str(rounds), *words, environment=environment)


def main():
    build, quick = bench.arguments(__doc__)
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    with CannedServer() as server, tempfile.TemporaryDirectory(prefix="process-") as scratch:
        # An empty home: no configuration of whoever runs this.
        environment = {"PATH": "/usr/bin:/bin", "HOME": scratch, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
                       "AWS_REGION": "us-east-1"}
        figures = compare(build, rounds, {
            "dynamutex": [str(build / "src/cli/dynamutex"), "--endpoint-url", server.url, "run", "bench", "--", "true"],
            "floor": [str(build / "bench/process_floor"), server.url],
            "flock": ["flock", os.path.join(scratch, "lock"), "true"],
            "two_curls": joined(curl(server.url, "PutItem"), curl(server.url, "DeleteItem")),
        }, environment)
        if aws := shutil.which("aws", path=environment["PATH"]):
            figures |= compare(build, _AWS_QUICK_ROUNDS if quick else _AWS_ROUNDS,
                               {"two_aws_cli_calls": joined(*aws_cli(aws, server.url))}, environment)
    bench.show({"rounds": rounds, "costs": figures,
                "wall_ratio_to_floor": bench.ratio(figures["dynamutex"]["wall_ms"], figures["floor"]["wall_ms"]),
                "peak_ratio_to_floor": bench.ratio(figures["dynamutex"]["peak_kib"], figures["floor"]["peak_kib"])})


if __name__ == "__main__":
    main()
