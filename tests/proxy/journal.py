"""What passed through the proxy: one entry a request, kept until the journal is reset."""

import collections
import dataclasses
import threading
import time


def boottime():
    """Seconds on the clock that the command counts its leases on; the same in every process of this machine."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclasses.dataclass
class Entry:
    number: int
    connection: int
    operation: str  # None: only a part came
    access_key: str
    request: dict  # the request's JSON; headers are not kept, they hold the session token
    received_s: float = dataclasses.field(default_factory=boottime)
    received_wall_ms: float = dataclasses.field(default_factory=lambda: time.time() * 1000)
    verified: bool = False  # None: only a part of it came, which nobody can check
    refusal: str = None  # why the signature check refused it
    faults: list = dataclasses.field(default_factory=list)
    forwarded: bool = False  # the whole request went upstream
    applied: bool = False  # upstream said 2xx; None: it was forwarded and said nothing
    status: int = None  # what the client was told; None: nothing
    upstream_status: int = None
    error: str = None  # the error code of what upstream answered
    reply: dict = None  # the JSON that upstream answered
    answered_s: float = None
    duplicate_of: int = None

    @property
    def table(self):
        return (self.request or {}).get("TableName")

    @property
    def item(self):
        return (self.request or {}).get("Item") or {}

    @property
    def expires_at_ms(self):
        """When the record that this write stores lets others in; None where it stores none."""
        value = self.item.get("expiresAt", {}).get("N")
        return None if value is None else int(value)

    def to_json(self):
        return dataclasses.asdict(self)


class Journal:
    """Thread-safe: the proxy writes from its own thread while tests read."""

    def __init__(self):
        self._changed = threading.Condition()
        self._entries = []
        self._numbers = 0

    def open(self, connection, request, duplicate_of=None):
        authorization = request.headers.get("authorization") or ""
        key_id = authorization.partition("Credential=")[2].partition("/")[0]
        document = request.document
        with self._changed:
            self._numbers += 1
            entry = Entry(self._numbers, connection, request.operation, key_id,
                          document if isinstance(document, dict) else None, duplicate_of=duplicate_of)
            self._entries.append(entry)
            self._changed.notify_all()
        return entry

    def open_part(self, connection, rule_name):
        """A request of which only the start came in."""
        with self._changed:
            self._numbers += 1
            self._entries.append(Entry(self._numbers, connection, None, None, None, verified=None, faults=[rule_name]))
            self._changed.notify_all()

    def note(self, entry, **values):
        with self._changed:
            for name, value in values.items():
                setattr(entry, name, value)
            self._changed.notify_all()

    def entries(self, **wanted):
        """Entries whose fields have these values, oldest first."""
        with self._changed:
            return self._select(wanted)

    def _select(self, wanted):
        return [e for e in self._entries if all(getattr(e, name) == value for name, value in wanted.items())]

    def wait_for(self, count=1, timeout_s=30.0, **wanted):
        """Blocks until that many entries have these values, and returns them; TimeoutError says what there was instead."""
        with self._changed:
            if self._changed.wait_for(lambda: len(self._select(wanted)) >= count, timeout_s):
                return self._select(wanted)
            seen = collections.Counter(e.operation for e in self._entries)
            raise TimeoutError(f"no {count} requests with {wanted} within {timeout_s} s; seen: {dict(seen)}")

    def counts(self):
        """Requests by operation, with the total; late duplicates are the proxy's own and do not count, nor what came in part."""
        with self._changed:
            counts = collections.Counter(e.operation for e in self._entries if e.duplicate_of is None and e.operation is not None)
        counts["total"] = sum(counts.values())
        return dict(counts)

    def reset(self):
        with self._changed:
            self._entries.clear()
            self._changed.notify_all()
