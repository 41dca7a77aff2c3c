"""A mail server for tests: takes everything on a port of this machine, or refuses some receivers (RFC 5321)."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

__all__ = ["MailServer", "mail_server"]


class MailServer(socketserver.ThreadingTCPServer):
    """Mails that were taken, in their order, and receivers that it does not know."""

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True

    def __init__(self, port: int = 0, refuses: frozenset[str] = frozenset()) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = refuses
        super().__init__(("127.0.0.1", port), _Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 10.0
    server: MailServer

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline():
            word = line.decode().strip()
            match word.upper().split(" ")[0].split(":")[0]:
                case "EHLO" | "HELO":
                    self._say("250 test")
                case "RCPT" if any(each in word for each in self.server.refuses):
                    self._say("550 no such person")
                case "MAIL" | "RCPT" | "RSET" | "NOOP":
                    self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    self._take()
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 unknown")

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.server.mails.append(mail)
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(port: int = 0, refuses: frozenset[str] = frozenset()) -> Iterator[MailServer]:
    """Serve while the block lasts."""
    with MailServer(port, refuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
