"""TLS in front of a server that has none, with a certificate of a test CA."""

import contextlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading


class TlsFront:
    """Listens on loopback, ends the TLS of each connection, and hands its bytes to `port` and back.

        with TlsFront(server.port) as front:
            print(front.url, front.authority)  # the CA's certificate, a PEM file
    """

    def __init__(self, port):
        self._port = port

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(tempfile.mkdtemp(prefix="dynamutex-tls-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            self.authority = self._make_certificates(folder)
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(folder / "server.pem", folder / "server.key")
            self._listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            self.handshakes = 0
            threading.Thread(target=self._accept, daemon=True).start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    @property
    def url(self):
        return f"https://localhost:{self._listener.getsockname()[1]}"

    @staticmethod
    def _make_certificates(folder):
        def openssl(*words):
            subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=dynamutex test CA", "-days", "2")
        openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        (folder / "names").write_text("subjectAltName=DNS:localhost\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "names", "-out", "server.pem")
        return folder / "ca.pem"

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            with self._context.wrap_socket(connection, server_side=True) as client:
                self.handshakes += 1
                with socket.create_connection(("127.0.0.1", self._port)) as server:
                    back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
                    back.start()
                    self._pump(client, server)
                    back.join()

    @staticmethod
    def _pump(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
