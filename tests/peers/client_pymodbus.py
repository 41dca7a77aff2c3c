"""Run by an interpreter that has pymodbus and pyserial: what its synchronous clients read from a gauge, as JSON.

Usage: python client_pymodbus.py SERIAL_PORT HOST PORT       over a serial line, and RTU over TCP
       python client_pymodbus.py --gateway HOST PORT         Modbus TCP, several devices behind a gateway
"""

import json
import struct
import sys

from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient

Client = ModbusSerialClient | ModbusTcpClient


def floats(client: Client, start: int, count: int) -> list[float]:
    reply = client.read_holding_registers(start, count=2 * count, device_id=1)
    assert not reply.isError(), reply
    words = struct.pack(f">{2 * count}H", *reply.registers)
    return list(struct.unpack(f">{count}f", words))


def echoed(client: Client) -> str:
    reply = client.diag_query_data(b"\x12\x34", device_id=1)
    return bytes(vars(reply)["message"]).hex()


def readings(client: Client) -> dict[str, object]:
    assert client.connect()
    try:
        pressure_bar, temperature_C = floats(client, 0x0100, 2)
        return {
            "pressure_bar": pressure_bar,
            "temperature_C": temperature_C,
            "five_registers": client.read_holding_registers(0x0000, count=5, device_id=1).exception_code,
            "odd_address": client.read_holding_registers(0x0003, count=2, device_id=1).exception_code,
            "input_registers": client.read_input_registers(0x0002, count=2, device_id=1).exception_code,
            "echo": echoed(client),
            "pressure_again_bar": floats(client, 0x0002, 1)[0],
        }
    finally:
        client.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


def behind_gateway(host: str, port: str) -> dict[str, object]:
    client: Client = ModbusTcpClient(host, port=int(port), timeout=1.0, retries=0)
    assert client.connect()
    try:
        force = client.read_holding_registers(0, count=3, device_id=2).registers
        nobody = client.read_holding_registers(0, count=1, device_id=9)
        return {
            "pressure_bar": floats(client, 0x0100, 1)[0],
            "force_counts": (force[0] << 16) | force[1],
            "force_status": force[2],
            "temperature_C": client.read_input_registers(52, count=1, device_id=3).registers[0] / 10,
            "illegal_address": client.read_holding_registers(0x0040, count=1, device_id=2).exception_code,
            "nobody": nobody.exception_code,
            "after_it_bar": floats(client, 0x0100, 1)[0],
        }
    finally:
        client.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


def main(port: str, host: str, tcp_port: str) -> None:
    if port == "--gateway":
        json.dump(behind_gateway(host, tcp_port), sys.stdout)
        return
    serial = ModbusSerialClient(port, framer=FramerType.RTU, baudrate=9600, timeout=0.5, retries=0)
    stream = ModbusTcpClient(host, port=int(tcp_port), framer=FramerType.RTU, timeout=0.5, retries=0)
    json.dump({"serial": readings(serial), "tcp": readings(stream)}, sys.stdout)


main(*sys.argv[1:])
