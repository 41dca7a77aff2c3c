"""Amounts that need the sample to become SI (C-rates, amounts per area), and those with a word of their own.

A value is kept as it was written until the sample is known, because `C/10` means nothing without a capacity.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import PlainValidator, WithJsonSchema

from operando.drivers.units import has_dimension, si
from operando.protocols.program import SampleInfo

__all__ = [
    "Amplitude",
    "CellCharge",
    "CellChargeText",
    "CellCurrent",
    "DoseLimit",
    "DoseLimitText",
    "parse_amplitude",
    "parse_charge",
    "parse_current",
    "parse_dose_limit",
    "text_of",
]

SECONDS_PER_HOUR = 3600.0
C_RATE = re.compile(r"(?:(?P<times>\d+\.?\d*|\.\d+)\s*C|C\s*/\s*(?P<over>\d+\.?\d*|\.\d+))")


@dataclass(frozen=True, slots=True)
class CellCurrent:
    """The magnitude of a current as written: in A, in A/m^2, or as C-rate (per hour)."""

    value: float
    basis: Literal["A", "A/m^2", "C-rate"]

    def current_A(self, sample: SampleInfo) -> float:
        """The current for this sample.

        Raises:
            ValueError: if the sample does not say what the current refers to.
        """
        if self.basis == "A":
            return self.value
        if self.basis == "A/m^2":
            return _tidy(self.value * _area_m2(sample))
        if sample.nominal_capacity_C is None:
            raise ValueError("a C-rate needs sample.nominal_capacity, for instance '1.2 mAh'")
        return _tidy(sample.nominal_capacity_C / SECONDS_PER_HOUR * self.value)


@dataclass(frozen=True, slots=True)
class CellCharge:
    """A charge as written: in C or in C/m^2 of the cell."""

    value: float
    basis: Literal["C", "C/m^2"]

    def charge_C(self, sample: SampleInfo) -> float:
        """The charge for this sample.

        Raises:
            ValueError: if it is per area and the sample has none.
        """
        return self.value if self.basis == "C" else _tidy(self.value * _area_m2(sample))


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """An electron dose in C/m^2 that must not be passed, in each cycle or in all."""

    dose_C_per_m2: float
    per_cycle: bool


def _tidy(value: float) -> float:
    """C/10 of 1.2 mAh is 120 uA, and not 120.00000000000001 uA."""
    return float(f"{value:.12g}")


def _area_m2(sample: SampleInfo) -> float:
    if sample.area_m2 is None:
        raise ValueError("an amount per area needs sample.area, for instance '0.785 cm^2'")
    return sample.area_m2


def parse_current(text: str) -> CellCurrent:
    """A positive current: `C/10`, `0.1C`, `120 uA` or `0.15 mA/cm^2`."""
    rate = C_RATE.fullmatch(text.strip())
    if rate:
        divisor = float(rate["over"] or 1)
        value = float(rate["times"]) if rate["times"] else (1 / divisor if divisor else math.inf)
        return CellCurrent(_positive(value, text), "C-rate")
    if has_dimension(text, "A/m^2"):
        return CellCurrent(_positive(si(text, "A/m^2"), text), "A/m^2")
    if has_dimension(text, "A"):
        return CellCurrent(_positive(si(text, "A"), text), "A")
    raise ValueError(f"{text!r} is not a current; expected for instance 'C/10', '0.1C', '120 uA' or '0.15 mA/cm^2'")


def parse_charge(text: str) -> CellCharge:
    """A positive charge: `0.1 mAh` or `0.1 mAh/cm^2`."""
    if has_dimension(text, "C/m^2"):
        return CellCharge(_positive(si(text, "C/m^2"), text), "C/m^2")
    if has_dimension(text, "C"):
        return CellCharge(_positive(si(text, "C"), text), "C")
    raise ValueError(f"{text!r} is not a charge; expected for instance '0.1 mAh' or '0.1 mAh/cm^2'")


def parse_amplitude(text: str) -> float:
    """A voltage amplitude as rms value in V: `10 mV rms`, or `14 mV peak`, which is divided by the root of 2.

    Raises:
        ValueError: without one of the two words, because instruments and programs differ in what they mean.
    """
    number, _, word = text.strip().rpartition(" ")
    if word not in ("rms", "peak"):
        raise ValueError(f"{text!r} does not say which amplitude; write '10 mV rms' or '14 mV peak'")
    amplitude_V = _positive(si(number, "V"), text)
    return amplitude_V / math.sqrt(2) if word == "peak" else amplitude_V


def parse_dose_limit(text: str) -> DoseLimit:
    """A dose budget: `8 C/m^2 per cycle`, `1500 C/m^2` or `0.1 mAh/cm^2`."""
    amount, separator, period = text.strip().partition(" per ")
    if separator and period.strip() != "cycle":
        raise ValueError(f"{text!r}: a budget is 'per cycle', or for the whole run without a word")
    return DoseLimit(_positive(si(amount, "C/m^2"), text), per_cycle=bool(separator))


def _positive(value: float, text: str) -> float:
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{text!r} must be more than 0")
    return value


def text_of(parse: Callable[[str], object], what: str, example: str) -> tuple[PlainValidator, WithJsonSchema]:
    """How a model takes a value that is written as text: its validator and its published schema."""

    def validate(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not understood; expected {what}, for instance '{example}'")
        return parse(value)

    return PlainValidator(validate), WithJsonSchema({"type": "string", "description": what, "examples": [example]})


Amplitude = Annotated[float, *text_of(parse_amplitude, "an amplitude with the word rms or peak", "10 mV rms")]
CellChargeText = Annotated[CellCharge, *text_of(parse_charge, "a charge, or a charge per area", "0.1 mAh")]
DoseLimitText = Annotated[DoseLimit, *text_of(parse_dose_limit, "a dose, perhaps per cycle", "8 C/m^2 per cycle")]
