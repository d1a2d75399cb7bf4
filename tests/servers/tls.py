"""Certificates of a test CA, and TLS in front of a server that has none."""

import contextlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading


class Certificates:
    """Files in `folder`: the certificate of a test CA (`authority`), one of the server "localhost" and one of a client, each with
    its key. Made anew, good for two days."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self.authority = self._folder / "ca.pem"
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=dynamutex test CA", "-days", "2")
        for name, subject in (("server", "localhost"), ("client", "appliance")):
            self._openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}")
            (self._folder / "names").write_text(f"subjectAltName=DNS:{subject}\n")
            self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                          "-extfile", "names", "-out", f"{name}.pem")
        self.server = (self._folder / "server.pem", self._folder / "server.key")
        self.client = (self._folder / "client.pem", self._folder / "client.key")

    def server_context(self, ask_client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.server)
        if ask_client:
            context.load_verify_locations(self.authority)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=self._folder)


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
            certificates = Certificates(folder)
            self.authority = certificates.authority
            self._context = certificates.server_context()
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
