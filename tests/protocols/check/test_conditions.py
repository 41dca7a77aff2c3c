"""Conditions that can never come true are refused; so are gauges that are not there."""

import pytest
from support.bench_facts import BENCH
from support.protocols import changed, line_of, program

from operando.protocols.check import check
from operando.protocols.document import parse_protocol

PLACE = "every: 15 min, during: [charge, discharge]"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("voltage: {rises_above: 4.4 V}", "4.4 V is outside the safety window of 2.8 V to 4.3 V"),
        ("voltage: {falls: 2 V, over: 5 s}", "more than the safety window is wide"),
        ("current: {falls_below: -1 mA}", "-1000 uA is outside the safety window"),
        ("voltage: {rises_above: 4 V, for: 400 h}, during: charge", "no step that it concerns lasts so long"),
        ("voltage: {rises_above: 4 V}, during: charge, settled: 400 h", "no step that it concerns lasts 1.44e+06 s"),
        (
            "all: [{voltage: {rises_above: 4 V}}, {voltage: {falls_below: 3 V}}]",
            "the voltage is never above 4 V and below 3 V at once",
        ),
        (
            "all: [{voltage: {falls_below: 3 V}}, {not: {voltage: {falls_below: 3.5 V}}}]",
            "the voltage is never above 3.5 V and below 3 V at once",
        ),
        ("dose: {region: cathode, rises_above: 1 C/m^2}", "no picture is taken of cathode"),
        ("pressure: {gauge: bax, rises_above: 1 bar}", "box"),
        ("force: {sensor: stack, rises_above: 1 kN}", "stack"),
    ],
)
def test_what_never_comes_true_is_refused(condition: str, words: str) -> None:
    text = changed(PLACE, condition)
    found = [one for one in check(parse_protocol(text), BENCH) if one.severity == "error"]
    assert [one.line for one in found] == [line_of(text, "when:") + 1], [str(one) for one in found]
    assert words in found[0].what


@pytest.mark.parametrize(
    "condition",
    [
        "voltage: {rises_above: 4.1 V}",
        "all: [{voltage: {rises_above: 3 V}}, {voltage: {falls_below: 4 V}}]",
        "any: [{voltage: {rises_above: 3 V}}, {voltage: {falls_below: 4 V}}]",
        "pressure: {gauge: box, rises_above: 1.2 bar}",
        "impedance: {rises_above: 100 ohm}",
        "dose: {region: anode, rises_above: 5 C/m^2}",
        "start_of: charge",
    ],
)
def test_what_may_come_true_is_not(condition: str) -> None:
    assert [str(one) for one in check(program(PLACE, condition), BENCH) if one.severity == "error"] == []


def test_a_part_that_never_comes_true_is_a_warning() -> None:
    found = check(program(PLACE, "any: [{start_of: charge}, {voltage: {rises_above: 9 V}}]"), BENCH)
    assert [one.severity for one in found if "a part of this never comes true" in one.what] == ["warning"]


def test_without_spectra_there_is_no_impedance() -> None:
    text = changed(PLACE, "impedance: {rises_above: 10 ohm}").replace(
        "      - {impedance: {bias: ocv, from: 200 kHz, to: 1 Hz, amplitude: 10 mV rms}}\n", ""
    )
    assert any("measures no impedance" in one.what for one in check(parse_protocol(text), BENCH))


def test_a_time_after_the_end_and_an_end_that_nobody_foresees() -> None:
    late = check(program(PLACE, "at: 30 d"), BENCH)
    assert any("the run is estimated to end after" in one.what for one in late)
    blind = check(program(PLACE, "just_before_end_of: impedance"), BENCH)
    assert any("nobody can foresee when 'impedance' ends" in one.what for one in blind)


@pytest.mark.parametrize(
    ("condition", "least_s"),
    [
        ("start_of: charge", 1.9),
        ("voltage: {rises_above: 4 V}", 2.9),
        ("voltage: {falls: 20 mV, over: 5 s}", 1.92),
        ("pressure: {gauge: box, rises_above: 1.2 bar}", 61.9),
        ("all: [{voltage: {rises_above: 4 V}}, {pressure: {gauge: box, rises_above: 1.2 bar}}]", 61.9),
    ],
)
def test_a_contract_that_cannot_be_met_is_refused_by_the_slowest_part(condition: str, least_s: float) -> None:
    """0.1 s to the poll, 1 s to unblank, 0.8 s to start, and what the sample or reading takes to come."""
    for promised_s, refused in ((least_s - 0.01, True), (least_s + 0.01, False)):
        found = check(program(PLACE, f"{condition}, start_within: {promised_s:.3f} s"), BENCH)
        assert any("cannot be met" in one.what for one in found) is refused


def test_the_time_before_an_event_is_sampled_no_faster_than_the_instrument_can() -> None:
    fast = "dwell: 5 us, before: {samples: 30 s, every: 1 ms},"
    found = check(program("dwell: 5 us,", fast), BENCH)
    assert any(one.severity == "error" and "samples no faster than every 0.02 s" in one.what for one in found)
