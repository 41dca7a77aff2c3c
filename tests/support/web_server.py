"""A web server for tests that keeps what is posted to it, on a port of this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pydantic import JsonValue

__all__ = ["Post", "WebServer", "web_server"]


@dataclass(frozen=True, slots=True)
class Post:
    """What came."""

    path: str
    headers: dict[str, str]
    content: dict[str, JsonValue]


class WebServer(ThreadingHTTPServer):
    """Answers every POST with `status`."""

    daemon_threads = False

    def __init__(self, port: int = 0, status: int = 200) -> None:
        self.posts: list[Post] = []
        self.status = status
        super().__init__(("127.0.0.1", port), _Conversation)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/alerts"


class _Conversation(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.status == 200:
            self.server.posts.append(Post(self.path, dict(self.headers), content))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing on the terminal."""


@contextmanager
def web_server(port: int = 0, status: int = 200) -> Iterator[WebServer]:
    """Serve while the block lasts."""
    with WebServer(port, status) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
