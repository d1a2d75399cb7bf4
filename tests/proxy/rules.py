"""Rules: which requests are meddled with, and how. A rule is a small JSON object:

    {"match": {"operation": "PutItem", "nth": 3}, "action": "drop_reply"}

`match` narrows; what it leaves out is not asked. Of the requests that pass, `nth`, `from`, `every` and `count` choose by
number, counted from 1 for each rule since the rule was set:

    operation, table, access_key   one value or a list of values
    key                            any string value of the request's Key or Item
    contains                       a part of the request's body
    nth                            exactly these (a number or a list)
    from                           this one and all later ones
    every                          2: every second one, and so on
    count                          at most so many, then the rule rests

`action` is one of the names in faults.py and hostile.py; the other members of the object are its settings. All rules that
match a request take part, in the order in which they were set. `name` (optional) is what the log calls it.

`cut_upload` strikes before its request can be looked at: it counts the requests that begin, on any connection, and `match` chooses
by number alone.
"""

import dataclasses
import itertools

from . import hostile  # noqa: F401  (registers its actions)
from .faults import ACTIONS, CutUpload, RefuseConnections


class RuleError(ValueError):
    """The rule cannot be understood; the message says which part."""


def _listed(value):
    return value if isinstance(value, (list, tuple)) else [value]


@dataclasses.dataclass
class Match:
    operation: object = None
    table: object = None
    access_key: object = None
    key: str = None
    contains: str = None
    nth: object = None
    first: int = None  # "from" in JSON
    every: int = None
    count: int = None

    def wants(self, request, entry):
        if self.operation is not None and request.operation not in _listed(self.operation):
            return False
        if self.table is not None and entry.table not in _listed(self.table):
            return False
        if self.access_key is not None and entry.access_key not in _listed(self.access_key):
            return False
        if self.contains is not None and self.contains.encode() not in request.body:
            return False
        return self.key is None or self.key in _strings(entry.request)

    @property
    def looks_inside(self):
        return any(value is not None for value in (self.operation, self.table, self.access_key, self.key, self.contains))

    def chooses(self, number, fired):
        """number: which of the wanted requests this is, from 1; fired: how often the rule has acted."""
        if self.count is not None and fired >= self.count:
            return False
        if self.nth is not None and number not in _listed(self.nth):
            return False
        if self.first is not None and number < self.first:
            return False
        return self.every is None or number % self.every == 0


def _strings(document):
    attributes = (document or {}).get("Key") or (document or {}).get("Item") or {}
    return {value.get("S") for value in attributes.values() if isinstance(value, dict)}


@dataclasses.dataclass
class Rule:
    id: int
    name: str
    match: Match
    fault: object
    source: dict
    seen: int = 0
    fired: int = 0

    def claims(self, request, entry):
        return self.match.wants(request, entry) and self.counts()

    def counts(self):
        """One more request of those it wants: whether the rule acts on it."""
        self.seen += 1
        if not self.match.chooses(self.seen, self.fired):
            return False
        self.fired += 1
        return True


def _make(kind, settings, what):
    known = {field.name: field for field in dataclasses.fields(kind)}
    for name in settings:
        if name not in known:
            raise RuleError(f"{what} has no '{name}'; it has: {', '.join(known) or 'no settings'}")
    try:
        return kind(**settings)
    except TypeError as missing:
        raise RuleError(f"{what}: {missing}") from None


def parse_match(source):
    if not isinstance(source, dict):
        raise RuleError("'match' is not an object")
    settings = dict(source)
    if "from" in settings:
        settings["first"] = settings.pop("from")
    return _make(Match, settings, "match")


class Rules:
    """The rules in force. Used from the proxy's event loop only."""

    def __init__(self):
        self._ids = itertools.count(1)
        self.active = []

    def add(self, source):
        if not isinstance(source, dict):
            raise RuleError("a rule is an object")
        settings = dict(source)
        action = settings.pop("action", None)
        name = settings.pop("name", action)
        match = parse_match(settings.pop("match", {}))
        if action not in ACTIONS:
            raise RuleError(f"there is no action '{action}'; there are: {', '.join(sorted(ACTIONS))}")
        if isinstance(settings.get("until"), dict):
            settings["until"] = parse_match(settings["until"])
        if action == "cut_upload" and match.looks_inside:
            raise RuleError("'cut_upload' ends a request before it can be looked at; its match has: nth, from, every, count")
        rule = Rule(next(self._ids), name, match, _make(ACTIONS[action], settings, f"action '{action}'"), source)
        self.active.append(rule)
        return rule

    def remove(self, id):
        """Removes one rule, or all of them where id is None; requests that it already holds stay held."""
        self.active = [rule for rule in self.active if id not in (None, rule.id)]

    @property
    def refuse_connections(self):
        return any(isinstance(rule.fault, RefuseConnections) for rule in self.active)

    def pick(self, request, entry):
        return [rule for rule in list(self.active) if not isinstance(rule.fault, CutUpload) and rule.claims(request, entry)]

    @property
    def cut_uploads(self):
        return any(isinstance(rule.fault, CutUpload) for rule in self.active)

    def pick_upload(self):
        """The rule that cuts the request of which the first byte came; None where it may come in whole."""
        return next((rule for rule in list(self.active) if isinstance(rule.fault, CutUpload) and rule.counts()), None)
