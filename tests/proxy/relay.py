"""The proxy proper: takes requests, checks them, lets the rules meddle, and relays the rest."""

import asyncio
import contextlib
import dataclasses
import itertools
import socket
import struct
import time

from .faults import HangUp, Silence
from .intake import UploadCut
from .journal import boottime
from .message import HEAD_BYTES_MAX, BadMessage, Reply, Request, error_reply, parse_request, read_reply, read_request

# Servers close what idles (node: after 5 s). A request that is sent into such a connection is in doubt, and resending it
# would be a duplicate of our own making: so idle connections are given up well before.
UPSTREAM_IDLE_S_MAX = 2.0


class Upstream:
    """One connection to the server, made when it is needed and kept for the next request."""

    def __init__(self, host, port):
        self._address = (host, port)
        self._streams = None
        self._used_s = 0.0

    async def send(self, data):
        if self._streams is not None and time.monotonic() - self._used_s > UPSTREAM_IDLE_S_MAX:
            self.close()
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(*self._address, limit=HEAD_BYTES_MAX)
        self._streams[1].write(data)
        await self._streams[1].drain()

    async def receive(self):
        reply = await read_reply(self._streams[0])
        self._used_s = time.monotonic()
        if (reply.headers.get("connection") or "").lower() == "close":
            self.close()
        return reply

    def close(self):
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclasses.dataclass
class Exchange:
    """One request on its way through, as the faults see it."""

    relay: object
    request: Request
    entry: object
    upstream: Upstream
    writer: asyncio.StreamWriter
    wire: bytes = b""  # what goes upstream
    reply: Reply = None  # what goes to the client
    drip: object = None

    async def write(self, data):
        self.writer.write(data)
        await self.writer.drain()


