#!/usr/bin/python3
"""Signs random requests with dynamutex and with botocore, and compares every intermediate.

Usage: sigv4_botocore.py DRIVER [--cases N] [--seed S]

Exit code: 0 no difference, 1 a difference (it is printed, with the seed that replays it), 77 botocore is missing.

What the generator keeps from botocore, because botocore does it differently by design, is in BY_DESIGN below; each of
those is tried, too, and has to come out as it is described there.
"""
import argparse
import random
import subprocess
import sys
from urllib.parse import quote

try:
    from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    print("skipped: botocore is missing; install Debian's python3-botocore")
    sys.exit(77)

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~"
WIDE = "äßéñ€日本語ሴ😀"
# Never signed by dynamutex, but by botocore: proxies rewrite or drop them. Given to dynamutex only.
HOP_BY_HOP = ["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authorization",
              "Proxy-Connection", "Authorization"]
NEVER_SIGNED_BY_BOTH = ["User-Agent", "Expect", "X-Amzn-Trace-Id"]
# Set by the signers themselves. botocore also rewrites `Date`.
RESERVED = {"host", "date", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}


class Case:
    """One request with all that signing it takes. `pairs` is the query as decoded names and values."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def line(self):
        def hexed(text):
            return text.encode().hex()

        headers = ",".join(f"{hexed(name)}:{hexed(value)}" for name, value in self.headers)
        flags = "".join(flag for flag in "ndts" if getattr(self, flag))
        payload = "unsigned" if self.unsigned else "body:" + self.body.hex()
        return "\t".join([self.form, flags, hexed(self.method), hexed(self.path), hexed(self.query), headers, payload,
                          hexed(self.key_id), hexed(self.secret), hexed(self.token), hexed(self.region),
                          hexed(self.service), self.date])


def text_of(rng, alphabet, least, most):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def random_path(rng, single):
    """A path as in the request line. Single encoding is S3's: botocore takes the path as it stands, so it is canonical."""
    def segment():
        kind = rng.random()
        if kind < 0.12:
            return rng.choice(["", ".", "..", "...", ".a", "..b"])
        text = text_of(rng, UNRESERVED + " !$&'()*+,;=:@" + WIDE, 1, 12)
        if single:
            return quote(text, safe="-._~")
        if kind < 0.4:
            return quote(text) + rng.choice(["", "%", "%2", "%2F", "%25", "%e1", "%zz"])
        return text

    if rng.random() < 0.1:
        return "/"
    return "/" + "/".join(segment() for _ in range(rng.randint(1, 6)))


def loosely_encoded(rng, text):
    """One of the many ways to write `text` in a query; all mean the same."""
    out = []
    for char in text:
        if char in "&=#+%" or rng.random() < 0.3:
            digits = "%02x" if rng.random() < 0.5 else "%02X"
            out.append("".join("%" + digits % byte for byte in char.encode()))
        else:
            out.append(char)
    return "".join(out)


def random_pairs(rng, unique):
    names = [text_of(rng, UNRESERVED + " +&=%/?" + WIDE, 1, 8) for _ in range(rng.choice([0, 0, 1, 2, 3, 8]))]
    if unique:
        names = list(dict.fromkeys(names))
    elif names and rng.random() < 0.3:
        names.append(names[0])
    return [(name, text_of(rng, UNRESERVED + " +&=%/?;:" + WIDE, 0, 10)) for name in names]


def random_value(rng):
    if rng.random() < 0.1:
        return ""
    value = text_of(rng, UNRESERVED + "    \t,;:\"'/()[]{}=?" + WIDE, 1, 40)
    return value + " " * rng.choice([0, 0, 0, 1, 3])


def random_headers(rng):
    headers = []
    for _ in range(rng.choice([0, 1, 2, 3, 5, 12, 40])):
        name = text_of(rng, TOKEN, 1, 20)
        if headers and rng.random() < 0.2:
            other = rng.choice(headers)[0]
            name = rng.choice([other, other.upper(), other + "1", other[:-1] or other])
        if name.lower() in RESERVED or name.lower() in {h.lower() for h in HOP_BY_HOP} or name.lower().startswith("proxy-"):
            continue
        headers.append((name, random_value(rng)))
    for name in NEVER_SIGNED_BY_BOTH:
        if rng.random() < 0.1:
            headers.append((name, random_value(rng)))
    host = text_of(rng, "abcdefghijklmnopqrstuvwxyz0123456789-.", 1, 60) + rng.choice(["", ":8000"])
    headers.insert(rng.randint(0, len(headers)), (rng.choice(["Host", "host", "HOST"]), host))
    return headers


