"""The other benches and instruments over TCP, UDP and pseudo terminals in real time; slow checks are left to `sim`."""

from pathlib import Path

import pytest
from support.served import bench_of, serving

from operando.drivers.bench.open import bench_source
from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject

SYMMETRIC = "world: {cell: symmetric}\n"
LIMITED = ("potentiostat.identity", "potentiostat.second", "potentiostat.pulled", "potentiostat.unknown")
SENSORS = ("pressure", "thermometer", "force")
GAUGES = tuple(f"{role}.{check}" for role in SENSORS for check in ("ident", "pull", "reads"))
MICROSCOPE = ("stage.arrives", "stage.becomes", "column.reads", "column.refuses", "scanner.refuses", "scanner.unknown")
BEHIND_A_GATEWAY = """operando_bench: 1
name: behind a gateway
record: {institution: test, operator: test}
instruments:
  box: {driver: modbus, address: 'sim://sensors/gateway', options: {map: keller-33x, place: box, framing: tcp}}
  holder: {driver: modbus, address: 'sim://sensors/gateway', options: {map: isma-sfar-s-6ti, unit: 3, framing: tcp,
    quantities: {input 1: {place: cell}}}}
"""
CASES = {
    "sim-holder": (bench_source("sim-holder"), GAUGES, ("pty", "tcp")),
    "sim-keithley": (bench_source("sim-keithley"), LIMITED, ("tcp",)),
    "sim-zem": (bench_source("sim-zem"), MICROSCOPE, ("udp",)),
    "emstat4-lr": (bench_of(it="emstat4-lr sim://emstat4-lr") + SYMMETRIC, LIMITED, ("pty", "tcp")),
    "nexus": (bench_of(it="nexus sim://nexus") + SYMMETRIC, LIMITED, ("pty", "tcp")),
    "emstat-pico": (bench_of(it="emstat-pico sim://emstat-pico") + SYMMETRIC, LIMITED, ("pty", "tcp")),
    "keithley-2400": (bench_of(it="keithley-2400 sim://keithley-2400") + SYMMETRIC, LIMITED, ("pty", "tcp")),
    "keithley-2460": (bench_of(it="keithley-2460 sim://keithley-2460") + SYMMETRIC, LIMITED, ("tcp",)),
    "telegrams": (bench_of(it="pfeiffer-rs485 sim://telegrams"), GAUGES, ("pty", "tcp")),
    "modbus behind a gateway": (BEHIND_A_GATEWAY, GAUGES, ("gateway",)),
    "mks": (bench_of(it="mks-900 sim://mks"), GAUGES, ("pty", "tcp")),
}
ON_EVERY_WIRE = [(name, wire) for name, (_, _, wires) in CASES.items() for wire in wires]


@pytest.mark.parametrize(("name", "wire"), ON_EVERY_WIRE, ids=[f"{name}, {wire}" for name, wire in ON_EVERY_WIRE])
def test_it_keeps_its_promises_on_the_wire(name: str, wire: str, tmp_path: Path) -> None:
    bench, checks, _ = CASES[name]
    with serving(tmp_path, bench) as served:
        text = served.bench.read_text(encoding="utf-8")
        for addresses in served.instruments.values():
            if wire == "tcp" and "pty" in addresses:
                text = text.replace(addresses["pty"], addresses["tcp"])
        served.bench.write_text(text, encoding="utf-8")
        assert any(wire in addresses for addresses in served.instruments.values()), "it has such a wire"
        session = JudgedSession(Subject(served.bench), list(Permission))
        for case in session.cases(checks):
            session.judge(case)
        verdict = session.finish()
    assert [result.message for result in verdict.results if result.outcome is Outcome.BROKEN] == []
    assert verdict.passed and verdict.confirmed_safe and verdict.counts[Outcome.KEPT] >= 3
