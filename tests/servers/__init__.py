"""Real DynamoDB servers on loopback, started for a test and stopped with it.

    with DynamoDBLocal() as server:
        print(server.url)

Any number run at once, each on a port of its own. They are fetched by scripts/fetch-servers; where they are not,
`NotFetched` says so.
"""

import ctypes
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

_ROOT = pathlib.Path(__file__).resolve().parents[2]


class NotFetched(Exception):
    """The server is not on this machine; the message says how to get it."""


def servers_folder():
    return pathlib.Path(os.environ.get("DYNAMUTEX_SERVERS") or _ROOT / "build" / "servers")


def free_port():
    """A loopback port that is free now; whoever binds it next may still lose it, so starting is retried."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


_libc = ctypes.CDLL(None)


def end_with_parent():
    """For preexec_fn: a test that is killed outright must not leave its processes behind (PR_SET_PDEATHSIG)."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _libc.prctl(1, signal.SIGKILL)


def stop_process(process, patience_s=5.0):
    """Ends a process that the caller started, by its pid: TERM first, then KILL."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Server:
    """What both servers share: a port, a scratch folder to run in, a log, readiness, and an end."""

    name = ""
    _start_patience_s = 60.0
    _attempts = 3

    def __init__(self):
        self.port = None
        self.process = None
        self._scratch = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def check_fetched(self):
        """Raises NotFetched where the server cannot be started on this machine."""
        _ = self._command

    def start(self):
        command = self._command
        for attempt in range(self._attempts):
            self._scratch = tempfile.mkdtemp(prefix=f"{self.name}-")
            self.port = free_port()
            with open(os.path.join(self._scratch, "log"), "wb") as log:
                self.process = subprocess.Popen(
                    command(self.port), cwd=self._scratch, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, preexec_fn=end_with_parent)
            if self._becomes_ready():
                return self
            words = pathlib.Path(self._scratch, "log").read_text(errors="replace")[-2000:]
            self.stop()
        raise RuntimeError(f"{self.name} did not start in {self._attempts} attempts; its last words:\n{words}")

    def stop(self):
        if self.process is not None:
            stop_process(self.process)
            self.process = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _becomes_ready(self):
        deadline = time.monotonic() + self._start_patience_s
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _answers(self):
        """A real request: an open port alone would be too early. Neither server checks the signature."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("POST", "/", b"{}", {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "DynamoDB_20120810.ListTables",
                "X-Amz-Date": "20260101T000000Z",
                "Authorization": "AWS4-HMAC-SHA256 Credential=ready/20260101/us-east-1/dynamodb/aws4_request, "
                                 "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _found(path):
    if not path.is_file():
        raise NotFetched(f"{path} is not there; fetch it with: scripts/fetch-servers")
    return path


def _tool(name):
    path = shutil.which(name)
    if path is None:
        raise NotFetched(f"there is no '{name}' on the PATH; install it with: scripts/fetch-servers")
    return path


class DynamoDBLocal(_Server):
    """AWS's own. One database for all key ids and regions, in memory; nothing is sent anywhere."""

    name = "dynamodb-local"

    @property
    def _command(self):
        folder = servers_folder() / self.name
        jar, java = _found(folder / "DynamoDBLocal.jar"), _tool("java")
        return lambda port: [java, "-Xmx256m", "-XX:TieredStopAtLevel=1",
                             f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}", "-jar", str(jar), "-inMemory",
                             "-sharedDb", "-disableTelemetry", "-port", str(port)]


class Dynalite(_Server):
    """An independent implementation; ignores ReturnValuesOnConditionCheckFailure and always sends x-amz-crc32."""

    name = "dynalite"

    @property
    def _command(self):
        script = _found(servers_folder() / self.name / "node_modules" / "dynalite" / "cli.js")
        node = _tool("node")
        preload = pathlib.Path(__file__).with_name("outlive_clients.js")
        return lambda port: [node, "--require", str(preload), str(script), "--port", str(port), "--createTableMs", "0",
                             "--deleteTableMs", "0"]


BY_NAME = {server.name: server for server in (DynamoDBLocal, Dynalite)}
