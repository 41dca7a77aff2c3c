"""At a known load the suite knows what must be measured, and finds an instrument that is off by a few percent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.broken_drivers import Broken, breaking
from support.resistor_world import ResistorCell, ResistorWorld

from operando.drivers.bench import Roles
from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject
from operando.drivers.roles import Samples
from operando.simulators.laboratory import Laboratory
from operando.simulators.potentiostats import EmStat4

BENCH = """operando_bench: 1
name: dummy cell
instruments: {potentiostat: {driver: emstat4-hr, address: sim://potentiostat}}
conformance: {dummy_cell: {series: 1 kohm}, current: 1 mA}
record: {institution: SIM, operator: nobody}
"""
CHECKS = ("potentiostat.knows_voltage", "potentiostat.knows_current", "potentiostat.knows_impedance")


class NoTruth:
    def at(self, time_s: float) -> dict[str, float]:
        return {"time_s": time_s}


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Outcome]]:
    """Judges a potentiostat at a resistor."""
    (tmp_path / "bench.yaml").write_text(BENCH, encoding="utf-8")

    def judge(
        resistance_ohm: float = 1000.0, change: Callable[[Roles], Roles] = lambda roles: roles
    ) -> dict[str, Outcome]:
        world = ResistorWorld(ResistorCell(emf_V=0.0, resistance_ohm=resistance_ohm))
        laboratory = Laboratory({"potentiostat": EmStat4(world)}, NoTruth())
        monkeypatch.setattr(Laboratory, "from_settings", lambda _: laboratory)
        session = JudgedSession(Subject(tmp_path / "bench.yaml", change=change), list(Permission))
        results = {case.id: session.judge(case).outcome for case in session.cases(CHECKS)}
        session.finish()
        return results

    return judge


def test_a_right_instrument_at_the_right_load(judged: Callable[..., dict[str, Outcome]]) -> None:
    assert judged() == dict.fromkeys(CHECKS, Outcome.KEPT)


def test_another_load_than_declared(judged: Callable[..., dict[str, Outcome]]) -> None:
    assert judged(1100.0) == dict.fromkeys(CHECKS, Outcome.BROKEN)


class FivePercentOff(Broken):
    """Measures five percent too much."""

    role = "potentiostat"
    caught_by = "potentiostat.knows_voltage"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["voltage_V"] *= 1.05
        return said


def test_an_instrument_that_is_off_by_a_few_percent(judged: Callable[..., dict[str, Outcome]]) -> None:
    assert judged(change=breaking(FivePercentOff))["potentiostat.knows_voltage"] is Outcome.BROKEN
