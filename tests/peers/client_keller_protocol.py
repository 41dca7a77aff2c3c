"""Run by an interpreter that has the gauge maker's own package (keller-protocol): what it reads, as JSON.

Usage: python client_keller_protocol.py SERIAL_PORT
"""

import json
import sys

from keller_protocol.keller_protocol import KellerProtocol


def main(port: str) -> None:
    bus = KellerProtocol(port=port, baud_rate=9600, timeout=0.3, echo=False)
    found: dict[str, object] = {
        "firmware": bus.f48(1),
        "serial_number": bus.f69(1),
        "address": bus.f66(250, 0),
        "pressure_bar": bus.f73(1, 1),
        "temperature_C": bus.f73(1, 4),
        "pressure_Pa": bus.f74(1, 1),
        "highest_bar": bus.f30(250, 81),
        "active": bus.f32(1, 0),
        "status": bus.f32(1, 12),
    }
    bus.f95(1, 0, 1.0)
    found["after_setting_zero_bar"] = bus.f73(1, 1)
    bus.f95(1, 1)
    found["after_resetting_zero_bar"] = bus.f73(1, 1)
    bus.f31(1, 65, 2.0)
    found["with_gain_two_bar"] = bus.f73(1, 1)
    bus.f31(1, 65, 1.0)
    bus.f33(1, 13, 9)
    found["moved_to"] = bus.f32(9, 13)
    bus.f66(9, 1)
    try:
        bus.f69(9)
    except ConnectionRefusedError:
        found["another_address"] = "silent"
    json.dump(found, sys.stdout)


main(sys.argv[1])
