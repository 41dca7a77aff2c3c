"""Current ranges: which one is used, and what the status says (sheet 1.4)."""

import pytest
from support.emstat_bench import EmStatBench
from support.resistor_world import ResistorCell

from operando.simulators.potentiostats.ranges import CurrentRanging

MEASURE = "var i\n{}\nmeas 1 i ba\npck_start\npck_add i\npck_end"


def measured(setup: str, current_A: float) -> str:
    bench = EmStatBench(ResistorCell(script=[(3.7, current_A)]))
    return bench.run(MEASURE.format(setup)).strip()


@pytest.mark.parametrize(
    ("current_A", "suffix"),
    [
        pytest.param(1e-3, ",10,215", id="nominal"),
        pytest.param(-1e-3, ",10,215", id="negative"),
        pytest.param(2.4e-3, ",10,215", id="below the warning"),
        pytest.param(2.5e-3, ",18,215", id="overload warning"),
        pytest.param(2.93e-3, ",12,215", id="overload"),
        pytest.param(0.124e-3, ",10,215", id="above underload"),
        pytest.param(0.122e-3, ",14,215", id="underload"),
    ],
)
def test_status_in_a_fixed_range(current_A: float, suffix: str) -> None:
    assert measured("set_range ba 1m", current_A).endswith(suffix)


def test_overloaded_range_saturates() -> None:
    assert measured("set_range ba 1m", 0.1) == "Pba82D0370n,12,215"
    assert measured("set_range ba 1m", -0.1) == "Pba7D2FC90n,12,215"


@pytest.mark.parametrize(
    ("setup", "index"),
    [
        ("set_range ba 100n", "09"),
        ("set_range ba 1u", "0C"),
        ("set_range ba 10u", "0F"),
        ("set_range ba 100u", "12"),
        ("set_range ba 2m", "15"),
        ("set_range ba 3m", "18"),
        ("set_range ba 100m", "1B"),
        ("set_range ba 1", "1B"),
        ("set_range_minmax ba -10m 1m", "18"),
        ("set_cr 10m", "18"),
        ("wait 1", "1B"),
    ],
)
def test_range_for_a_maximum(setup: str, index: str) -> None:
    assert measured(setup, 0.0).endswith(f",14,2{index}")


@pytest.mark.parametrize(
    ("current_A", "index"),
    [(50e-3, "1B"), (5e-3, "18"), (1e-3, "15"), (100e-6, "12"), (-12e-6, "0F"), (1e-6, "0F")],
)
def test_instrument_finds_the_range_by_itself(current_A: float, index: str) -> None:
    assert f",2{index}" in measured("set_autoranging ba 10u 100m", current_A)


def test_range_stays_within_the_allowed_ones() -> None:
    assert measured("set_autoranging ba 100u 1m", 50e-3).endswith(",12,215")
    assert measured("set_autoranging ba 100u 1m", 1e-9).endswith(",14,212")


def test_range_does_not_flutter() -> None:
    ranging = CurrentRanging()
    ranging.allow(1e-5, 1e-1)
    assert [ranging.select(current).index for current in (0.1e-3, 2.0e-3, 2.4e-3, 2.5e-3, 1.3e-3, 1.2e-3)] == [
        18,
        21,
        21,
        24,
        24,
        21,
    ]
