"""Answers that no honest server gives. Each class is one action of rules.py; `applied` forwards the request all the same."""

import base64
import gzip
import zlib

from .faults import Fault, action
from .message import Headers, Reply, json_reply


class Answer(Fault):
    """Replaces the reply with `answer()`, after forwarding the request where `applied` is set."""

    applied = False

    def answer(self):
        raise NotImplementedError

    async def before(self, exchange):
        if not self.applied:
            exchange.reply = self.answer()

    async def after(self, exchange):
        if self.applied:
            exchange.reply = self.answer()


@action("reply")
class Canned(Answer):
    """Any reply at all. Content-Length is right unless `headers` says otherwise."""

    status: int = 200
    headers: dict = None
    body: str = ""
    body_base64: str = None
    applied: bool = False

    def answer(self):
        body = self.body.encode() if self.body_base64 is None else base64.b64decode(self.body_base64)
        reply = json_reply(self.status, body)
        for name, value in (self.headers or {}).items():
            reply.headers.set(name, value)
        return reply


@action("redirect")
class Redirect(Answer):
    """A client that follows would send its signed request to a stranger."""

    location: str
    status: int = 307
    applied: bool = False

    def answer(self):
        reply = json_reply(self.status, b"")
        reply.headers.set("Location", self.location)
        return reply


@action("endless_body")
class EndlessBody(Answer):
    """Bytes without end, with a Content-Length that never comes true (`declared`) or with none."""

    declared: bool = False
    applied: bool = False

    def answer(self):
        headers = Headers([("Content-Type", "application/x-amz-json-1.0")])
        if self.declared:
            headers.set("Content-Length", 1 << 40)
        return Reply(200, headers, b'{"Item":{"x":{"S":"' + b"x" * 16384, endless=True)


@action("gzip_bomb")
class GzipBomb(Answer):
    """A small body that becomes `mib` mebibytes where a client unpacks it."""

    mib: int = 256
    applied: bool = False

    def answer(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = b" " * (1 << 20)
        body = b"".join(packer.compress(zeros) for _ in range(self.mib)) + packer.flush()
        reply = json_reply(200, body)
        reply.headers.set("Content-Encoding", "gzip")
        return reply


@action("header_flood")
class HeaderFlood(Answer):
    """`count` headers of `bytes` bytes each before an honest body."""

    count: int = 10000
    bytes: int = 1000
    applied: bool = False

    def answer(self):
        reply = json_reply(200, {})
        reply.headers[:0] = [(f"X-Flood-{n}", "x" * self.bytes) for n in range(self.count)]
        return reply


@action("informational_storm")
class InformationalStorm(Fault):
    """`count` interim replies (1xx) before the real one."""

    count: int = 1000
    status: int = 102

    async def after(self, exchange):
        exchange.reply.prefix = f"HTTP/1.1 {self.status} Wait\r\n\r\n".encode() * self.count


@action("wrong_crc32")
class WrongCrc(Fault):
    """The checksum of other bytes than those that come."""

    async def after(self, exchange):
        exchange.reply.headers.set("x-amz-crc32", zlib.crc32(exchange.reply.body) ^ 1)


@action("gzip")
class Gzip(Fault):
    """An honest reply, packed, as a server may answer a client that allows it; the checksum is that of the packed bytes."""

    async def after(self, exchange):
        exchange.reply.replace_body(gzip.compress(exchange.reply.body))
        exchange.reply.headers.set("Content-Encoding", "gzip")
