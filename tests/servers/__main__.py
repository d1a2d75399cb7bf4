"""Runs one server in the foreground until it is told to end, for demos and for trying things by hand.

    PYTHONPATH=tests python3 -m servers dynamodb-local

The first line on standard output is its URL and its process id.
"""

import signal
import sys

from . import BY_NAME, NotFetched


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in BY_NAME:
        print(f"usage: python3 -m servers {'|'.join(BY_NAME)}", file=sys.stderr)
        return 64
    endings = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    signal.pthread_sigmask(signal.SIG_BLOCK, endings)
    server = BY_NAME[arguments[0]]()
    try:
        server.start()
        print(server.url, server.process.pid, flush=True)
        signal.sigwait(endings)
    except NotFetched as missing:
        print(f"servers: {missing}", file=sys.stderr)
        return 78
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
