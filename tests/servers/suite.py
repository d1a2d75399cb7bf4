"""Runs test modules for ctest: says why where something is not installed (exit code 77: skipped), instead of failing.

    PYTHONPATH=tests /usr/bin/python3 -m servers.suite [--server NAME] MODULE…

With DYNAMUTEX_NO_SKIPS set, as scripts/test does, what is not installed is a failure.
"""

import argparse
import importlib.util
import os
import sys
import unittest

from . import BY_NAME, NotFetched

SKIPPED = 77


def skip(reason):
    if os.environ.get("DYNAMUTEX_NO_SKIPS"):
        print(f"failed, because DYNAMUTEX_NO_SKIPS is set: {reason}")
        return 1
    print(f"skipped: {reason}")
    return SKIPPED


def main():
    parser = argparse.ArgumentParser(prog="servers.suite")
    parser.add_argument("--server", choices=sorted(BY_NAME), help="the one server that the modules run against")
    parser.add_argument("--needs-servers", action="store_true", help="the modules need both servers")
    parser.add_argument("modules", nargs="+")
    options = parser.parse_args()
    if importlib.util.find_spec("botocore") is None:
        return skip(f"{sys.executable} has no botocore; install it with: apt-get install python3-botocore")
    needed = BY_NAME if options.needs_servers else [options.server] if options.server else []
    try:
        for name in needed:
            BY_NAME[name]().check_fetched()
    except NotFetched as missing:
        return skip(str(missing))
    if options.server:
        os.environ["DYNAMUTEX_SERVER"] = options.server
    suite = unittest.defaultTestLoader.loadTestsFromNames(options.modules)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if result.testsRun == 0 and not result.errors:
        print("no test was found")
        return 1
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
