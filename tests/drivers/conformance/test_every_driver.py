"""Every driver keeps every promise at its own simulator, in virtual time."""

from pathlib import Path

import pytest

from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject

BENCH = """operando_bench: 1
name: {driver}
instruments: {{it: {{driver: {driver}, address: '{address}'{options}}}}}
world: {{cell: symmetric}}
record: {{institution: SIM, operator: nobody}}
"""
DRIVERS = {
    "emstat4-lr": ("sim://emstat4-lr", ""),
    "nexus": ("sim://nexus", ""),
    "emstat-pico": ("sim://emstat-pico", ""),
    "keithley-2400": ("sim://keithley-2400", ""),
    "keithley-2450": ("sim://keithley-2450", ""),
    "keithley-2461": ("sim://keithley-2461", ""),
    "pfeiffer-tpg": ("sim://tpg", ", options: {places: {wall: {channel: 1}}}"),
    "pfeiffer-rs485": ("sim://telegrams", ""),
    "mks-900": ("sim://mks", ""),
}
LEAST_KEPT = 8
"""A gauge has as many promises to keep; everything else has more."""


@pytest.mark.parametrize("driver", list(DRIVERS))
def test_it_keeps_its_promises(driver: str, tmp_path: Path) -> None:
    address, options = DRIVERS[driver]
    bench = tmp_path / "bench.yaml"
    bench.write_text(BENCH.format(driver=driver, address=address, options=options), encoding="utf-8")
    judge(bench)


@pytest.mark.parametrize("bench", ["sim-holder", "sim-keithley"])
def test_the_other_benches_keep_their_promises(bench: str) -> None:
    judge(bench)


def judge(bench: Path | str) -> None:
    session = JudgedSession(Subject(bench), list(Permission))
    for case in session.cases():
        session.judge(case)
    verdict = session.finish()
    assert [result.message for result in verdict.results if result.outcome is Outcome.BROKEN] == []
    assert verdict.passed and verdict.confirmed_safe and verdict.counts[Outcome.KEPT] >= LEAST_KEPT
