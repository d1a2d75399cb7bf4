"""What networks and overloaded servers do to a request or its reply. Each class is one action of rules.py.

A fault sees an exchange twice: `before` the request goes upstream and `after` the answer came back. It may change the
bytes, set a reply of its own, wait, or end the connection by raising `HangUp`.
"""

import asyncio
import dataclasses
import email.utils
import time

from .message import error_reply

ACTIONS = {}


def action(name):
    def register(kind):
        ACTIONS[name] = dataclasses.dataclass(kind)
        return ACTIONS[name]
    return register


class HangUp(Exception):
    """Ends the client's connection, after `last_words`; `reset`: with RST instead of FIN."""

    def __init__(self, last_words=b"", reset=False):
        super().__init__("hung up")
        self.last_words = last_words
        self.reset = reset


class Silence(Exception):
    """The client is never answered, and its connection stays open until it gives up."""


class Fault:
    async def before(self, exchange):
        """exchange.wire is what will go upstream; setting exchange.reply keeps it from going."""

    async def after(self, exchange):
        """exchange.reply is what will go to the client."""


@action("drop_request")
class DropRequest(Fault):
    """Lost on the way there: never forwarded."""

    reset: bool = False

    async def before(self, exchange):
        raise HangUp(reset=self.reset)


@action("drop_reply")
class DropReply(Fault):
    """Lost on the way back: applied, and the client does not learn it."""

    reset: bool = False

    async def after(self, exchange):
        raise HangUp(reset=self.reset)


@action("blackhole")
class Blackhole(Fault):
    """A partition: packets vanish and nobody is told. direction: "both" (never forwarded), "reply" (forwarded)."""

    direction: str = "both"

    async def before(self, exchange):
        if self.direction != "reply":
            raise Silence

    async def after(self, exchange):
        raise Silence


@action("refuse_connections")
class RefuseConnections(Fault):
    """Nobody listens (ECONNREFUSED), and what was connected is reset, as long as the rule is there. Takes no match."""


@action("delay_request")
class DelayRequest(Fault):
    ms: float

    async def before(self, exchange):
        await asyncio.sleep(self.ms / 1000)


@action("delay_reply")
class DelayReply(Fault):
    ms: float

    async def after(self, exchange):
        await asyncio.sleep(self.ms / 1000)


@action("duplicate")
class Duplicate(Fault):
    """The same bytes reach the server once more: at once, `after_ms` later, or after a later request that `until` matches
    was answered (an object as in `match`)."""

    after_ms: float = None
    until: object = None

    async def after(self, exchange):
        if self.until is not None:
            exchange.relay.duplicate_after(exchange, self.until)
        elif self.after_ms is not None:
            exchange.relay.duplicate_later(exchange, self.after_ms / 1000)
        else:
            await exchange.relay.send_duplicate(exchange)


@action("cut_request")
class CutRequest(Fault):
    """Both connections end after so many bytes of the request went upstream. All of them: it is applied, unanswered."""

    bytes: int
    reset: bool = False

    async def before(self, exchange):
        if self.bytes < len(exchange.wire):
            await exchange.relay.send_part(exchange, exchange.wire[:self.bytes])
            raise HangUp(reset=self.reset)

    async def after(self, exchange):
        raise HangUp(reset=self.reset)


@action("cut_upload")
class CutUpload(Fault):
    """So many bytes of a request are read from its client, and passed on, while it may still be sending the rest. Then, `end`:

    "reset": RST. "close": FIN, and what the client goes on to send is thrown away. "stall": nothing, and nothing more is read.
    All of the bytes: the request is applied, unanswered. Takes no match but by number.
    """

    bytes: int
    end: str = "reset"

    def __post_init__(self):
        if self.end not in ("reset", "close", "stall"):
            raise TypeError(f"there is no end '{self.end}'; there are: reset, close, stall")


@action("cut_reply")
class CutReply(Fault):
    """The client gets so many bytes of the reply, then its connection ends."""

    bytes: int
    reset: bool = False

    async def after(self, exchange):
        raise HangUp(exchange.reply.to_bytes()[:self.bytes], self.reset)


@action("corrupt_request")
class CorruptRequest(Fault):
    """Turns one byte of the body round on its way there, after the signature was checked; negative: from the end."""

    offset: int = 0

    async def before(self, exchange):
        body = exchange.request.body
        position = len(exchange.wire) - len(body) + self.offset % max(len(body), 1)
        exchange.wire = _flipped(exchange.wire, position)


@action("corrupt_reply")
class CorruptReply(Fault):
    """Turns one byte of the body round on its way back, with all headers as they were; negative: from the end."""

    offset: int = 0

    async def after(self, exchange):
        body = exchange.reply.body
        exchange.reply.body = _flipped(body, self.offset % max(len(body), 1))


def _flipped(data, position):
    return data[:position] + bytes(byte ^ 0xFF for byte in data[position:position + 1]) + data[position + 1:]


@action("error")
class Error(Fault):
    """A failing server, which may have done what it was asked (`applied`) all the same."""

    status: int = 500
    code: str = "InternalServerError"
    message: str = "The request processing has failed because of an unknown error."
    applied: bool = False

    async def before(self, exchange):
        if not self.applied:
            exchange.reply = error_reply(self.status, self.code, self.message)

    async def after(self, exchange):
        if self.applied:
            exchange.reply = error_reply(self.status, self.code, self.message)


@action("throttle")
class Throttle(Fault):
    code: str = "ProvisionedThroughputExceededException"
    message: str = "The rate of requests is too high; slow down."
    retry_after_ms: int = None

    async def before(self, exchange):
        exchange.reply = error_reply(400, self.code, self.message)
        if self.retry_after_ms is not None:
            exchange.reply.headers.set("x-amz-retry-after", self.retry_after_ms)


@action("date")
class Date(Fault):
    """Another server clock, or none: `offset_s` from now, `remove`, or `value` as it stands."""

    offset_s: float = 0
    remove: bool = False
    value: str = None

    async def after(self, exchange):
        headers = exchange.reply.headers
        headers.remove("date")
        if not self.remove:
            headers.set("Date", self.value or email.utils.formatdate(time.time() + self.offset_s, usegmt=True))


@action("headers")
class SetHeaders(Fault):
    """Sets and removes headers of the reply, for instance {"set": {"Age": "30"}}."""

    set: dict = dataclasses.field(default_factory=dict)
    remove: list = dataclasses.field(default_factory=list)

    async def after(self, exchange):
        for name in self.remove:
            exchange.reply.headers.remove(name)
        for name, value in self.set.items():
            exchange.reply.headers.set(name, value)


@action("slow_drip")
class SlowDrip(Fault):
    """The reply comes `bytes` at a time, every `interval_ms`; `after_head`: only the body does."""

    bytes: int = 1
    interval_ms: float = 100
    after_head: bool = False

    async def after(self, exchange):
        exchange.drip = self


@action("stall_after_head")
class StallAfterHead(Fault):
    """The reply's head arrives; its body never does."""

    async def after(self, exchange):
        await exchange.write(exchange.reply.head())
        raise Silence
