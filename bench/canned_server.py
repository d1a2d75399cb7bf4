"""nginx on a free loopback port that answers everything as DynamoDB answers a PutItem; stopped by its pid."""

import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

_CONFIG = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  tcp_nodelay on;
  default_type application/x-amz-json-1.0;
  server {{
    listen 127.0.0.1:{port};
    add_header x-amzn-RequestId VB6VVQ0PF4S6P7H1QJ2SVLF7NFVV4KQNSO5AEMVJF66Q9ASUAAJG;
    add_header x-amz-crc32 2745614147;
    location / {{ return 200 '{{}}'; }}
    location = /requests {{ stub_status; }}
  }}
}}
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class CannedServer:
    _asked = 0

    def __enter__(self):
        nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if nginx is None:
            raise SystemExit("there is no nginx; install it with: apt-get install nginx-light")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="canned-"))
        self.port = _free_port()
        config = self.folder / "nginx.conf"
        config.write_text(_CONFIG.format(folder=self.folder, port=self.port))
        self.process = subprocess.Popen([nginx, "-p", str(self.folder), "-e", str(self.folder / "error.log"), "-c", str(config)])
        self._wait_until_ready()
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def requests(self):
        """How many requests came in so far, but for those that asked this."""
        self._asked += 1
        with urllib.request.urlopen(f"{self.url}/requests", timeout=5) as reply:
            # "… accepts handled requests / 3 3 5 / Reading: …"
            return int(reply.read().split()[9]) - self._asked

    def _wait_until_ready(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    words = (self.folder / "error.log").read_text(errors="replace")
                    self.__exit__()
                    raise SystemExit(f"nginx did not start: {words}") from None
                time.sleep(0.02)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
