"""The control port: the proxy's rules and journal over HTTP, for tests that are not written in Python.

    POST /rules        one rule or a list of rules; answers their ids
    DELETE /rules/ID   lifts one rule; DELETE /rules lifts all
    GET /rules         what is in force, with how often each rule saw and met a request
    GET /log           every request so far
    GET /counts        requests by operation
    POST /reset        no rules, an empty log, all connections ended
"""

import json

from .message import BadMessage, json_reply, read_request
from .rules import RuleError


class Control:
    def __init__(self, proxy):
        self._proxy = proxy

    async def serve(self, reader, writer):
        try:
            while (request := await read_request(reader, writer)) is not None:
                writer.write((await self._answer(request)).to_bytes())
                await writer.drain()
        except (OSError, BadMessage):
            pass
        finally:
            writer.close()

    async def _answer(self, request):
        proxy = self._proxy
        match [request.method, *request.target.strip("/").split("/")]:
            case ["POST", "rules"]:
                try:
                    source = json.loads(request.body)
                    return json_reply(200, [await proxy.install(rule) for rule in
                                            (source if isinstance(source, list) else [source])])
                except (RuleError, ValueError) as wrong:
                    return json_reply(400, {"error": str(wrong)})
            case ["DELETE", "rules", *which] if not which or which[0].isdigit():
                await proxy.lift(int(which[0]) if which else None)
                return json_reply(200, {})
            case ["GET", "rules"]:
                return json_reply(200, [{"id": rule.id, "rule": rule.source, "seen": rule.seen, "fired": rule.fired}
                                        for rule in proxy.rules.active])
            case ["GET", "log"]:
                return json_reply(200, [entry.to_json() for entry in proxy.journal.entries()])
            case ["GET", "counts"]:
                return json_reply(200, proxy.journal.counts())
            case ["POST", "reset"]:
                await proxy.reset_all()
                return json_reply(200, {})
        return json_reply(404, {"error": "no such thing; see the top of control.py"})
