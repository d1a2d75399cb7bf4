"""HTTP/1.1 messages as bytes on a stream, read strictly and written exactly as asked."""

import asyncio
import dataclasses
import email.utils
import json
import secrets
import zlib

HEAD_BYTES_MAX = 64 * 1024
BODY_BYTES_MAX = 16 * 1024 * 1024


class BadMessage(Exception):
    """What came is not HTTP/1.1 as DynamoDB's clients and servers speak it."""


class Headers(list):
    """Pairs in the order they came; names compare without case."""

    def get(self, name, default=None):
        return next((value for key, value in self if key.lower() == name.lower()), default)

    def all(self, name):
        return [value for key, value in self if key.lower() == name.lower()]

    def remove(self, name):
        self[:] = [(key, value) for key, value in self if key.lower() != name.lower()]

    def set(self, name, value):
        self.remove(name)
        self.append((name, str(value)))


def _json_or_none(body):
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


@dataclasses.dataclass
class Request:
    method: str
    target: str
    headers: Headers
    body: bytes
    raw: bytes  # exactly what came, for forwarding

    @property
    def operation(self):
        return (self.headers.get("x-amz-target") or "").rpartition(".")[2]

    @property
    def document(self):
        return _json_or_none(self.body)


@dataclasses.dataclass
class Reply:
    status: int
    headers: Headers
    body: bytes = b""
    prefix: bytes = b""  # written before the status line, for replies that are not HTTP as it should be
    endless: bool = False  # the body repeats until the other side gives up

    @property
    def document(self):
        return _json_or_none(self.body)

    def head(self):
        lines = [f"HTTP/1.1 {self.status} {'OK' if self.status < 300 else 'Error'}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"

    def to_bytes(self):
        return self.prefix + self.head() + self.body

    def replace_body(self, body):
        """Gives the reply another body, with the headers that describe it put right."""
        self.body = body
        self.headers.remove("transfer-encoding")
        self.headers.set("Content-Length", len(body))
        if self.headers.get("x-amz-crc32") is not None:
            self.headers.set("x-amz-crc32", zlib.crc32(body))


def json_reply(status, document):
    """A reply of the proxy's own, with the headers that AWS always sends."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status, Headers([
        ("Date", email.utils.formatdate(usegmt=True)), ("x-amzn-RequestId", secrets.token_hex(26).upper()),
        ("Content-Type", "application/x-amz-json-1.0"), ("x-amz-crc32", str(zlib.crc32(body))),
        ("Content-Length", str(len(body)))]), body)


def error_reply(status, code, message, namespace="com.amazonaws.dynamodb.v20120810"):
    return json_reply(status, {"__type": f"{namespace}#{code}", "message": message})


async def _read_head(reader):
    """The start line and the headers; None where the other side closed between two messages."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as ended:
        if ended.partial:
            raise BadMessage("closed inside a header") from None
        return None
    except asyncio.LimitOverrunError:
        raise BadMessage("header too long") from None
    start, *lines = raw[:-4].decode("latin-1").split("\r\n")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadMessage(f"not a header: {line[:60]!r}")
        headers.append((name, value.strip()))
    return raw, start, headers


async def _read_exactly(reader, size):
    try:
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        raise BadMessage("closed inside a body") from None


async def _read_body(reader, headers, until_close):
    """The body and its bytes on the wire."""
    if "chunked" in (headers.get("transfer-encoding") or "").lower():
        body, raw = b"", b""
        while True:
            line = await reader.readline()
            size = int(line.split(b";")[0], 16)
            chunk = await _read_exactly(reader, size + 2)
            body, raw = body + chunk[:-2], raw + line + chunk
            if size == 0:
                return body, raw
            if len(body) > BODY_BYTES_MAX:
                raise BadMessage("body too long")
    length = headers.get("content-length")
    if length is None:
        body = await reader.read(BODY_BYTES_MAX) if until_close else b""
        return body, body
    if not length.isdigit() or int(length) > BODY_BYTES_MAX:
        raise BadMessage(f"bad Content-Length: {length[:40]!r}")
    body = await _read_exactly(reader, int(length))
    return body, body


async def read_request(reader, writer):
    """The next request, or None where the client closed the connection."""
    head = await _read_head(reader)
    if head is None:
        return None
    raw, start, headers = head
    words = start.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadMessage(f"not a request line: {start[:60]!r}")
    if (headers.get("expect") or "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body, raw_body = await _read_body(reader, headers, until_close=False)
    return Request(words[0], words[1], headers, body, raw + raw_body)


async def parse_request(data):
    """The request that these bytes are, or None where they are only the start of one."""
    reader = asyncio.StreamReader(limit=HEAD_BYTES_MAX)
    reader.feed_data(data)
    reader.feed_eof()
    try:
        return await read_request(reader, None)
    except BadMessage:
        return None


async def read_reply(reader):
    head = await _read_head(reader)
    if head is None:
        raise BadMessage("closed without an answer")
    _, start, headers = head
    words = start.split(" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        raise BadMessage(f"not a status line: {start[:60]!r}")
    body, _ = await _read_body(reader, headers, until_close=True)
    reply = Reply(int(words[1]), headers, body)
    if headers.get("transfer-encoding"):
        headers.remove("transfer-encoding")
        headers.set("Content-Length", len(body))
    return reply
