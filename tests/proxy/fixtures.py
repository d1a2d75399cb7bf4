"""For the proxy's own tests: a server behind it that only records, and a client in front that signs with botocore."""

import datetime
import http.client
import json
import socketserver
import threading
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .message import Headers, Request
from .signature import Key

KEYS = {"PLAIN": Key("plain-secret"), "SESSION": Key("session-secret", "session-token")}


class RecordingServer:
    """Answers every whole request with {"applied": n}; `bodies` holds those requests, `partial` the broken-off ones."""

    def __init__(self):
        self.bodies = []
        self.partial = []
        self.changed = threading.Condition()
        record = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while record._serve_one(self.rfile, self.wfile):
                    pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _serve_one(self, rfile, wfile):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = rfile.readline()
            if not line.endswith(b"\n"):
                return self._note(self.partial, head + line) if head + line else False
            head += line
        size = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        body = rfile.read(size)
        if len(body) < size:
            return self._note(self.partial, head + body)
        self._note(self.bodies, body)
        answer = json.dumps({"applied": len(self.bodies)}).encode()
        wfile.write(b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nx-amz-crc32: 1\r\n"
                    b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        return True

    def _note(self, where, what):
        with self.changed:
            where.append(what)
            self.changed.notify_all()
        return False

    def wait_for(self, condition, timeout_s=10):
        with self.changed:
            return self.changed.wait_for(condition, timeout_s)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def signed_headers(url, operation, body, key_id="PLAIN", secret=None, token=None, region="us-east-1",
                   service="dynamodb", at=None, **more):
    """The headers of a request as botocore signs it, now or at another time; `more` are further headers to sign."""
    known = KEYS.get(key_id, Key("?"))
    credentials = Credentials(key_id, known.secret if secret is None else secret, token or known.token)
    request = AWSRequest("POST", url + "/", data=body, headers={
        "Host": urllib.parse.urlsplit(url).netloc, "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}", **more})
    signer = SigV4Auth(credentials, service, region)
    if at is None:
        signer.add_auth(request)
    else:
        request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        signer._modify_request_before_signing(request)
        to_sign = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(to_sign, request))
    return dict(request.headers.items())


def signed_request(operation="PutItem", body=b"{}", **options):
    """A request as the verifier gets it, without any network."""
    headers = Headers(signed_headers("http://127.0.0.1:8000", operation, body, **options).items())
    return Request("POST", "/", headers, body, b"")


def item(name, **attributes):
    return {"TableName": "locks", "Item": {"key": {"S": name}, **{k: {"S": v} for k, v in attributes.items()}}}


class Client:
    """One keep-alive connection to the proxy."""

    def __init__(self, url, timeout_s=10):
        self.url = url
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=timeout_s)

    def call(self, operation, document, **options):
        """(status, headers, JSON or bytes). http.client's exceptions where the connection breaks."""
        body = json.dumps(document).encode()
        self.connection.request("POST", "/", body, signed_headers(self.url, operation, body, **options))
        answer = self.connection.getresponse()
        content = answer.read()
        try:
            return answer.status, answer.headers, json.loads(content)
        except ValueError:
            return answer.status, answer.headers, content

    def put(self, name="a", **attributes):
        return self.call("PutItem", item(name, **attributes))

    def close(self):
        self.connection.close()


def hours_from_now(hours):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
