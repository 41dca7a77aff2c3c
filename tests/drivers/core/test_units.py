"""Units at the edge."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from operando.drivers.units import Length, PositiveTime, has_dimension, si


class Field(BaseModel):
    width: Length
    dwell: PositiveTime = 1.0


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("10 um", "m", 1e-5),
        ("10 µm", "m", 1e-5),
        ("10 μm", "m", 1e-5),
        ("-0.350 mm", "m", -3.5e-4),
        ("1.2 mAh", "C", 4.32),
        ("0.785 cm^2", "m^2", 7.85e-5),
        ("0.785 cm²", "m^2", 7.85e-5),
        ("0.1 mAh/cm^2", "C/m^2", 3600.0),
        ("1 mV/h", "V/s", 1e-3 / 3600),
        ("200kHz", "Hz", 2e5),
        ("1.5e3 s", "s", 1500.0),
        ("45 deg", "rad", 0.7853981633974483),
        ("2 hours", "s", 7200.0),
    ],
)
def test_a_quantity_becomes_si(text: str, unit: str, value: object) -> None:
    assert si(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("5", "s", "'5' has no unit; expected a time, for instance '45 min'"),
        ("5", "rad", "has no unit"),
        ("5 m", "s", "'5 m' is not a time"),
        ("5 parsnips", "m", "'parsnips' is no known unit"),
        ("4.2 V + 3 V", "V", "is no known unit"),
        ("4,2 V", "V", "is not understood"),
        ("nan s", "s", "is not understood"),
        ("1e400 s", "s", "not a finite number"),
        ("", "s", "is not understood"),
    ],
)
def test_what_is_no_such_quantity_is_refused_with_what_is_expected(text: str, unit: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        si(text, unit)
    assert words in str(refused.value)


@pytest.mark.parametrize("value", [5, 5.0, True, None, ["1 m"]])
def test_a_number_without_a_unit_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="expected a length, for instance '120 um'"):
        Field.model_validate({"width": value})


def test_zero_needs_no_unit() -> None:
    assert Field.model_validate({"width": 0}).width == 0.0


def test_a_positive_time_is_more_than_zero() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        Field.model_validate({"width": "1 m", "dwell": "0 s"})


@settings(deadline=None)
@given(st.integers(-10_000, 10_000), st.sampled_from(["nm", "um", "mm", "m"]))
def test_arithmetic_is_decimal(number: int, unit: str) -> None:
    power = {"nm": -9, "um": -6, "mm": -3, "m": 0}[unit]
    assert si(f"{number} {unit}", "m") == float(f"{number}e{power}")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    if has_dimension(text, "V"):
        assert isinstance(si(text, "V"), float)
