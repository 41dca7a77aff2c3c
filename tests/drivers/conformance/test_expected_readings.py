"""What somebody knows better than a gauge: a reading that is wrong by a factor keeps every other promise."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.broken_drivers import Broken, breaking

from operando.drivers.conformance import JudgedSession, Outcome, Result, Subject
from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import Quality, Reading

BENCH = """operando_bench: 1
name: a gauge
instruments: {{box gauge: {{driver: keller-33x, address: 'sim://box', options: {{place: box}}}}}}
conformance: {{readings: {readings}}}
record: {{institution: SIM, operator: nobody}}
"""
KNOWN = "{pressure: {box: {between: [1.05 bar, 1.15 bar], because: closed at 1.1 bar by the glovebox's gauge}}}"


class HectopascalAsPascal(Broken):
    """Gives hPa and calls it Pa."""

    role = "pressures"
    caught_by = "pressure.reads"

    def pressure(self) -> Reading:
        reading = self.gauge.pressure()
        return replace(reading, value=reading.value / 100)


class NeverGood(Broken):
    """Gives no reading that may be believed."""

    role = "pressures"
    caught_by = "pressure.reads"

    def pressure(self) -> Reading:
        return replace(self.gauge.pressure(), quality=Quality.FAULT, detail="broken wire")


def judged(folder: Path, readings: str, kind: type[Broken] | None, check: str = "pressure.reads") -> Result:
    path = folder / "bench.yaml"
    path.write_text(BENCH.format(readings=readings), encoding="utf-8")
    session = JudgedSession(Subject(path) if kind is None else Subject(path, change=breaking(kind)), [])
    try:
        (result,) = [session.judge(case) for case in session.cases([check])]
    finally:
        session.finish()
    return result


def test_without_better_knowledge_a_factor_is_not_seen(tmp_path: Path) -> None:
    assert judged(tmp_path, "{}", HectopascalAsPascal).outcome is Outcome.KEPT


def test_with_it_a_factor_is_caught_and_the_reason_is_told(tmp_path: Path) -> None:
    result = judged(tmp_path, KNOWN, HectopascalAsPascal)
    assert result.outcome is Outcome.BROKEN
    assert "allowed 105000 to 115000 Pa" in result.message and "by the glovebox's gauge" in result.message


def test_a_reading_that_is_none_is_not_what_was_expected(tmp_path: Path) -> None:
    assert judged(tmp_path, "{}", NeverGood).outcome is Outcome.KEPT
    assert judged(tmp_path, KNOWN, NeverGood).outcome is Outcome.BROKEN


def test_a_good_gauge_and_thermometer_keep_it(tmp_path: Path) -> None:
    assert judged(tmp_path, KNOWN, None).outcome is Outcome.KEPT
    warm = "{temperature: {box: {between: [15 degC, 35 degC], because: the room has 25 degC}}}"
    result = judged(tmp_path, warm, None, "thermometer.reads")
    assert result.outcome is Outcome.KEPT
    assert any("288.15 to 308.15 K" in str(measurement) for measurement in result.measurements)


@pytest.mark.parametrize(
    ("readings", "complaint"),
    [
        ("{pressure: {bxo: {between: [1 bar, 2 bar], because: x}}}", "did you mean 'box'"),
        ("{force: {stack: {between: [1 N, 2 N], because: x}}}", "unknown place 'stack'"),
    ],
)
def test_a_place_at_which_nobody_measures_is_no_promise(tmp_path: Path, readings: str, complaint: str) -> None:
    with pytest.raises(ConfigMismatch, match=complaint):
        judged(tmp_path, readings, None)


@pytest.mark.parametrize(
    ("readings", "complaint"),
    [
        ("{pressure: {box: {between: [2 bar, 1 bar], because: x}}}", "the lower limit comes first"),
        ("{pressure: {box: {between: [1, 2], because: x}}}", "has no unit"),
        ("{pressure: {box: {between: [1 K, 2 K], because: x}}}", "is not a pressure"),
        ("{pressure: {box: {between: [1 bar, 2 bar]}}}", "because"),
    ],
)
def test_limits_have_an_order_a_unit_and_a_reason(tmp_path: Path, readings: str, complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        judged(tmp_path, readings, None)
