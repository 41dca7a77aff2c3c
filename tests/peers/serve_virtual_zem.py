"""Run by an interpreter that has pyzemrpc: the maker's emulator on loopback, without its HTTP server.

It lacks the order that chooses the detector; that one is acknowledged here. Prints its UDP port and serves until its
standard input ends.

Usage: python serve_virtual_zem.py
"""

import os
import socket
import sys

from loguru import logger

logger.remove()
sys.stdout, told = open(os.devnull, "w"), sys.stdout  # noqa: PTH123, SIM115  what it prints on its own is not ours

from zemrpc.tools.virtual_zem.virtual_zem import zem  # noqa: E402
from zemrpc.zem.conn.protocol import EnumCmd, ReqPacket  # noqa: E402

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    port = int(free.getsockname()[1])
zem.udp_service.listen_address = zem.udp_service.server_address = ("127.0.0.1", port)
zem.img_sender.listen_host = "127.0.0.1"
its_own = zem.process_packet


def process(packet: ReqPacket) -> None:
    if packet.parse_cmd() is EnumCmd.SetEDChanel:
        zem._send(packet.addr, zem.builder.build_ack(EnumCmd.SetEDChanel))
    else:
        its_own(packet)


zem.process_packet = process
zem.start()
print(port, file=told, flush=True)
sys.stdin.read()
os._exit(0)
