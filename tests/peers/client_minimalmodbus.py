"""Run by an interpreter that has minimalmodbus: what it reads from a served pressure gauge, as JSON.

Usage: python client_minimalmodbus.py SERIAL_PORT
"""

import json
import sys

import minimalmodbus


def main(port: str) -> None:
    gauge = minimalmodbus.Instrument(port, 1)
    gauge.serial.timeout = 0.3
    found: dict[str, object] = {
        "pressure_bar": gauge.read_float(0x0002),
        "temperature_C": gauge.read_float(0x0008),
        "pressure_Pa": gauge.read_long(0x0022, signed=True),
        "serial_number": gauge.read_long(0x0202),
        "class_group": gauge.read_register(0x020E),
        "status": gauge.read_register(0x020C),
    }
    try:
        gauge.read_registers(0x0000, 5)
    except minimalmodbus.ModbusException as error:
        found["five_registers"] = type(error).__name__
    try:
        minimalmodbus.Instrument(port, 9).read_register(0x020C)
    except minimalmodbus.NoResponseError:
        found["another_address"] = "silent"
    gauge.write_register(0x020D, 7, functioncode=6)
    moved = minimalmodbus.Instrument(port, 7)
    found["moved_to"] = moved.read_register(0x020D)
    moved.write_register(0x020D, 1, functioncode=6)
    gauge.write_float(0xFF00, 1.0)
    found["after_setting_zero_bar"] = gauge.read_float(0x0002)
    gauge.write_float(0xFF02, 0.0)
    found["after_resetting_zero_bar"] = gauge.read_float(0x0002)
    json.dump(found, sys.stdout)


main(sys.argv[1])
