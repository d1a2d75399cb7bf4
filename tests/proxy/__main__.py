"""The proxy as a program. Its first line on standard output names both ports; TERM and INT end it."""

import argparse
import asyncio
import json
import signal
import sys

from .rules import RuleError
from .server import ProxyServer
from .signature import parse_key


def arguments():
    parser = argparse.ArgumentParser(prog="proxy", description=__doc__)
    parser.add_argument("--upstream", required=True, metavar="URL", help="the server behind, on this machine")
    parser.add_argument("--port", type=int, default=0, help="where to listen (default: any free port)")
    parser.add_argument("--control-port", type=int, default=0, help="where rules and log are served (default: any)")
    parser.add_argument("--key", action="append", default=[], metavar="ID:SECRET[:TOKEN]", type=parse_key,
                        help="a key that signatures are checked with; may be repeated")
    parser.add_argument("--no-verify", action="store_true", help="let requests pass whatever their signature")
    parser.add_argument("--clock-window", type=int, default=300, metavar="SECONDS",
                        help="how far a request's date may be off (default: 300)")
    parser.add_argument("--refusal-status", type=int, default=400, metavar="STATUS",
                        help="HTTP status of a refusal (default: 400, as DynamoDB; other services say 403)")
    parser.add_argument("--rules", metavar="FILE", help="JSON: a list of rules to start with")
    return parser.parse_args()


async def run(options):
    keys = None if options.no_verify else dict(options.key)
    proxy = ProxyServer(options.upstream, keys, options.clock_window, options.refusal_status)
    await proxy.start(options.port, options.control_port)
    if options.rules:
        with open(options.rules, encoding="utf-8") as file:
            for rule in json.load(file):
                await proxy.install(rule)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    print(f"proxy http://127.0.0.1:{proxy.port} control http://127.0.0.1:{proxy.control_port}", flush=True)
    await ended.wait()
    await proxy.stop()


def main():
    try:
        asyncio.run(run(arguments()))
    except (OSError, RuleError, ValueError) as wrong:
        print(f"proxy: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
