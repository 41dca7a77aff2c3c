"""A register map: what a Modbus device measures, where it says so, and when it may be believed. Data, no code.

A new transmitter is a new file of this kind. Ours lie in `register_maps/`; a bench file names one of them
(`map: pt113`), or a file of its own (`map: ./our-transmitter.yaml`). Addresses are those on the wire, from 0: the
"4xxxx" of a manual less 40001, the "3xxxx" less 30001.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.gauges.modbus_codec import HOLDING, INPUT
from operando.drivers.roles import Measured, Quality
from operando.drivers.units import Time, units

__all__ = [
    "SI_UNITS",
    "WORDS",
    "Check",
    "IdentityFields",
    "PercentOf",
    "Quantity",
    "RegisterMap",
    "Span",
    "Status",
    "StatusWord",
    "TextField",
]

Kind = Literal["i16", "u16", "i32", "u32", "f32", "bytes4"]
Function = Literal["holding", "input"]
QualityWord = Literal["under range", "over range", "off", "fault"]

WORDS: dict[Kind, int] = {"i16": 1, "u16": 1, "i32": 2, "u32": 2, "f32": 2, "bytes4": 2}
"""How many registers a value takes."""

SI_UNITS = {
    Measured.ABSOLUTE_PRESSURE: "Pa",
    Measured.GAUGE_PRESSURE: "Pa",
    Measured.STACK_PRESSURE: "Pa",
    Measured.STACK_FORCE: "N",
    Measured.TEMPERATURE: "K",
}


class Span(StrictModel):
    """A value in registers.

    Args:
        function: `holding` (3) or `input` (4) registers.
        address: of the first register, from 0.
        type: integers with (i) or without (u) sign, f32: IEEE 754, bytes4: four bytes of their own.
        words: which of two registers comes first, the one with the high or the low half.
        bytes_swapped: the low byte of each register comes first.
    """

    function: Function = "holding"
    address: Annotated[int, Field(ge=0, le=0xFFFF)]
    type: Kind = "u16"
    words: Literal["high first", "low first"] = "high first"
    bytes_swapped: bool = False

    @property
    def code(self) -> int:
        """The function on the wire."""
        return INPUT if self.function == "input" else HOLDING

    @property
    def count(self) -> int:
        """How many registers it takes."""
        return WORDS[self.type]


class PercentOf(StrictModel):
    """The ends of the range that a value in percent belongs to; read from the device when it is opened."""

    low: Span
    high: Span


class Quantity(Span):
    """Something measured: `unit` times (raw value times `scale`, plus `offset`).

    Args:
        measures: in the words of `Measured`; `current` where it depends on what is wired to the input.
        unit: of the scaled value. With `percent_of`, that of the two ends.
        decimals: where the device says how many decimals its integer has.
        percent_of: the scaled value is in percent of a range.
        codes: raw values that are no measurement, each with what they mean; of floats, NaN and infinity always are.
        lowest: below it (in `unit`, or in percent with `percent_of`) the reading is under range, `highest`: above it
            over range.
    """

    measures: Measured | Literal["current"]
    unit: str
    scale: float = 1.0
    offset: float = 0.0
    decimals: Span | None = None
    percent_of: PercentOf | None = None
    codes: dict[int, QualityWord] = Field(default_factory=dict)
    lowest: float | None = None
    highest: float | None = None

    @model_validator(mode="after")
    def _unit_fits(self) -> "Quantity":
        wanted = "A" if self.measures == "current" else SI_UNITS[self.measures]
        try:
            fits = units().Unit(self.unit).is_compatible_with(wanted)
        except Exception as error:  # pint raises errors of its tokenizer, of its own and of Python's
            raise ValueError(f"{self.unit!r} is no known unit") from error
        if not fits:
            raise ValueError(f"{self.unit!r} is no unit of {self.measures}")
        return self


class StatusWord(StrictModel):
    """One thing that a status register can say.

    Args:
        bits: the mask of the bits that say it.
        equals: what they are then, in place; by default all set.
        means: in the device's words.
        quality: of the quantities that it spoils.
        spoils: quantities by name; all of them if it is left out, none if it is empty.
    """

    bits: Annotated[int, Field(gt=0, le=0xFFFF)]
    equals: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    means: str
    quality: QualityWord = "fault"
    spoils: tuple[str, ...] | None = None

    def said_by(self, status: int) -> bool:
        """Whether a status says this."""
        return status & self.bits == (self.bits if self.equals is None else self.equals)

    def concerns(self, quantity: str) -> bool:
        """Whether it is worth saying at a reading of a quantity: it spoils this one, or none at all."""
        return not self.spoils or quantity in self.spoils

    def spoilt(self, quantity: str) -> Quality:
        """What becomes of a quantity when this is said."""
        spoils = self.spoils is None or quantity in self.spoils
        return Quality(self.quality) if spoils else Quality.OK


class Status(Span):
    """A register that says whether the values may be believed.

    Args:
        says: what its bits mean; the first one that spoils a quantity decides its quality.
        not_older_than: how old it may be; zero reads it with each value.
    """

    says: tuple[StatusWord, ...]
    not_older_than: Annotated[Time, Field(ge=0)] = 0.0


class Check(Span):
    """What must be so for the device to be the one that the map is for.

    Args:
        name: of what is looked at.
        bits: the mask of what counts.
        names: what values mean.
        accepts: values that are right.
        at_least: the lowest one that is.
        written: how a value that has no name is shown, in the format of Python (`{0}.{1:02d}` for its two bytes).
        remedy: what to do if it is another.
    """

    name: str
    bits: Annotated[int, Field(gt=0, le=0xFFFF)] = 0xFFFF
    names: dict[int, str] = Field(default_factory=dict)
    accepts: tuple[int, ...] | None = None
    at_least: int | None = None
    written: str = ""
    remedy: str = "Check the address, and that the register map is the one of this device."

    def accepted(self, value: int) -> bool:
        """Whether a masked value is right."""
        return (self.accepts is None or value in self.accepts) and (self.at_least is None or value >= self.at_least)


class TextField(Span):
    """A value that is only shown: a number, or its bytes in the format of Python."""

    written: str = "{}"
    names: dict[int, str] = Field(default_factory=dict)


class IdentityFields(StrictModel):
    """Who the device is: what is the same for all of them, and what each tells."""

    vendor: str
    model: str | TextField
    serial: TextField | None = None
    firmware: TextField | None = None


class RegisterMap(StrictModel):
    """A device as written.

    Args:
        source: the manual from which the map is, with its page.
        most_registers: in one request.
        echo_test: whether it answers function 8, or refuses it; one that stays silent then is only waited for.
    """

    operando_register_map: Literal[1]
    name: str
    source: str
    notes: str = ""
    identity: IdentityFields
    most_registers: Annotated[int, Field(ge=1, le=125)] = 16
    echo_test: bool = False
    checks: tuple[Check, ...] = ()
    quantities: Annotated[dict[str, Quantity], Field(min_length=1)]
    status: Status | None = None

    @model_validator(mode="after")
    def _status_knows_its_quantities(self) -> "RegisterMap":
        for word in self.status.says if self.status else ():
            for name in word.spoils or ():
                if name not in self.quantities:
                    raise ValueError(f"{word.means!r} spoils {name!r}, which is not among the quantities")
        return self
