#!/usr/bin/python3
"""Taking a free lock and giving it back by two conditional requests of boto3: one JSON object.

    pairs_boto3.py URL PAIRS ROUNDS
"""

import json
import statistics
import sys
import time

import boto3
import botocore.config


def main():
    url, pairs, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    table = boto3.resource(
        "dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret",
        config=botocore.config.Config(retries={"total_max_attempts": 1})).Table("locks")

    def pair():
        table.put_item(Item={"key": "uncontended-boto3", "ownerName": "host-1:4711:0123456789abcdef", "leaseDuration": "20000",
                             "recordVersionNumber": "0123456789abcdef0123456789abcdef", "expiresAt": 1_800_000_000_000,
                             "ttl": 1_800_604_800},
                       ConditionExpression="attribute_not_exists(#k)", ExpressionAttributeNames={"#k": "key"})
        table.delete_item(Key={"key": "uncontended-boto3"}, ConditionExpression="recordVersionNumber = :v",
                          ExpressionAttributeValues={":v": "0123456789abcdef0123456789abcdef"})

    for _ in range(20):
        pair()
    rates, cpus, latencies = [], [], []
    each = max(pairs // rounds, 1)
    for _ in range(rounds):
        cpu, started = time.process_time(), time.monotonic()
        for _ in range(each):
            before = time.monotonic()
            pair()
            latencies.append((time.monotonic() - before) * 1e6)
        rates.append(each / (time.monotonic() - started))
        cpus.append((time.process_time() - cpu) / each * 1e6)
    latencies.sort()
    print(json.dumps({"version": boto3.__version__, "pairs_per_second": round(statistics.median(rates)),
                      "cpu_us_per_pair": round(statistics.median(cpus)), "latency_us_p50": round(statistics.median(latencies)),
                      "latency_us_p99": round(latencies[round(0.99 * (len(latencies) - 1))])}))


if __name__ == "__main__":
    main()
