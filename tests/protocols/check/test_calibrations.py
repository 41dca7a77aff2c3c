"""Calibrations that a run rests on: in force, stale, missing or dated after it."""

from dataclasses import replace
from datetime import date

import pytest
from support.bench_facts import BENCH
from support.protocols import PROTOCOL

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.file import CalibrationEntry
from operando.protocols.calibrations import judge_calibrations, simulated_throughout
from operando.protocols.check import check
from operando.protocols.document import parse_protocol

DAY = date(2026, 11, 22)
ALL = ["beam current", "pixel size", "EDS energy scale", "load cell tare", "potentiostat dummy cell"]
PROGRAM = parse_protocol(PROTOCOL, "protocol.yaml")


def found(on: date, good_for: str | None = None) -> CalibrationEntry:
    return CalibrationEntry.model_validate({"value": "98.5 pA", "on": on, "by": "A. Nobody", "good_for": good_for})


@pytest.mark.parametrize(
    ("name", "entry", "verdict"),
    [
        ("beam current", None, "missing"),
        ("beam current", found(DAY), "in force"),
        ("beam current", found(date(2026, 11, 20)), "in force"),
        ("beam current", found(date(2026, 11, 19)), "stale"),
        ("beam current", found(date(2026, 11, 19), "30 days"), "in force"),
        ("beam current", found(date(2026, 11, 23)), "not yet"),
        ("pixel size", found(date(2025, 11, 23)), "in force"),
        ("pixel size", found(date(2025, 11, 21)), "stale"),
        ("EDS energy scale", found(date(2026, 10, 22)), "stale"),
        ("load cell tare", found(date(2026, 11, 14)), "stale"),
        ("potentiostat dummy cell", found(date(2026, 8, 23)), "stale"),
    ],
)
def test_the_age_of_each_kind_is_judged(name: str, entry: CalibrationEntry | None, verdict: str) -> None:
    judged = judge_calibrations(PROGRAM, {name: entry} if entry else {}, DAY, with_load_cell=True)
    assert {one.of: one.verdict for one in judged}[name] == verdict


def test_what_else_is_given_has_no_limit_unless_one_is_stated() -> None:
    given = {"humidity": found(date(2000, 1, 1)), "window": found(date(2000, 1, 1), "1 day")}
    judged = judge_calibrations(PROGRAM, given, DAY, with_load_cell=False)
    assert [(one.of, one.verdict) for one in judged[-2:]] == [("humidity", "in force"), ("window", "stale")]


def test_check_says_what_is_missing_and_what_is_stale() -> None:
    stale = {"pixel size": found(date(2020, 1, 1))}
    facts = replace(BENCH, calibrations=stale, day=DAY, forces=("stack",))
    said = [finding.what for finding in check(PROGRAM, facts) if "calibration of" in finding.what]
    assert sorted(said) == sorted(
        [f"no calibration of the {name} is in force" for name in ALL if name != "pixel size"]
        + ["the calibration of the pixel size (98.5 pA, A. Nobody) is 2517 days old, good for 365"]
    )


def test_a_bench_that_is_simulated_throughout_needs_none() -> None:
    assert not [finding for finding in check(PROGRAM, BENCH) if "calibration of" in finding.what]


@pytest.mark.parametrize(
    ("instruments", "simulated"),
    [
        ('{a: {driver: x, address: "sim://a"}}', True),
        ('{a: {driver: x, address: "tcp://127.0.0.1:1", simulated: true}}', True),
        ('{a: {driver: x, address: "sim://a"}, b: {driver: y, address: "serial:///dev/ttyUSB0"}}', False),
    ],
    ids=["in process", "served", "mixed"],
)
def test_what_is_simulated_throughout(instruments: str, simulated: bool) -> None:
    record = "record: {institution: I, operator: O}"
    text = f"operando_bench: 1\nname: bench\ninstruments: {instruments}\n{record}\n"
    assert simulated_throughout(load_bench_file(text)[1]) is simulated