def random_case(rng):
    s3 = rng.random() < 0.3
    query_form = rng.random() < 0.3
    pairs = random_pairs(rng, unique=query_form)
    headers = random_headers(rng)
    hop_by_hop = [(name, random_value(rng)) for name in HOP_BY_HOP if rng.random() < 0.05]
    unsigned = s3 if query_form else rng.random() < 0.1
    date = "%04d%02d%02dT%02d%02d%02dZ" % (rng.randint(1970, 9999), rng.randint(1, 12), rng.randint(1, 28),
                                           rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59))
    visible = "".join(chr(c) for c in range(0x21, 0x7f))
    scope_name = "".join(c for c in visible if c not in "/,")
    case = Case(
        form=str(rng.choice([1, 60, 3600, 604800, rng.randint(1, 604800)])) if query_form else "header",
        n=not s3, d=not s3, t=True, s=not query_form and (s3 or unsigned), s3=s3, unsigned=unsigned,
        method=rng.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
        path=random_path(rng, single=s3), pairs=pairs,
        query="&".join(loosely_encoded(rng, name) + ("=" if value or rng.random() < 0.5 else "") +
                       loosely_encoded(rng, value) for name, value in pairs),
        headers=headers + hop_by_hop, botocore_headers=headers,
        body=b"" if query_form else rng.randbytes(rng.choice([0, 1, 55, 56, 63, 64, 65, 300, rng.randint(0, 5000)])),
        key_id=text_of(rng, scope_name, 1, 40), secret=text_of(rng, visible + WIDE, 1, rng.choice([40, 59, 60, 61, 200])),
        token=text_of(rng, visible, 1, 1200) if rng.random() < 0.5 else "",
        region=rng.choice(["us-east-1", "eu-central-1", text_of(rng, scope_name, 1, 30)]),
        service=rng.choice(["dynamodb", "s3", text_of(rng, scope_name, 1, 30)]), date=date)
    return case


def botocore_answer(case):
    query_form = case.form != "header"
    request = AWSRequest(method=case.method, url="https://example.com" + case.path, data=case.body)
    if query_form:
        # SigV4QueryAuth takes the query from the URL only.
        query = "&".join(quote(name, safe="") + "=" + quote(value, safe="") for name, value in case.pairs)
        request.url += "?" + query if query else ""
    else:
        request.params = case.pairs
    for name, value in case.botocore_headers:
        request.headers[name] = value
    request.context["timestamp"] = case.date
    request.context["payload_signing_enabled"] = not case.unsigned
    credentials = Credentials(case.key_id, case.secret, case.token or None)
    if query_form:
        kind = S3SigV4QueryAuth if case.s3 else SigV4QueryAuth
        signer = kind(credentials, case.service, case.region, expires=int(case.form))
    else:
        kind = S3SigV4Auth if case.s3 else SigV4Auth
        signer = kind(credentials, case.service, case.region)
    if case.s3 and case.unsigned and not query_form:
        # botocore wants a checksum header for this; the payload's stand-in is what is compared here.
        signer._should_sha256_sign_payload = lambda _: False
    signer._modify_request_before_signing(request)
    canonical = signer.canonical_request(request)
    to_sign = signer.string_to_sign(request, canonical)
    return canonical, to_sign, signer.signature(to_sign, request)


def plain(**changes):
    """A request that both sign alike, to be changed in one respect."""
    case = Case(form="header", n=True, d=True, t=True, s=False, s3=False, unsigned=False, method="GET", path="/",
                pairs=[], query="", headers=[("host", "example.com")], botocore_headers=[("host", "example.com")],
                body=b"", key_id="AKIDEXAMPLE", secret="secret", token="", region="us-east-1", service="service",
                date="20150830T123600Z")
    case.__dict__.update(changes)
    return case


