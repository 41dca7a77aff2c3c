"""A simulated ACME G1 on TCP. It shares nothing with the driver: they meet on the wire only.

`python -m acme_gauge.simulator BENCH` serves one on a free port of this machine, and writes a bench file for it.
"""

import socketserver
import sys
from pathlib import Path

__all__ = ["serve"]

BENCH = """operando_bench: 1
name: one ACME gauge
instruments:
  gauge: {{driver: acme-g1, address: 'tcp://127.0.0.1:{port}', simulated: true}}
record: {{institution: SIM, operator: nobody}}
"""


class Gauge:
    """The instrument without its wire: a question in, a reply out."""

    pressure_hPa = 2.5e-4

    def answer(self, question: bytes) -> bytes:
        """The reply to one question; silence to one that it does not know."""
        if question == b"ID":
            return self._line("G1;SN0042;1.07")
        if question == b"P":
            return self._line(f"0;{self.pressure_hPa:.4E}")
        return b""

    @staticmethod
    def _line(text: str) -> bytes:
        total = sum(text.encode("ascii")) & 0xFF
        return f"{text};{total:02X}\r".encode("ascii")


class _Client(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        gauge, question = Gauge(), b""
        while byte := self.rfile.read(1):
            if byte != b"\r":
                question += byte
                continue
            self.wfile.write(gauge.answer(question))
            question = b""


def serve(bench: Path) -> None:
    """Serve gauges until the process ends."""
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Client) as server:
        bench.write_text(BENCH.format(port=server.server_address[1]), encoding="utf-8")
        print(f"ready: {bench}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
