"""What may stand in the list `cycling`: sentences, named steps, rests, impedance, captures, questions and loops."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.nearest import nearest
from operando.drivers.units import Frequency, PositiveTime, VoltageRate
from operando.protocols.document.amounts import Amplitude, text_of
from operando.protocols.document.bias import Bias
from operando.protocols.document.people import AskEntry, LeakTestEntry, PhaseEntry
from operando.protocols.document.sentences import EXAMPLES, Sentence, parse_sentence

__all__ = [
    "AskEntry",
    "CaptureStepEntry",
    "CyclingEntry",
    "ImpedanceEntry",
    "ImpedanceSettings",
    "LeakTestEntry",
    "PhaseEntry",
    "RepeatEntry",
    "RestEntry",
    "RestSettings",
    "StepEntry",
]

Name = Annotated[str, Field(min_length=1)]
SentenceText = Annotated[Sentence, *text_of(parse_sentence, "a step in words", "Charge at C/10 until 4.2 V")]


class StepEntry(StrictModel):
    """A sentence with a name, and perhaps with the longest time that it may take."""

    name: Name | None = None
    step: SentenceText
    at_most: PositiveTime | None = None


class RestSettings(StrictModel):
    """How a rest ends: after a time, or when the voltage changes more slowly than a rate, at most after a time."""

    for_: PositiveTime | None = Field(default=None, alias="for")
    until: Annotated[VoltageRate, Field(gt=0)] | None = None
    at_most: PositiveTime | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "RestSettings":
        if (self.for_ is None) == (self.until is None):
            raise ValueError("a rest ends either 'for: 1 h', or 'until: 1 mV/h' with 'at_most: 2 h'")
        if self.until is not None and self.at_most is None:
            raise ValueError("a rest 'until' a rate needs 'at_most', because relaxation may never be that slow")
        if self.for_ is not None and self.at_most is not None:
            raise ValueError("'at_most' belongs to 'until'; a rest 'for' a time ends by itself")
        return self


class RestEntry(StrictModel):
    """The cell at open circuit."""

    name: Name | None = None
    rest: RestSettings


class ImpedanceSettings(StrictModel):
    """An impedance spectrum, from the high frequency to the low one."""

    bias: Bias = None
    from_: Annotated[Frequency, Field(gt=0)] = Field(alias="from")
    to: Annotated[Frequency, Field(gt=0)]
    points_per_decade: Annotated[int, Field(ge=1, le=100)] = 10
    amplitude: Amplitude
    at_most: PositiveTime | None = None

    @model_validator(mode="after")
    def _downwards(self) -> "ImpedanceSettings":
        if self.from_ < self.to:
            raise ValueError("a spectrum goes from the high frequency to the low one; exchange 'from' and 'to'")
        return self


class ImpedanceEntry(StrictModel):
    """An impedance spectrum as a step."""

    name: Name | None = None
    impedance: ImpedanceSettings


class CaptureStepEntry(StrictModel):
    """A rendezvous: cycling waits for a capture."""

    capture: str
    cell: Literal["rest", "hold voltage", "go on"] = "rest"
    at_most: PositiveTime


class RepeatEntry(StrictModel):
    """Steps that are done several times."""

    repeat: Annotated[int, Field(ge=1, le=100_000)]
    steps: Annotated[tuple["CyclingEntry", ...], Field(min_length=1)]


KINDS: dict[str, type[StrictModel]] = {
    "step": StepEntry,
    "rest": RestEntry,
    "impedance": ImpedanceEntry,
    "capture": CaptureStepEntry,
    "ask": AskEntry,
    "phase": PhaseEntry,
    "leak_test": LeakTestEntry,
    "repeat": RepeatEntry,
}
"""Each kind by the key that no other kind has."""


def _kind(value: object) -> str:
    """Which kind is meant; for a misspelt one the nearest, so that its errors are the helpful ones."""
    if not isinstance(value, dict):
        return "<sentence>"
    for kind in KINDS:
        if kind in value:
            return f"<{kind}>"
    meant = [nearest(str(key), list(KINDS)) for key in value]
    return next((f"<{near}>" for near in meant if near), "<step>")


CyclingEntry = Annotated[
    Annotated[
        Sentence,
        *text_of(parse_sentence, f"a step: words such as {EXAMPLES}, or one of {', '.join(KINDS)}", "Rest for 1 hour"),
        Tag("<sentence>"),
    ]
    | Annotated[StepEntry, Tag("<step>")]
    | Annotated[RestEntry, Tag("<rest>")]
    | Annotated[ImpedanceEntry, Tag("<impedance>")]
    | Annotated[CaptureStepEntry, Tag("<capture>")]
    | Annotated[AskEntry, Tag("<ask>")]
    | Annotated[PhaseEntry, Tag("<phase>")]
    | Annotated[LeakTestEntry, Tag("<leak_test>")]
    | Annotated[RepeatEntry, Tag("<repeat>")],
    Discriminator(_kind),
]
RepeatEntry.model_rebuild()
