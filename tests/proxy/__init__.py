"""A proxy between a DynamoDB client and a server that checks every signature and breaks what it is told to break.

signature.py checks, rules.py chooses, faults.py and hostile.py break, journal.py remembers, relay.py ties them together,
control.py and server.py are the two ways in: over HTTP, and in a Python test. Run by itself:

    PYTHONPATH=tests /usr/bin/python3 -m proxy --upstream http://127.0.0.1:8000 --key KEY_ID:SECRET
"""

from .journal import Entry, Journal, boottime
from .rules import RuleError
from .server import Proxy, ProxyServer
from .signature import Key, Verifier, parse_key

__all__ = ["Entry", "Journal", "Key", "Proxy", "ProxyServer", "RuleError", "Verifier", "boottime", "parse_key"]
