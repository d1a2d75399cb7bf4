#!/usr/bin/python3
"""put_item against a canned server, beside a bare libcurl loop that sends the same bytes, and botocore: one run, one JSON object.

    bench/client.py build/release/bench/client [--requests N] [--growth N]

The ratio is of CPU times: what the client costs beyond libcurl itself. --growth: how far the heap grows over N requests.
"""

import argparse
import importlib.util
import json
import re
import socket
import statistics
import subprocess
import threading
import time

from canned_server import CannedServer

_REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_BOTOCORE_ROUNDS = 5
# What two signers may differ in, signing the same at different times.
_DIFFERS = re.compile(rb"x-amz-date: \S+|Signature=[0-9a-f]+|Credential=\S+|^host: \S+", re.MULTILINE | re.IGNORECASE)


def run(program, url, *options, timeout_s=3600):
    return json.loads(subprocess.run([program, url, *options], check=True, stdout=subprocess.PIPE, timeout=timeout_s).stdout)


def captured(program, which):
    """The one request that the program sends, byte for byte."""
    requests = []

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            data = b""
            while (end := data.find(b"\r\n\r\n")) < 0 or len(data) < end + 4 + _length(data[:end]):
                data += connection.recv(65536)
            connection.sendall(_REPLY)
            requests.append(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        run(program, f"http://127.0.0.1:{listener.getsockname()[1]}", "--requests", "1", "--rounds", "1", "--only", which, timeout_s=10)
        thread.join()
    return requests[0]


def _length(head):
    return int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])


def check_same_bytes(program):
    """Both loops send the same, header by header; otherwise the comparison would say nothing."""
    bare, put = (sorted(_DIFFERS.sub(b"", captured(program, which)).split(b"\r\n")) for which in ("bare", "put_item"))
    if bare != put:
        raise SystemExit(f"the bare loop does not send what put_item sends:\n{bare}\n{put}")


def time_botocore(url, requests):
    if importlib.util.find_spec("botocore") is None:
        return None
    import botocore
    import botocore.config
    import botocore.session
    client = botocore.session.Session().create_client(
        "dynamodb", region_name="us-east-1", endpoint_url=url, aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        config=botocore.config.Config(retries={"total_max_attempts": 1}))
    item = {"key": "deploy", "ownerName": "host-1:4711:0123456789abcdef", "leaseDuration": "20000",
            "recordVersionNumber": "0123456789abcdef0123456789abcdef"}
    item["note"] = "A" * (300 - 4 - sum(len(name) + len(value) for name, value in item.items()))
    request = {"TableName": "locks", "Item": {name: {"S": value} for name, value in item.items()},
               "ConditionExpression": "attribute_not_exists(#k)", "ExpressionAttributeNames": {"#k": "key"},
               "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    try:
        client.put_item(**request)
    except botocore.exceptions.ParamValidationError:
        del request["ReturnValuesOnConditionCheckFailure"]  # Older than this parameter: some bytes less to send.
    samples = []
    for _ in range(_BOTOCORE_ROUNDS):
        wall, cpu = time.monotonic(), time.process_time()
        for _ in range(requests):
            client.put_item(**request)
        samples.append((requests / (time.monotonic() - wall), (time.process_time() - cpu) / requests * 1e6))
    client.close()
    rate, cpu = (statistics.median(column) for column in zip(*samples))
    return {"version": botocore.__version__, "requests_per_second": round(rate), "cpu_us_per_request": round(cpu, 1)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", help="the benchmark's program, e.g. build/release/bench/client")
    parser.add_argument("--requests", type=int, default=200_000, help="of each loop (default: %(default)s)")
    parser.add_argument("--growth", type=int, default=0, metavar="N", help="also look for memory growth over N requests")
    options = parser.parse_args()
    check_same_bytes(options.program)
    with CannedServer() as server:
        figures = run(options.program, server.url, "--requests", str(options.requests))
        figures["with_a_session_token_of_1000_bytes"] = run(
            options.program, server.url, "--requests", str(options.requests // 4), "--token-bytes", "1000")
        figures["botocore"] = time_botocore(server.url, max(options.requests // 500, 1))
        if options.growth:
            figures["growth"] = run(options.program, server.url, "--growth", "--requests", str(options.growth))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
