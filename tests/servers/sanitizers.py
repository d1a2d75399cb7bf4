"""What a program built with sanitizers needs of this process's environment, where a test makes an environment of its own."""

import os

_NAMES = ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")


def sanitizer_options():
    """They name the folder for reports among others (scripts/sanitize), so that a report counts whose text no test reads."""
    return {name: os.environ[name] for name in _NAMES if name in os.environ}
