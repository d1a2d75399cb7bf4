"""Where the bytes of clients come in: as fast as they like, unless a rule cuts a request on its way here.

A rule `cut_upload` strikes before anything is known of the request, so it lies below the rules of rules.py that look at one:
no more of the request is read from the socket than the rule says, while its client may still be sending.
"""

import asyncio

_CHUNK_BYTES = 64 * 1024


class UploadCut(Exception):
    """Ends the reading of a request; `data` is what of it came in."""

    def __init__(self, fault, rule_name, data):
        super().__init__(f"cut after {len(data)} bytes")
        self.fault = fault
        self.rule_name = rule_name
        self.data = data


class Intake(asyncio.StreamReaderProtocol, asyncio.BufferedProtocol):
    """One connection's stream, which takes from the socket only what it may. `rules`: see Rules.pick_upload."""

    def __init__(self, rules, serve, limit):
        self._stream = asyncio.StreamReader(limit=limit)
        super().__init__(self._stream, serve)
        self._rules = rules
        self._buffer = bytearray(_CHUNK_BYTES)
        self._begun = False
        self._rule = None
        self._taken = b""
        self._throws_away = False

    def connection_made(self, transport):
        self._socket_transport = transport
        super().connection_made(transport)

    def request_ended(self):
        """What comes from now on is another request."""
        self._begun = False

    def throw_away(self):
        """After a cut: what still comes is read and forgotten, until the client closes."""
        self._throws_away = True
        self._socket_transport.resume_reading()

    def eof_received(self):
        return False if self._throws_away else super().eof_received()

    def get_buffer(self, sizehint):
        if self._throws_away:
            return self._buffer
        if not self._begun:
            # One byte tells that a request begins, which the end of a connection does not look like; then a rule may take it.
            return memoryview(self._buffer)[:1] if self._rules.cut_uploads else self._buffer
        if self._rule is None:
            return self._buffer
        return memoryview(self._buffer)[:self._rule.fault.bytes - len(self._taken)]

    def buffer_updated(self, nbytes):
        if self._throws_away:
            return
        if not self._begun:
            self._begun = True
            self._rule = self._rules.pick_upload()
        data = bytes(self._buffer[:nbytes])
        if self._rule is None:
            self.data_received(data)
            return
        self._taken += data
        limit = self._rule.fault.bytes
        if len(self._taken) >= limit:  # Longer than a limit of 0, for one byte was taken to see it begin.
            self._socket_transport.pause_reading()
            self._stream.set_exception(UploadCut(self._rule.fault, self._rule.name, self._taken[:limit]))


async def listen(rules, serve, port, limit, backlog):
    """A server as of asyncio.start_server, on this machine's loopback address."""
    return await asyncio.get_running_loop().create_server(lambda: Intake(rules, serve, limit), "127.0.0.1", port, backlog=backlog)