class Relay:
    def __init__(self, upstream, verifier, rules, journal, refusal_status=400):
        """upstream: (host, port). verifier: None lets everything pass."""
        self._upstream = upstream
        self._verifier = verifier
        self._rules = rules
        self._journal = journal
        self._refusal_status = refusal_status
        self._connections = itertools.count(1)
        self._waiting = []  # (match, exchange): duplicates that a later request sets off
        self._tasks = set()
        self.writers = set()

    async def serve(self, reader, writer):
        """One client connection, from accept to close."""
        upstream = Upstream(*self._upstream)
        self.writers.add(writer)
        connection = next(self._connections)
        try:
            await self._serve_requests(reader, writer, upstream, connection)
        except UploadCut as cut:
            await self._serve_part(cut, writer, upstream, connection)
        except HangUp as end:
            await self._hang_up(writer, end)
        except Silence:
            with contextlib.suppress(OSError):
                while await reader.read(65536):
                    pass
        except BadMessage as bad:
            with contextlib.suppress(OSError):
                writer.write(error_reply(400, "SerializationException", str(bad)).to_bytes())
        except OSError:
            pass  # the client went away
        finally:
            upstream.close()
            self.writers.discard(writer)
            writer.close()

    async def _serve_requests(self, reader, writer, upstream, connection):
        while True:
            request = await read_request(reader, writer)
            if request is None:
                return
            entry = self._journal.open(connection, request)
            exchange = Exchange(self, request, entry, upstream, writer, wire=request.raw)
            await self._answer(exchange)
            writer.transport.get_protocol().request_ended()
            await self._deliver(exchange)
            if (request.headers.get("connection") or "").lower() == "close":
                return

    async def _serve_part(self, cut, writer, upstream, connection):
        """What came of a request goes to the server, and its client gets no answer."""
        request = await parse_request(cut.data)
        if request is None:
            self._journal.open_part(connection, cut.rule_name)
            await self._send_part(upstream, cut.data)
        else:
            exchange = Exchange(self, request, self._journal.open(connection, request), upstream, writer, wire=request.raw)
            with contextlib.suppress(HangUp, Silence):
                await self._answer(exchange)
            self._journal.note(exchange.entry, faults=[*exchange.entry.faults, cut.rule_name])
        with contextlib.suppress(OSError):
            if cut.fault.end == "reset":
                abort(writer)
            elif cut.fault.end == "close":
                writer.write_eof()
                writer.transport.get_protocol().throw_away()
            await writer.wait_closed()

    async def _answer(self, exchange):
        refusal = self._verifier.check(exchange.request) if self._verifier else None
        if refusal is not None:
            self._journal.note(exchange.entry, refusal=f"{refusal.code}: {refusal.message}")
            exchange.reply = refusal.reply(self._refusal_status)
            return
        self._journal.note(exchange.entry, verified=self._verifier is not None)
        rules = self._rules.pick(exchange.request, exchange.entry)
        if rules:
            self._journal.note(exchange.entry, faults=[rule.name for rule in rules])
        for rule in rules:
            await rule.fault.before(exchange)
        if exchange.reply is None:
            exchange.reply = await self._forward(exchange.upstream, exchange.wire, exchange.entry)
            self._set_off_duplicates(exchange)
        for rule in rules:
            await rule.fault.after(exchange)

    async def _forward(self, upstream, wire, entry):
        try:
            await upstream.send(wire)
            self._journal.note(entry, forwarded=True, applied=None)
            reply = await upstream.receive()
        except (OSError, BadMessage) as gone:
            upstream.close()
            return error_reply(503, "ServiceUnavailable", f"the server behind the proxy: {gone}")
        document = reply.document if isinstance(reply.document, dict) else {}
        self._journal.note(entry, applied=200 <= reply.status < 300, upstream_status=reply.status, reply=document,
                           error=document.get("__type", "").rpartition("#")[2] or None)
        return reply

    async def _deliver(self, exchange):
        reply, drip = exchange.reply, exchange.drip
        self._journal.note(exchange.entry, status=reply.status, answered_s=boottime())
        if reply.endless:
            await exchange.write(reply.to_bytes())
            while True:
                await exchange.write(reply.body)
        if drip is None:
            await exchange.write(reply.to_bytes())
        else:
            data = reply.to_bytes()
            if drip.after_head:
                head = len(data) - len(reply.body)
                await exchange.write(data[:head])
                data = data[head:]
            for start in range(0, len(data), drip.bytes):
                await exchange.write(data[start:start + drip.bytes])
                await asyncio.sleep(drip.interval_ms / 1000)

    async def _hang_up(self, writer, end):
        with contextlib.suppress(OSError):
            if end.last_words:
                writer.write(end.last_words)
                await writer.drain()
            if end.reset:
                abort(writer)

    async def _send_part(self, upstream, data):
        """The start of a request, after which the server sees its client go."""
        with contextlib.suppress(OSError):
            await upstream.send(data)
        upstream.close()

    # What faults ask of the relay beyond their own exchange.

    async def send_part(self, exchange, data):
        await self._send_part(exchange.upstream, data)

    async def send_duplicate(self, exchange):
        entry = self._journal.open(0, exchange.request, duplicate_of=exchange.entry.number)
        upstream = Upstream(*self._upstream)
        try:
            await self._forward(upstream, exchange.wire, entry)
        finally:
            upstream.close()

    def duplicate_later(self, exchange, delay_s):
        async def later():
            await asyncio.sleep(delay_s)
            await self.send_duplicate(exchange)
        task = asyncio.ensure_future(later())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def duplicate_after(self, exchange, match):
        self._waiting.append((match, exchange))

    def _set_off_duplicates(self, exchange):
        due = [(match, first) for match, first in self._waiting if match.wants(exchange.request, exchange.entry)]
        for pair in due:
            self._waiting.remove(pair)
            self.duplicate_later(pair[1], 0)

    def forget(self):
        """Drops duplicates that have not been sent, and ends every client connection."""
        self._waiting.clear()
        for task in list(self._tasks):
            task.cancel()
        for writer in list(self.writers):
            abort(writer)


def abort(writer):
    """Closes with RST, as a machine does that knows nothing of the connection any more."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
