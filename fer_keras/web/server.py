"""The page's server: the files of `site.files()` and nothing else, for this machine alone."""

import errno
import http
import http.server
import os
import socketserver
import urllib.parse

from fer_keras.io.errors import expected
from fer_keras.web import site

HOST, PORT = "127.0.0.1", 8421
"""The port is always the same, since browsers remember an allowed webcam by address."""


def open_server(port: int = PORT) -> http.server.ThreadingHTTPServer:
    """Return a server that listens on 127.0.0.1 at `port`, 0 for any free one; `serve_forever` answers.

    Raises UserError for a port that cannot be had, and where the page's files are missing.
    """
    handler = _handler(site.files(), site.headers())
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        reason = "one in use" if error.errno == errno.EADDRINUSE else error.strerror
        then = "Give another one with --port; 0 takes any that is free."
        raise expected(f"a free port on {HOST}", f"{port}, {reason}", then) from error


def address(server: http.server.ThreadingHTTPServer) -> str:
    """Return the page's address."""
    return f"http://{HOST}:{server.server_address[1]}/"


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # where it would let two servers have the same port

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, as HTTPServer does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request, client_address) -> None:
        """Say nothing of a browser that closed its connection."""


def _handler(files: dict[str, site.File], headers: dict[str, str]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "fer-keras", ""

        def do_GET(self) -> None:
            self._answer(with_content=True)

        def do_HEAD(self) -> None:
            self._answer(with_content=False)

        def _answer(self, with_content: bool) -> None:
            file = files.get(urllib.parse.unquote(urllib.parse.urlsplit(self.path).path))
            if file is None:
                self.send_error(http.HTTPStatus.NOT_FOUND)
                return
            compressed = file.compressed and "gzip" in self.headers.get("Accept-Encoding", "")
            content = file.content(compressed)
            self.send_response(http.HTTPStatus.OK)
            self.send_header("Content-Type", file.type)
            self.send_header("Content-Length", str(len(content)))
            if compressed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            if with_content:
                self.wfile.write(content)

        def end_headers(self) -> None:
            for name, value in headers.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, format, *arguments) -> None:
            """Say nothing of each request."""

    return Handler
