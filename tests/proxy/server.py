"""The listening sockets, on an event loop (`ProxyServer`) or on a thread of their own for tests (`Proxy`)."""

import asyncio
import contextlib
import threading
import urllib.parse

from .control import Control
from .intake import listen
from .journal import Journal
from .message import HEAD_BYTES_MAX
from .relay import Relay
from .rules import Rules
from .signature import Verifier

_BACKLOG = 512


class ProxyServer:
    """keys: id -> Key; None: no signature is checked. upstream: the URL of a server on this machine."""

    def __init__(self, upstream, keys, clock_window_s=300, refusal_status=400):
        url = urllib.parse.urlsplit(upstream)
        self.rules = Rules()
        self.journal = Journal()
        self.verifier = None if keys is None else Verifier(keys, clock_window_s)
        self._relay = Relay((url.hostname, url.port), self.verifier, self.rules, self.journal, refusal_status)
        self._listener = None
        self._control = None
        self.port = 0
        self.control_port = 0

    async def start(self, port=0, control_port=0):
        self.port = port
        await self._listen()
        self._control = await asyncio.start_server(Control(self).serve, "127.0.0.1", control_port)
        self.control_port = self._control.sockets[0].getsockname()[1]

    async def _listen(self):
        self._listener = await listen(self.rules, self._relay.serve, self.port, HEAD_BYTES_MAX, _BACKLOG)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _open_or_refuse(self):
        if self.rules.refuse_connections and self._listener is not None:
            self._listener.close()
            self._listener = None
            self._relay.forget()
        elif not self.rules.refuse_connections and self._listener is None:
            await self._listen()

    async def install(self, rule):
        id = self.rules.add(rule).id
        await self._open_or_refuse()
        return id

    async def lift(self, id=None):
        self.rules.remove(id)
        await self._open_or_refuse()

    async def reset_all(self):
        await self.lift()
        self._relay.forget()
        self.journal.reset()

    async def stop(self):
        for server in (self._listener, self._control):
            if server is not None:
                server.close()
        self._relay.forget()


class Proxy:
    """A ProxyServer on a thread; every method may be called from the test's own thread.

        with Proxy(server.url, {"KEY": Key("secret")}) as proxy:
            proxy.add_rule(action="drop_reply", match={"operation": "PutItem", "nth": 1})
    """

    def __init__(self, upstream, keys, **options):
        self._server = ProxyServer(upstream, keys, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def control_url(self):
        return f"http://127.0.0.1:{self._server.control_port}"

    @property
    def journal(self):
        return self._server.journal

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def start(self):
        self._thread.start()
        self._run(self._server.start())
        return self

    def stop(self):
        if self._thread.is_alive():
            self._run(self._wind_down())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    async def _wind_down(self):
        await self._server.stop()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def add_key(self, key_id, key):
        async def add():
            self._server.verifier.keys[key_id] = key
        self._run(add())

    def add_rule(self, **rule):
        """Returns the rule's id, for remove_rule."""
        return self._run(self._server.install(rule))

    def remove_rule(self, id=None):
        self._run(self._server.lift(id))

    @contextlib.contextmanager
    def rule(self, **rule):
        """The rule is in force for the length of a with block."""
        id = self.add_rule(**rule)
        try:
            yield
        finally:
            self.remove_rule(id)

    def reset(self):
        self._run(self._server.reset_all())

    def refusals(self):
        """What the signature check refused, in words."""
        return [entry.refusal for entry in self.journal.entries() if entry.refusal is not None]
