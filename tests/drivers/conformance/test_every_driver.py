"""Every driver keeps every promise at its own simulator, in virtual time."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject, Verdict
from operando.drivers.roles import Safety

BENCH = """operando_bench: 1
name: {driver}
instruments: {{it: {{driver: {driver}, address: '{address}', options: {options}}}}}
conformance: {{specimen: {{x: 1.2 mm, y: -0.35 mm}}}}
world: {{cell: symmetric}}
record: {{institution: SIM, operator: nobody}}
"""
ZEM = "{image: 'sim://zem/image', beam_current: 100 pA, chamber_unit: Pa}"
FORCE = "{map: pt113, unit: 2, quantities: {force: {place: stack, counts: 0.01 N, area: 0.785 cm^2}}}"
LOOP = (
    "{map: moxa-e1240-4-20ma, unit: 4, quantities: {input 1: {place: stack, measures: stack force, span: [0 N, 1 kN]}}}"
)
PT100 = "{map: isma-sfar-s-6ti, unit: 3, quantities: {input 1: {place: cell}, input 2: {place: box wall}}}"
GATEWAY = "sim://sensors/gateway"


def over_tcp(options: str) -> str:
    """Options of a Modbus sensor, for the gateway in front of its line."""
    return options.replace("{map", "{framing: tcp, map", 1)


PAIRS: Mapping[str, tuple[str, str, str]] = {
    "emstat4-lr": ("emstat4-lr", "sim://emstat4-lr", "{}"),
    "nexus": ("nexus", "sim://nexus", "{}"),
    "emstat-pico": ("emstat-pico", "sim://emstat-pico", "{}"),
    "biologic": ("biologic", "sim://biologic", "{}"),
    "biologic, VMP-300 family": ("biologic", "sim://biologic-300", "{}"),
    "keithley-2400": ("keithley-2400", "sim://keithley-2400", "{}"),
    "keithley-2450": ("keithley-2450", "sim://keithley-2450", "{}"),
    "keithley-2460": ("keithley-2460", "sim://keithley-2460", "{}"),
    "keithley-2461": ("keithley-2461", "sim://keithley-2461", "{}"),
    "zem": ("zem", "sim://zem", ZEM),
    "keller-33x on a line": ("keller-33x", "sim://sensors", "{unit: 1}"),
    "modbus, keller-33x": ("modbus", "sim://sensors", "{map: keller-33x, unit: 1, place: box}"),
    "modbus, pt113": ("modbus", "sim://sensors", FORCE),
    "modbus, isma-sfar-s-6ti": ("modbus", "sim://sensors", PT100),
    "modbus, moxa-e1240-4-20ma": ("modbus", "sim://sensors", LOOP),
    "modbus over TCP, keller-33x": ("modbus", GATEWAY, "{map: keller-33x, unit: 1, place: box, framing: tcp}"),
    "modbus over TCP, pt113": ("modbus", GATEWAY, over_tcp(FORCE)),
    "modbus over TCP, isma-sfar-s-6ti": ("modbus", GATEWAY, over_tcp(PT100)),
    "modbus over TCP, moxa-e1240-4-20ma": ("modbus", GATEWAY, over_tcp(LOOP)),
    "pfeiffer-tpg": ("pfeiffer-tpg", "sim://tpg", "{places: {wall: {channel: 1}}}"),
    "pfeiffer-rs485": ("pfeiffer-rs485", "sim://telegrams", "{}"),
    "mks-900": ("mks-900", "sim://mks", "{}"),
}
WATCHED = {"observed-ec-lab": "sim://ec-lab", "observed-pstrace": "sim://pstrace"}
ON_THE_INSTALLED_BENCH = {"emstat4-hr", "tescan", "amptek-dp5", "keller-33x"}
"""Judged by `test_suite_on_sim.py`."""
LEAST_KEPT = 8
"""A gauge has as many promises to keep; everything else has more."""


def test_no_driver_is_left_out() -> None:
    judged_here = {driver for driver, _, _ in PAIRS.values()} | set(WATCHED)
    offered = {entry.name for entry in entry_points(group="operando.drivers") if entry.value.startswith("operando.")}
    assert offered == judged_here | ON_THE_INSTALLED_BENCH


@pytest.mark.parametrize("pair", list(PAIRS))
def test_it_keeps_its_promises(pair: str, tmp_path: Path) -> None:
    verdict = judged(written(tmp_path, *PAIRS[pair]))
    kept_all(verdict)
    assert verdict.passed and verdict.confirmed_safe and verdict.counts[Outcome.KEPT] >= LEAST_KEPT


@pytest.mark.parametrize("driver", list(WATCHED))
def test_what_is_only_watched_promises_less_and_keeps_it(driver: str, tmp_path: Path) -> None:
    verdict = judged(written(tmp_path, driver, WATCHED[driver], "{time_zone: UTC}"))
    kept_all(verdict)
    kept = {result.id.partition(".")[2] for result in verdict.results if result.outcome is Outcome.KEPT}
    assert kept == {"identity", "keeps_alive", "second_client", "pulled_cable", "only_watches", "follows"}
    assert {state.safety for state in verdict.safe_states} == {Safety.UNKNOWN}, "the cell is in other hands"


@pytest.mark.parametrize("bench", ["sim-holder", "sim-keithley", "sim-zem"])
def test_the_other_benches_keep_their_promises(bench: str) -> None:
    verdict = judged(bench)
    kept_all(verdict)
    assert verdict.passed and verdict.confirmed_safe


def written(folder: Path, driver: str, address: str, options: str) -> Path:
    bench = folder / "bench.yaml"
    bench.write_text(BENCH.format(driver=driver, address=address, options=options), encoding="utf-8")
    return bench


def judged(bench: Path | str) -> Verdict:
    session = JudgedSession(Subject(bench), list(Permission))
    for case in session.cases():
        session.judge(case)
    return session.finish()


def kept_all(verdict: Verdict) -> None:
    wrong = [result for result in verdict.results if result.outcome in (Outcome.BROKEN, Outcome.STOPPED)]
    assert [result.message for result in wrong] == []
