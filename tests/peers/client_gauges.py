"""Run by an interpreter that has labmcp-pfeiffer-tpg, pfeiffer-vacuum-protocol, pylablib, PyMeasure and minimalmodbus.

What these programs read from the served gauges, as JSON.

Usage: python client_gauges.py TPG TELEGRAMS MKS SENSORS      (serial ports)
"""

import json
import sys

import minimalmodbus
import pfeiffer_vacuum_protocol as pvp
import serial
from labmcp import open_transport
from labmcp_pfeiffer_tpg.driver import TPGController
from pylablib.devices import Pfeiffer
from pymeasure.instruments.mksinst.mks974b import MKS974B


def tpg(port: str) -> dict[str, object]:
    endings = {"read_termination": "\r\n", "write_termination": "\r"}
    with open_transport(f"serial://{port}?baudrate=9600", timeout=2.0, **endings) as transport:
        controller = TPGController(transport)
        found: dict[str, object] = {
            "identity": controller.identify(),
            "gauges": controller.gauge_ids(),
            "unit": controller.unit(),
            "mbar": [pressure.mbar for pressure in controller.pressures()],
            "first_mbar": controller.pressure(1).mbar,
            "states": controller.sensor_states(),
        }
        controller.set_unit("Pa")
        found["after_changing_mbar"] = [pressure.mbar for pressure in controller.pressures()]
        controller.set_unit("hPa")
        found["errors"] = controller.errors()
        return found


def pylablib(port: str) -> dict[str, object]:
    with Pfeiffer.TPG260((port, 9600)) as unit:
        unit.set_units("pa")  # it knows those of the older generation only
        return {"pascal": unit.get_pressure(1), "kind": unit.get_gauge_kind(1), "status": unit.get_channel_status(1)}


def telegrams(port: str) -> dict[str, object]:
    with serial.Serial(port, 9600, timeout=1) as line:
        return {
            "types": [pvp.read_gauge_type(line, number) for number in (1, 2)],
            "errors": [pvp.read_error_code(line, number).name for number in (1, 2)],
            "versions": [list(pvp.read_software_version(line, number)) for number in (1, 2)],
            "bar": [pvp.read_pressure(line, number) for number in (1, 2)],
            "correction": pvp.read_correction_value(line, 1),
        }


def mks(port: str) -> dict[str, object]:
    with MKS974B(f"ASRL{port}::INSTR", visa_library="@py", timeout=2000) as gauge:
        found: dict[str, object] = {
            "serial": gauge.serial_number,
            "type": gauge.device_type,
            "status": gauge.status,
            "unit": str(gauge.unit),
            "torr": gauge.pressure,
        }
        gauge.unit = "PASCAL"
        found["pascal"] = gauge.pressure
        gauge.unit = "TORR"
        return found


def sensors(port: str) -> dict[str, object]:
    cell, thermometers, currents = (minimalmodbus.Instrument(port, unit) for unit in (2, 3, 4))
    for device in (cell, thermometers, currents):
        device.serial.timeout = 0.3
    found: dict[str, object] = {
        "counts": cell.read_long(0, signed=True),
        "status": cell.read_register(2),
        "holder_C": thermometers.read_register(52, 1, functioncode=4, signed=True),
        "connected": thermometers.read_register(50, functioncode=4),
        "share": currents.read_register(0, functioncode=4) / 65535,
        "box_bar": minimalmodbus.Instrument(port, 1).read_float(2),
    }
    try:
        minimalmodbus.Instrument(port, 9).read_register(0)
    except minimalmodbus.NoResponseError:
        found["nobody"] = "silent"
    return found


def main(tpg_port: str, telegram_port: str, mks_port: str, sensor_port: str) -> None:
    found = {
        "tpg": tpg(tpg_port),
        "pylablib": pylablib(tpg_port),
        "telegrams": telegrams(telegram_port),
        "mks": mks(mks_port),
        "sensors": sensors(sensor_port),
    }
    json.dump(found, sys.stdout)


main(*sys.argv[1:])
