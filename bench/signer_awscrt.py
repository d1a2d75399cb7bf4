#!/usr/bin/python3
"""Times python3-awscrt (aws-c-auth) with the request of bench/signer, beside which it is to be read.

What is timed is the whole call from Python, with the future that its answer comes in: aws-c-auth has no other door in Debian.
Take the figure as an upper bound of aws-c-auth's own cost.
"""
import datetime
import io
import sys
import time

try:
    from awscrt import auth, http
except ImportError:
    print("skipped: awscrt is missing; install Debian's python3-awscrt")
    sys.exit(77)

BODY = (b'{"TableName":"locks","Item":{"key":{"S":"deploy"},"ownerName":{"S":"host-1:4711:0123456789abcdef"},'
        b'"leaseDuration":{"S":"20000"},"recordVersionNumber":{"S":"0123456789abcdef0123456789abcdef"},"data":{"B":"')
BODY += b"A" * (300 - len(BODY) - 4) + b'"}}}'
ROUNDS = 20_000

provider = auth.AwsCredentialsProvider.new_static("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
config = auth.AwsSigningConfig(algorithm=auth.AwsSigningAlgorithm.V4, signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
                               credentials_provider=provider, region="us-east-1", service="dynamodb",
                               date=datetime.datetime(2015, 8, 30, 12, 36, tzinfo=datetime.timezone.utc))


def sign_once():
    headers = http.HttpHeaders([("Content-Type", "application/x-amz-json-1.0"),
                                ("Host", "dynamodb.us-east-1.amazonaws.com"),
                                ("X-Amz-Target", "DynamoDB_20120810.PutItem")])
    request = http.HttpRequest("POST", "/", headers, io.BytesIO(BODY))
    auth.aws_sign_request(request, config).result()


for _ in range(1_000):
    sign_once()
began = time.perf_counter()
for _ in range(ROUNDS):
    sign_once()
print(f"python3-awscrt: {(time.perf_counter() - began) / ROUNDS * 1e9:.0f} ns a signature, Python and future included")