HOST = ("host", "example.com")
# (what, why, the case, the canonical request's part that dynamutex makes of it, or None where it refuses)
BY_DESIGN = [
    ("a line break or another control character in a header", "it is a header injection; botocore folds it away",
     plain(headers=[HOST, ("a", "b\nc")]), None),
    ("no host header", "botocore takes it from the URL; dynamutex signs what will be sent", plain(headers=[]), None),
    ("two host headers", "no server accepts them", plain(headers=[HOST, HOST]), None),
    ("a hop-by-hop header", "proxies rewrite it; botocore signs all but three", plain(headers=[HOST, ("connection", "x")]),
     "host:example.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n"),
    ("Unicode white space in a value", "only space and tab are blanks of HTTP; botocore splits at U+00A0 too",
     plain(headers=[HOST, ("a", "b\u00a0 c")]), "a:b\u00a0 c\n"),
    ("a plus in the raw query", "it is a plus (RFC 3986); botocore copies it unencoded", plain(query="a=b+c"), "a=b%2Bc\n"),
    ("a raw query that is not encoded", "it is encoded; botocore copies it", plain(query="a=b c"), "a=b%20c\n"),
    ("'=' in a value", "it is encoded; botocore copies it", plain(query="a=b=c"), "a=b%3Dc\n"),
    ("empty pieces of a query", "they are no parameters; botocore makes '=' of each", plain(query="a=1&&b=2&"),
     "\na=1&b=2\n"),
    ("'%' without two hexadecimal digits in a query", "it has no meaning; botocore copies it", plain(query="a=%zz"), None),
    ("a method in lower case", "methods are case-sensitive; botocore changes it", plain(method="get"), None),
    ("a path that does not start with '/'", "it is no path of a request line", plain(path="a"), None),
    ("an empty secret", "it cannot be right; botocore signs with it", plain(secret=""), None),
    ("an empty region", "it cannot be right; botocore signs with it", plain(region=""), None),
    ("a life of more than seven days", "AWS refuses it; botocore signs it", plain(form="604801"), None),
    ("a path that is not encoded, singly encoded", "S3 compares with the encoded path; botocore copies it",
     plain(n=False, d=False, path="/a b%2bc"), "GET\n/a%20b%2Bc\n"),
]


def unhex(text):
    return bytes.fromhex(text).decode("utf-8", "replace")


def run_driver(driver, cases):
    lines = "".join(case.line() + "\n" for case in cases)
    answers = subprocess.run([driver], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    return [answer.split("\t") for answer in answers.splitlines()]


def differences(cases, answers):
    for index, (case, answer) in enumerate(zip(cases, answers)):
        if answer[0] == "error":
            yield index, case, "dynamutex refuses it: " + unhex(answer[1])
            continue
        ours = (unhex(answer[1]), unhex(answer[2]), answer[3])
        theirs = botocore_answer(case)
        for stage, mine, other in zip(["canonical request", "string to sign", "signature"], ours, theirs):
            if mine != other:
                yield index, case, f"the {stage} differs\n--- dynamutex\n{mine}\n--- botocore\n{other}"
                break


def check_by_design(driver):
    """The listed differences that are not as listed."""
    wrong = []
    answers = run_driver(driver, [case for _, _, case, _ in BY_DESIGN])
    for (what, why, _, part), answer in zip(BY_DESIGN, answers):
        as_listed = answer[0] == "error" if part is None else answer[0] == "ok" and part in unhex(answer[1])
        print(f"by design: {what}: {'refused' if part is None else 'signed otherwise'} ({why})")
        if not as_listed:
            wrong.append(what)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("driver")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20150830)
    arguments = parser.parse_args()

    wrong = check_by_design(arguments.driver)
    for what in wrong:
        print(f"not as listed: {what}")
    found = 0
    batch = 5_000
    for first in range(0, arguments.cases, batch):
        seeds = range(arguments.seed + first, arguments.seed + min(first + batch, arguments.cases))
        cases = [random_case(random.Random(seed)) for seed in seeds]
        answers = run_driver(arguments.driver, cases)
        if len(answers) != len(cases):
            print(f"the driver answered {len(answers)} of {len(cases)} cases")
            return 1
        for index, case, what in differences(cases, answers):
            found += 1
            if found <= 5:
                print(f"case of --seed {seeds[index]} --cases 1: {what}\n{case.__dict__}")
    print(f"{arguments.cases} cases from seed {arguments.seed}: {found} differences")
    return 1 if found or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
