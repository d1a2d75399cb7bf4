"""One client_driver process, spoken to line by line."""

import dataclasses
import json
import os
import selectors
import subprocess

from servers import end_with_parent, stop_process
from servers.sanitizers import sanitizer_options

# Far beyond any deadline that a test gives: only a client that hangs meets it.
_ANSWER_S_MAX = 30


@dataclasses.dataclass
class Answer:
    outcome: str  # applied, condition_failed, found, absent, or the error's kind
    doubted: bool
    attempts: int
    elapsed_ms: float
    peak_rss_growth_kib: int
    http_status: int
    value: str
    message: str


class Driver:
    def __init__(self, environment):
        self.process = subprocess.Popen(
            [os.environ["DYNAMUTEX_CLIENT_DRIVER"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            env={"PATH": os.environ["PATH"], **sanitizer_options(), **environment}, preexec_fn=end_with_parent)

    def call(self, operation, **settings):
        """What is not set is as it was in the call before."""
        words = [operation] + [f"{name}={value}" for name, value in settings.items()]
        self.process.stdin.write((" ".join(words) + "\n").encode())
        return Answer(**json.loads(self._read_line()))

    def _read_line(self):
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(_ANSWER_S_MAX):
                    raise TimeoutError(f"the client gave no answer within {_ANSWER_S_MAX} s")
                chunk = self.process.stdout.read(65536)
                if not chunk:
                    raise RuntimeError(f"client_driver ended with exit code {self.process.wait(10)}")
                line += chunk
        return line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(5)  # Sanitizers speak up at the end.
        except subprocess.TimeoutExpired:
            stop_process(self.process)
        self.process.stdout.close()
