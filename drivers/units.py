"""Units at the edge: text with a unit in, SI floats inside.

`"45 min"` becomes 2700.0, `"1.2 mAh"` becomes 4.32. A number without a unit is refused wherever a unit is expected,
because "5" has been seconds to one reader and minutes to the next. Arithmetic is decimal: 10 um is exactly 1e-05.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Annotated

import pint
from pydantic import BeforeValidator

__all__ = [
    "Amount",
    "Angle",
    "Area",
    "Charge",
    "Current",
    "Dose",
    "Frequency",
    "Length",
    "Pressure",
    "Time",
    "Voltage",
    "VoltageRate",
    "si",
    "units",
]

Amount = int | float | str


@cache
def units() -> "pint.UnitRegistry[Decimal]":
    """The one registry of units, made when first needed."""
    return pint.UnitRegistry(non_int_type=Decimal, autoconvert_offset_to_baseunit=True)


@cache
def si(text: str, unit: str) -> float:
    """A quantity in the SI unit that is asked for.

    Args:
        text: for instance `"120 um"`.
        unit: for instance `"m"`.

    Raises:
        ValueError: if the text is no quantity of that kind; the message says what is expected.
    """
    try:
        quantity: pint.Quantity = units().Quantity(text.strip())
    except Exception as error:
        raise ValueError(f"{text!r} is not understood as a quantity; expected something in {unit}") from error
    if quantity.dimensionless and unit not in ("", "rad"):
        raise ValueError(f"{text!r} has no unit; expected something in {unit}")
    try:
        return float(quantity.to(unit).magnitude)
    except pint.DimensionalityError as error:
        raise ValueError(f"{text!r} is no quantity in {unit}") from error


def _in(unit: str) -> Callable[[object], object]:
    def convert(value: object) -> object:
        if isinstance(value, str):
            return si(value, unit)
        if isinstance(value, int | float) and not isinstance(value, bool) and value == 0:
            return 0.0
        raise ValueError(f"{value!r} has no unit; write it as text with a unit, for instance '{_example(unit)}'")

    return convert


def _example(unit: str) -> str:
    examples = {"s": "45 min", "m": "120 um", "V": "4.2 V", "A": "100 pA", "C": "1.2 mAh", "C/m^2": "8 C/m^2"}
    return examples.get(unit, f"1 {unit}")


Time = Annotated[float, BeforeValidator(_in("s"))]
Length = Annotated[float, BeforeValidator(_in("m"))]
Area = Annotated[float, BeforeValidator(_in("m^2"))]
Voltage = Annotated[float, BeforeValidator(_in("V"))]
VoltageRate = Annotated[float, BeforeValidator(_in("V/s"))]
Current = Annotated[float, BeforeValidator(_in("A"))]
Charge = Annotated[float, BeforeValidator(_in("C"))]
Dose = Annotated[float, BeforeValidator(_in("C/m^2"))]
Frequency = Annotated[float, BeforeValidator(_in("Hz"))]
Pressure = Annotated[float, BeforeValidator(_in("Pa"))]
Angle = Annotated[float, BeforeValidator(_in("rad"))]
