"""Run by an interpreter that has pymeasure and pyvisa-py: what its drivers find at served SourceMeters, as JSON.

Usage: python client_pymeasure.py HOST PORT_OF_2450 PORT_OF_2400
"""

import json
import sys

from pymeasure.instruments.keithley import Keithley2400, Keithley2450

VISA = {"visa_library": "@py", "read_termination": "\n", "write_termination": "\n", "timeout": 10_000}


def use_2450(resource: str) -> dict[str, object]:
    smu = Keithley2450(resource, **VISA)
    found: dict[str, object] = {"identity": smu.id}
    smu.write("*RST;*CLS")
    smu.voltage_output_off_state = "HIMP"
    smu.current_output_off_state = "HIMP"
    found["off_states"] = [smu.voltage_output_off_state, smu.current_output_off_state]
    smu.apply_current(compliance_voltage=5.0)
    smu.measure_voltage()
    smu.source_current = 0
    smu.enable_source()
    found["open_circuit_V"] = smu.voltage
    smu.disable_source()
    smu.apply_voltage(compliance_current=1e-4)
    smu.measure_current()
    smu.source_voltage = 4.0
    found["source_V"], found["limit_A"] = smu.source_voltage, smu.compliance_current
    smu.enable_source()
    found["charging_A"] = smu.current
    smu.source_voltage = 3.0
    found["discharging_A"] = smu.current
    smu.disable_source()
    smu.write(":NONSENSE")
    found["refused"] = [list(map(str, entry)) for entry in smu.check_errors() or []]
    found["output"] = smu.ask(":OUTP?").strip()
    smu.adapter.close()
    return found


def use_2400(resource: str) -> dict[str, object]:
    smu = Keithley2400(resource, **VISA)
    found: dict[str, object] = {"identity": smu.id}
    smu.reset()
    smu.reset_data_format()
    smu.output_off_state = "disconnected"
    found["off_state"] = smu.output_off_state
    smu.wires = 4
    found["wires"] = smu.wires
    smu.apply_voltage(compliance_current=1e-4)
    smu.source_voltage = 4.0
    smu.write(":SENS:FUNC:CONC ON;:SENS:FUNC 'VOLT','CURR'")
    smu.enable_source()
    found["enabled"] = smu.source_enabled
    found["charging_A"] = smu.current
    found["voltage_V"] = smu.voltage
    smu.config_buffer(10, delay=0.0)
    smu.start_buffer()
    smu.wait_for_buffer(timeout=20)
    rows = smu.buffer_data.reshape(-1, 5)
    found["rows"] = rows.shape[0]
    found["buffer_A"] = float(rows[:, 1].mean())
    found["times_increase"] = bool((rows[1:, 3] > rows[:-1, 3]).all())
    smu.disable_source()
    found["enabled_at_the_end"] = smu.source_enabled
    smu.adapter.close()
    return found


def main(host: str, port_2450: str, port_2400: str) -> None:
    found = {
        "2450": use_2450(f"TCPIP::{host}::{port_2450}::SOCKET"),
        "2400": use_2400(f"TCPIP::{host}::{port_2400}::SOCKET"),
    }
    json.dump(found, sys.stdout)


main(*sys.argv[1:])
