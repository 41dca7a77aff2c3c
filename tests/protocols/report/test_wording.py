"""Numbers stand as scientists write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.protocols.report.wording import fixed, in_hours, percent, power_of_ten, setting, with_prefix

THIN = "\u202f"
NO_BREAK = "\u00a0"
FACTORS = {"p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (1.2e-3, "Ah", "1.20 mAh"),
        (120e-6, "A", "120 µA"),
        (-119.96e-6, "A", "−120 µA"),
        (999.6e-6, "A", "1.00 mA"),
        (4.2, "V", "4.20 V"),
        (0.0, "V", "0 V"),
        (2e-7, "m", "200 nm"),
        (math.nan, "V", "unknown"),
        (None, "V", "unknown"),
    ],
)
def test_a_value_takes_the_prefix_that_makes_it_readable(value: float | None, unit: str, told: str) -> None:
    assert with_prefix(value, unit) == told.replace(" ", THIN)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (15e3, "V", "15 kV"),
        (200e3, "Hz", "200 kHz"),
        (30.0, "s", "30 s"),
        (2.5e-6, "m", "2.5 µm"),
        (1e-10, "A", "100 pA"),
    ],
)
def test_what_is_set_has_no_idle_zeros(value: float, unit: str, told: str) -> None:
    assert setting(value, unit) == told.replace(" ", THIN)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3.14e-5, "3.1 × 10⁻⁵ mbar"),
        (-3.14e-5, "−3.1 × 10⁻⁵ mbar"),
        (1100.0, "1100 mbar"),
        (0.05, "0.0500 mbar"),
        (9.99e-5, "1.0 × 10⁻⁴ mbar"),
        (0.0, "0 mbar"),
    ],
)
def test_a_vacuum_is_a_power_of_ten(value: float, told: str) -> None:
    assert power_of_ten(value, "mbar") == told.replace(" ", THIN)


def test_units_of_several_words_are_not_torn() -> None:
    assert fixed(9.73, "C m⁻²", 2) == f"9.73{THIN}C{NO_BREAK}m⁻²"


def test_ratios_and_moments() -> None:
    assert percent(0.99876, 2) == f"99.88{THIN}%"
    assert percent(math.nan) == "unknown"
    assert in_hours(59.96) == f"60.0{THIN}s"
    assert in_hours(5400.0) == f"1.50{THIN}h"


@given(st.floats(1e-11, 1e9))
def test_a_prefix_keeps_the_value_to_three_digits(value: float) -> None:
    number, _, unit = with_prefix(value, "X").partition(THIN)
    factor = {"p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}[
        unit.removesuffix("X")
    ]
    assert float(number) * factor == pytest.approx(value, rel=6e-3)
    assert "e" not in number
    assert float(number) < 1000 or unit == "GX"
