"""Checks a request's Signature Version 4 as AWS does, with botocore's signer: one that shares no code with ours.

The rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The refusals (status,
type and wording) are those of DynamoDB itself, which answers 400 to all of them where other services answer 403.
"""

import calendar
import dataclasses
import hashlib
import hmac
import re
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .message import error_reply

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key_id>[^/,\s]+)/(?P<date>\d{8})/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/"
    r"(?P<end>[^/,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})")


@dataclasses.dataclass(frozen=True)
class Refusal:
    code: str
    message: str
    namespace: str = "com.amazon.coral.service"

    def reply(self, status):
        return error_reply(status, self.code, self.message, self.namespace)


@dataclasses.dataclass(frozen=True)
class Key:
    """What AWS knows of an access key id."""

    secret: str
    token: str = None


def parse_key(text):
    """KEY_ID:SECRET[:TOKEN], as on the command line."""
    key_id, _, rest = text.partition(":")
    secret, colon, token = rest.partition(":")
    if not key_id or not secret:
        raise ValueError("a key is written KEY_ID:SECRET or KEY_ID:SECRET:TOKEN")
    return key_id, Key(secret, token if colon else None)


class Verifier:
    """keys: id -> Key. clock_window_s: how far X-Amz-Date may be from now, either way; None: any time is fine."""

    def __init__(self, keys, clock_window_s=300, region=None, now=time.time):
        self.keys = dict(keys)
        self.clock_window_s = clock_window_s
        self.region = region
        self._now = now

    def check(self, request):
        """None where AWS would accept the request, else its Refusal."""
        authorization = request.headers.all("authorization")
        if not authorization:
            return Refusal("MissingAuthenticationTokenException", "Request is missing Authentication Token")
        match = _AUTHORIZATION.fullmatch(authorization[0])
        if match is None or len(authorization) > 1:
            return Refusal("IncompleteSignatureException", "Authorization header is not as Signature Version 4 demands")
        key = self.keys.get(match["key_id"])
        if key is None or key.token != request.headers.get("x-amz-security-token"):
            return Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        timestamp = request.headers.get("x-amz-date") or ""
        return (self._check_scope(match, timestamp) or self._check_headers(match, request) or
                self._check_clock(timestamp) or self._check_signature(match, request, key, timestamp))

    def _check_scope(self, match, timestamp):
        if re.fullmatch(r"\d{8}T\d{6}Z", timestamp) is None:
            return Refusal("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.")
        if match["date"] != timestamp[:8]:
            return _invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
        if match["service"] != "dynamodb":
            return _invalid("Credential should be scoped to correct service: 'dynamodb'.")
        if match["end"] != "aws4_request":
            return _invalid("Credential should be scoped with a valid terminator: 'aws4_request'")
        if self.region not in (None, match["region"]):
            return _invalid(f"Credential should be scoped to a valid region, not '{match['region']}'.")
        return None

    def _check_headers(self, match, request):
        """The host and every x-amz- header must be covered: else someone between could exchange them."""
        signed = match["headers"].split(";")
        if "host" not in signed:
            return _invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.")
        present = {name.lower() for name, _ in request.headers}
        for name in sorted(present):
            if name.startswith("x-amz-") and name not in signed:
                return _invalid(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
        for name in signed:
            if name not in present:
                return _invalid(f"The signed header '{name}' is not in the request.")
        return None

    def _check_clock(self, timestamp):
        if self.clock_window_s is None:
            return None
        try:
            signed_at = calendar.timegm(time.strptime(timestamp, "%Y%m%dT%H%M%SZ"))
        except ValueError:
            return _invalid(f"'{timestamp}' is not a date.")
        now = self._now()
        written = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        minutes = self.clock_window_s // 60
        if signed_at < now - self.clock_window_s:
            return _invalid(f"Signature expired: {timestamp} is more than {minutes} min. before {written}")
        if signed_at > now + self.clock_window_s:
            return _invalid(f"Signature not yet current: {timestamp} is more than {minutes} min. after {written}")
        return None

    def _check_signature(self, match, request, key, timestamp):
        # botocore trusts this header where it is there; AWS compares it with the body.
        declared = request.headers.get("x-amz-content-sha256")
        if declared is not None and declared != hashlib.sha256(request.body).hexdigest():
            return _invalid("The provided 'x-amz-content-sha256' header does not match what was computed.")
        signed = set(match["headers"].split(";"))
        rebuilt = AWSRequest(request.method, f"http://{request.headers.get('host')}{request.target}", data=request.body)
        for name, value in request.headers:
            if name.lower() in signed:
                rebuilt.headers.add_header(name, value)
        rebuilt.context["timestamp"] = timestamp
        signer = SigV4Auth(Credentials("-", key.secret), match["service"], match["region"])
        computed = signer.signature(signer.string_to_sign(rebuilt, signer.canonical_request(rebuilt)), rebuilt)
        if hmac.compare_digest(computed, match["signature"]):
            return None
        return _invalid("The request signature we calculated does not match the signature you provided. Check your AWS "
                        "Secret Access Key and signing method. Consult the service documentation for details.")


def _invalid(message):
    return Refusal("InvalidSignatureException", message)
