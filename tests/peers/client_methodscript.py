"""Run by an interpreter that has labmcp-palmsens: its own scripts on a served potentiostat, as JSON.

Usage: python client_methodscript.py ADDRESS      ADDRESS: serial:///dev/... or tcp://host:port
"""

import json
import math
import sys
import threading

from labmcp import InstrumentProtocolError, open_transport
from labmcp_palmsens.driver import MethodScriptDevice, ScriptResult, build_script

HOLD_V = 3.6


def held(result: ScriptResult) -> dict[str, object]:
    """Times, potentials and currents of a hold."""
    times, potentials, currents = zip(*[[v.value for v in variables] for _, variables in result.packets], strict=True)
    return {
        "types": [variable.type for variable in result.packets[0][1]],
        "points": len(times),
        "last_time_s": times[-1],
        "potential_V": sum(potentials) / len(potentials),
        "currents_finite": all(math.isfinite(current) for current in currents),
        "current_A": currents[-1],
        "error": result.error,
        "aborted": result.aborted,
        "timed_out": result.timed_out,
        "malformed": result.malformed,
    }


def hold_script(device: MethodScriptDevice, duration_s: int) -> list[str]:
    return list(
        build_script(
            f"meas_loop_ca p c {round(HOLD_V * 1000)}m 100m {duration_s}",
            begin_potential_v=HOLD_V,
            e_min=HOLD_V,
            e_max=HOLD_V,
            pgstat_mode=2,
            bandwidth_hz=60.0,
            current_range_a=0.01,
            autorange=True,
            equilibration_s=0.0,
            with_timer=True,
        )
    )


def sweep_script() -> list[str]:
    return list(
        build_script(
            "meas_loop_lsv p c 3500m 3600m 10m 100m",
            begin_potential_v=3.5,
            e_min=3.5,
            e_max=3.6,
            pgstat_mode=2,
            bandwidth_hz=60.0,
            current_range_a=0.01,
            autorange=True,
            equilibration_s=0.0,
        )
    )


def refused(device: MethodScriptDevice, script: list[str]) -> str:
    try:
        device.execute(script, timeout_s=5.0)
    except InstrumentProtocolError as error:
        return str(error)
    return "accepted"


def aborted_while_it_ran(device: MethodScriptDevice) -> tuple[ScriptResult, dict[str, object]]:
    results: list[ScriptResult] = []
    thread = threading.Thread(target=lambda: results.append(device.execute(hold_script(device, 60), timeout_s=90.0)))
    thread.start()
    while not device.running:
        pass
    threading.Event().wait(0.5)
    told = device.abort()
    thread.join()
    return results[0], told


def main(address: str) -> None:
    transport = open_transport(
        address, baudrate=230400, xonxoff=True, read_termination="\n", write_termination="\n", timeout=2.0
    )
    device = MethodScriptDevice(transport)
    found: dict[str, object] = {"identity": device.identify()}
    found["hold"] = held(device.execute(hold_script(device, 1), timeout_s=20.0))
    sweep = device.execute(sweep_script(), timeout_s=20.0)
    found["sweep"] = {
        "potentials_V": [variables[0].value for _, variables in sweep.packets],
        "error": sweep.error,
        "malformed": sweep.malformed,
    }
    found["text"] = device.execute(['send_string "hello"'], timeout_s=5.0).texts
    found["refused"] = refused(device, ["var p", "nonsense p"])
    result, told = aborted_while_it_ran(device)
    found["aborted"] = {**held(result), "told": told}
    found["idle_abort"] = device.abort()
    found["identity_at_the_end"] = device.identify()
    device.close()
    json.dump(found, sys.stdout)


main(sys.argv[1])
