"""Units at the edge: text with a unit in, SI floats inside.

`"45 min"` becomes 2700.0, `"1.2 mAh"` becomes 4.32. A number without a unit is refused wherever a unit is expected,
because "5" has been seconds to one reader and minutes to the next. Arithmetic is decimal: 10 um is exactly 1e-05.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

if TYPE_CHECKING:
    import pint

__all__ = [
    "Amount",
    "Angle",
    "Area",
    "Capacitance",
    "Charge",
    "Current",
    "Dose",
    "Force",
    "Frequency",
    "LeakRate",
    "Length",
    "Mass",
    "PositiveLength",
    "PositiveTime",
    "Pressure",
    "PressureRate",
    "Resistance",
    "Temperature",
    "Time",
    "Voltage",
    "VoltageRate",
    "Volume",
    "has_dimension",
    "si",
    "si_unit_of",
    "units",
]

Amount = int | float | str

KINDS = {
    "s": ("a time", "45 min"),
    "m": ("a length", "120 um"),
    "kg": ("a mass", "12 mg"),
    "m^2": ("an area", "0.785 cm^2"),
    "V": ("a voltage", "4.2 V"),
    "V/s": ("a rate of voltage", "1 mV/h"),
    "A": ("a current", "120 uA"),
    "A/m^2": ("a current density", "0.15 mA/cm^2"),
    "C": ("a charge", "1.2 mAh"),
    "C/m^2": ("a charge per area", "8 C/m^2"),
    "Hz": ("a frequency", "200 kHz"),
    "ohm": ("a resistance", "1 kohm"),
    "F": ("a capacitance", "10 uF"),
    "N": ("a force", "120 N"),
    "Pa": ("a pressure", "0.1 Pa"),
    "Pa/s": ("a rate of pressure", "5 mPa/s"),
    "K": ("a temperature", "60 degC"),
    "Pa*m^3/s": ("a leak rate", "1e-3 mbar*l/s"),
    "m^3": ("a volume", "0.2 l"),
    "rad": ("an angle", "45 deg"),
}
"""What each SI unit measures, and how it may be written."""

QUANTITY = re.compile(r"\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>[^\s\d+,.-][^.]*?)?\s*")


@cache
def units() -> "pint.UnitRegistry[Decimal]":
    """The one registry of units, made when first needed."""
    import pint

    return pint.UnitRegistry(non_int_type=Decimal, autoconvert_offset_to_baseunit=True)


@cache
def si(text: str, unit: str) -> float:
    """A quantity in the SI unit that is asked for.

    Args:
        text: one number and one unit, for instance `"120 um"`.
        unit: for instance `"m"`.

    Raises:
        ValueError: if the text is no quantity of that kind; the message says what is expected.
    """
    kind, example = KINDS.get(unit, (f"something in {unit}", f"1 {unit}"))
    found = QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not understood; expected {kind}, for instance '{example}'")
    if not found["unit"]:
        raise ValueError(f"{text!r} has no unit; expected {kind}, for instance '{example}'")
    import pint

    try:
        given = units().Unit(found["unit"])
    except Exception as error:
        # pint raises errors of its tokenizer, of its own and of Python's, depending on what is wrong
        raise ValueError(f"{found['unit']!r} is no known unit; expected {kind}, for instance '{example}'") from error
    try:
        value = float(units().Quantity(Decimal(found["number"]), given).to(unit).magnitude)
    except pint.DimensionalityError as error:
        raise ValueError(f"{text!r} is not {kind}; expected for instance '{example}'") from error
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a finite number")
    return value


def si_unit_of(unit: str) -> str:
    """The SI unit of what a unit measures: `Pa` of `kPa`.

    Raises:
        ValueError: if it is no unit of anything that operando knows.
    """
    found = next((known for known in KINDS if has_dimension(f"1 {unit}", known)), None)
    if found is None:
        raise ValueError(f"{unit!r} is no unit of anything that operando knows; write for instance kPa, mV or degC")
    return found


def has_dimension(text: str, unit: str) -> bool:
    """Whether a text is a quantity of the kind that a unit measures."""
    try:
        si(text, unit)
    except ValueError:
        return False
    return True


def _in(unit: str) -> Callable[[object], object]:
    kind, example = KINDS[unit]

    def convert(value: object) -> object:
        if isinstance(value, str):
            return si(value, unit)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value == 0:
                return 0.0
            raise ValueError(f"{value!r} has no unit; expected {kind}, for instance '{example}'")
        raise ValueError(f"{value!r} is not understood; expected {kind}, for instance '{example}'")

    return convert


def _published(unit: str) -> WithJsonSchema:
    kind, example = KINDS[unit]
    return WithJsonSchema({"type": "string", "description": f"{kind} with its unit", "examples": [example]})


Time = Annotated[float, BeforeValidator(_in("s")), _published("s")]
PositiveTime = Annotated[float, Field(gt=0), BeforeValidator(_in("s")), _published("s")]
Length = Annotated[float, BeforeValidator(_in("m")), _published("m")]
PositiveLength = Annotated[float, Field(gt=0), BeforeValidator(_in("m")), _published("m")]
Mass = Annotated[float, BeforeValidator(_in("kg")), _published("kg")]
Area = Annotated[float, BeforeValidator(_in("m^2")), _published("m^2")]
Voltage = Annotated[float, BeforeValidator(_in("V")), _published("V")]
VoltageRate = Annotated[float, BeforeValidator(_in("V/s")), _published("V/s")]
Current = Annotated[float, BeforeValidator(_in("A")), _published("A")]
Charge = Annotated[float, BeforeValidator(_in("C")), _published("C")]
Dose = Annotated[float, BeforeValidator(_in("C/m^2")), _published("C/m^2")]
Force = Annotated[float, BeforeValidator(_in("N")), _published("N")]
Frequency = Annotated[float, BeforeValidator(_in("Hz")), _published("Hz")]
Resistance = Annotated[float, BeforeValidator(_in("ohm")), _published("ohm")]
Capacitance = Annotated[float, BeforeValidator(_in("F")), _published("F")]
Pressure = Annotated[float, BeforeValidator(_in("Pa")), _published("Pa")]
PressureRate = Annotated[float, BeforeValidator(_in("Pa/s")), _published("Pa/s")]
Temperature = Annotated[float, BeforeValidator(_in("K")), _published("K")]
LeakRate = Annotated[float, BeforeValidator(_in("Pa*m^3/s")), _published("Pa*m^3/s")]
Volume = Annotated[float, BeforeValidator(_in("m^3")), _published("m^3")]
Angle = Annotated[float, BeforeValidator(_in("rad")), _published("rad")]
