"""Numbers in scripts: the vendor's own conversion vectors, and a round trip through an independent reader."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.drivers.potentiostats.methodscript_literals import LARGEST_INTEGER, integer_literal, literal

EXPONENTS = {
    "a": -18,
    "f": -15,
    "p": -12,
    "n": -9,
    "u": -6,
    "m": -3,
    "": 0,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "500m"),
        (1.5, "1500m"),
        (0.123456789, "123457u"),
        (0.0005, "500u"),
        (1000.0005, "1k"),
        (0.0, "0"),
        (-0.0, "0"),
        (-1000.0, "-1k"),
        (4.2, "4200m"),
        (2.4, "2400m"),
        (1e-3, "1m"),
        (36000.0, "36k"),
        (-240e-6, "-240u"),
    ],
)
def test_numbers_are_written_as_the_vendor_writes_them(value: float, text: str) -> None:
    assert literal(value) == text


@given(st.floats(1e-12, 1e9), st.sampled_from([1, -1]))
def test_a_literal_is_a_short_integer_that_means_the_number(magnitude: float, sign: int) -> None:
    value = sign * magnitude
    found = re.fullmatch(r"(-?\d+)([afpnumkMGTPE]?)", literal(value))
    assert found, "an integer with an optional prefix, no decimal point"
    assert abs(int(found[1])) <= LARGEST_INTEGER
    assert len(found[1].lstrip("-").rstrip("0")) <= 6, "six digits that mean something"
    assert int(found[1]) * 10.0 ** EXPONENTS[found[2]] == pytest.approx(value, rel=5.1e-6)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_what_cannot_be_written_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="script"):
        literal(value)


def test_integers_carry_their_type() -> None:
    assert integer_literal(54) == "54i"
    with pytest.raises(ValueError, match="does not fit"):
        integer_literal(2**27)
