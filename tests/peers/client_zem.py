"""Run by an interpreter that has pyzemrpc: its messages at a served ZEM, and its picture receiver, as JSON.

Usage: python client_zem.py HOST UDP_PORT
"""

import json
import os
import socket
import sys
import threading

from loguru import logger

logger.remove()
sys.stdout, told = open(os.devnull, "w"), sys.stdout  # noqa: PTH123, SIM115  what it prints on its own is not ours

from zemrpc.zem.conn.img_receiver import ImgReceiver  # noqa: E402
from zemrpc.zem.conn.protocol import EnumEDChannel, ProtocolBuilder, Request, RespPacket  # noqa: E402
from zemrpc.zem.models import EnumImageSize  # noqa: E402


class Microscope:
    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(10.0)
        self.socket.connect((host, port))
        self.builder = ProtocolBuilder(*self.socket.getsockname())

    def ask(self, request: Request) -> RespPacket:
        self.socket.send(request.data)
        reply = RespPacket(self.socket.recv(65535))
        reply.extra["addr"] = self.socket.getpeername()
        return reply


def main(host: str, port: int) -> None:
    zem = Microscope(host, port)
    ask, build = zem.ask, zem.builder
    found: dict[str, object] = {
        "model": ask(build.build_get_model()).parse_model(),
        "idle": ask(build.build_status_check()).is_idle_status(),
        "magnification_set": ask(build.build_set_mag(1000)).is_ack_ok(),
        "magnification": ask(build.build_get_mag()).parse_mag(),
        "field_um": ask(build.build_get_scan_info()).parse_scan_info().scan_um,
        "refused": str(ask(build.build_set_mag(1)).is_error()),
        "channel_set": ask(build.build_set_ed_channel(EnumEDChannel.BSE)).is_ack_ok(),
    }
    ask(build.build_gun_on())
    while ask(build.build_get_hv_status()).parse_hv_status().value != 1:
        threading.Event().wait(0.2)
    found["volts"] = ask(build.build_get_hv()).parse_hv().acc_v
    found["moved"] = ask(build.build_set_stage_pos(1200.0, -650.0)).is_ack_ok()
    while ask(build.build_get_stg_status()).parse_stage_status().value != 1:
        threading.Event().wait(0.1)
    position = ask(build.build_get_stage_pos()).parse_stage_pos()
    found["position_um"] = [position.x, position.y]
    offer = ask(build.build_snap_simple(pavg=1, sz=EnumImageSize.S128xS128)).parse_img_resp()
    receiver = ImgReceiver(offer, None, is_newbee=False)
    receiver()
    found["picture"] = [list(receiver.img.shape), str(receiver.img.dtype), float(receiver.img.std())]
    ask(build.build_gun_off())
    found["off"] = ask(build.build_get_hv_status()).parse_hv_status().value
    json.dump(found, told)


main(sys.argv[1], int(sys.argv[2]))
