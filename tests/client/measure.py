"""How long a request and its reply are on the wire, so that a test can cut them at every byte."""

from proxy.faults import Fault, action

lengths = {}  # operation -> (request, reply), of the last exchange that was measured


@action("measure")
class Measure(Fault):
    async def after(self, exchange):
        lengths[exchange.request.operation] = len(exchange.wire), len(exchange.reply.to_bytes())
