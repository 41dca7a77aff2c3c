"""Run by an interpreter that has labmcp-pfeiffer-tpg and pfeiffer-vacuum-protocol: their emulators over TCP.

Prints one line of JSON with the ports and serves until its standard input ends.

Usage: python serve_gauge_emulators.py
"""

import json
import socketserver
import sys
import threading
from collections.abc import Callable

from labmcp_pfeiffer_tpg.simulator import TPGSimulator
from pfeiffer_vacuum_protocol.mock import PPT100

ETX = b"\x03"


def tpg(model: str) -> Callable[[], Callable[[bytes], bytes]]:
    return lambda: TPGSimulator(model).handle_bytes


def telegrams() -> Callable[[bytes], bytes]:
    device = PPT100(nonascii=True)
    received = b""

    def answer(data: bytes) -> bytes:
        nonlocal received
        *lines, received = (received + data).split(b"\r")
        return b"".join(device.get_response(line + b"\r") for line in lines)

    return answer


def serve(make: Callable[[], Callable[[bytes], bytes]]) -> int:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            answer = make()
            while data := self.request.recv(4096):
                self.request.sendall(answer(data))

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_address[1])


ports = {"tpg362": serve(tpg("TPG362")), "tpg262": serve(tpg("TPG262")), "telegrams": serve(telegrams)}
print(json.dumps(ports), flush=True)
sys.stdin.read()
