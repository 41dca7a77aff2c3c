"""The JSON of aurora-unicycler 0.4.6, as far as it can be carried out here.

What cannot be carried out (voltage scans, galvanostatic impedance, recording on a change of current, a limit on
capacity) is refused by name, never dropped.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.nearest import unknown_word
from operando.protocols.document.unicycler.numbers import Number, Positive, Rate

__all__ = [
    "ConstantCurrent",
    "ConstantVoltage",
    "ImpedanceSpectroscopy",
    "Loop",
    "OpenCircuitVoltage",
    "TagStep",
    "Technique",
    "UnicyclerFile",
    "UnicyclerRecord",
    "UnicyclerSafety",
    "UnicyclerSample",
]


def _absent(what: str) -> BeforeValidator:
    def refuse(value: object) -> object:
        if value not in (None, "", False):
            raise ValueError(f"{what} is not available; remove it")
        return None

    return BeforeValidator(refuse)


def _loop_target(value: object) -> object:
    if not isinstance(value, int | str) or isinstance(value, bool) or (isinstance(value, int) and value < 1):
        raise ValueError(f"{value!r} is neither a tag nor the number of a step")
    return value


class _StepBase(StrictModel):
    id: str | None = None


class OpenCircuitVoltage(_StepBase):
    """A rest for a time."""

    step: Literal["open_circuit_voltage"]
    until_time_s: Annotated[float, Field(gt=0)]


class ConstantCurrent(_StepBase):
    """Constant current; positive charges. A C-rate goes before a current."""

    step: Literal["constant_current"]
    rate_C: Rate = None
    current_mA: Number = None
    until_time_s: Positive = None
    until_voltage_V: Number = None

    @model_validator(mode="after")
    def _complete(self) -> "ConstantCurrent":
        if not self.rate_C and not self.current_mA:
            raise ValueError("needs rate_C or current_mA, other than 0")
        if self.until_time_s is None and not self.until_voltage_V:
            raise ValueError("needs until_time_s or until_voltage_V")
        return self


class ConstantVoltage(_StepBase):
    """Constant voltage until a time has passed or the current is small. A C-rate goes before a current."""

    step: Literal["constant_voltage"]
    voltage_V: Annotated[float, Field(allow_inf_nan=False)]
    until_time_s: Positive = None
    until_rate_C: Rate = None
    until_current_mA: Number = None

    @model_validator(mode="after")
    def _complete(self) -> "ConstantVoltage":
        if self.until_time_s is None and not self.until_rate_C and not self.until_current_mA:
            raise ValueError("needs until_time_s, until_rate_C or until_current_mA")
        return self


class ImpedanceSpectroscopy(_StepBase):
    """A potentiostatic impedance spectrum; the amplitude is taken as rms."""

    step: Literal["impedance_spectroscopy"]
    amplitude_V: Annotated[float, Field(gt=0)]
    amplitude_mA: Annotated[None, _absent("galvanostatic impedance (amplitude_mA)")] = None
    start_frequency_Hz: Annotated[float, Field(ge=1e-5, le=1e7)]
    end_frequency_Hz: Annotated[float, Field(ge=1e-5, le=1e7)]
    points_per_decade: Annotated[int, Field(gt=0)] = 10
    measures_per_point: Annotated[int, Field(ge=1)] = 1
    drift_correction: Annotated[None, _absent("drift correction")] = None

    @model_validator(mode="after")
    def _available(self) -> "ImpedanceSpectroscopy":
        if self.measures_per_point != 1:
            raise ValueError("measures_per_point other than 1 is not available; remove it")
        if self.start_frequency_Hz < self.end_frequency_Hz:
            raise ValueError("a spectrum goes from the high frequency to the low one; exchange start and end")
        return self


class Loop(_StepBase):
    """Back to a tag, or to a step that is counted from 1 with its tags; `cycle_count` passes in all."""

    step: Literal["loop"]
    loop_to: Annotated[int | str, BeforeValidator(_loop_target)] = 1
    cycle_count: Annotated[int, Field(ge=1, le=100_000)]


class TagStep(_StepBase):
    """A place that a loop goes back to."""

    step: Literal["tag"]
    tag: Annotated[str, Field(min_length=1)]


STEPS = ("open_circuit_voltage", "constant_current", "constant_voltage", "impedance_spectroscopy", "loop", "tag")


def _kind(value: object) -> str:
    word = value.get("step") if isinstance(value, dict) else None
    return f"<{word}>" if word in STEPS else "<unknown>"


def _unknown(value: object) -> object:
    if not isinstance(value, dict) or "step" not in value:
        raise ValueError(f"is no step; a step has 'step', one of {', '.join(STEPS)}")
    if value["step"] == "voltage_scan":
        raise ValueError("voltage_scan is not available; only constant current, constant voltage, rest and impedance")
    raise ValueError(unknown_word("step", str(value["step"]), STEPS))


Technique = Annotated[
    Annotated[OpenCircuitVoltage, Tag("<open_circuit_voltage>")]
    | Annotated[ConstantCurrent, Tag("<constant_current>")]
    | Annotated[ConstantVoltage, Tag("<constant_voltage>")]
    | Annotated[ImpedanceSpectroscopy, Tag("<impedance_spectroscopy>")]
    | Annotated[Loop, Tag("<loop>")]
    | Annotated[TagStep, Tag("<tag>")]
    | Annotated[None, BeforeValidator(_unknown), Tag("<unknown>")],
    Discriminator(_kind),
]


class UnicyclerVersion(StrictModel):
    """Which version wrote the file."""

    version: str = ""


class UnicyclerSample(StrictModel):
    """The cell."""

    name: str = "$NAME"
    capacity_mAh: Positive = None


class UnicyclerRecord(StrictModel):
    """When samples are taken."""

    time_s: Annotated[float, Field(gt=0)]
    voltage_V: Positive = None
    current_mA: Annotated[None, _absent("recording on a change of current")] = None


class UnicyclerSafety(StrictModel):
    """Limits that end the experiment, exceeded for `delay_s`."""

    max_voltage_V: Number = None
    min_voltage_V: Number = None
    max_current_mA: Number = None
    min_current_mA: Number = None
    max_capacity_mAh: Annotated[None, _absent("a limit on the capacity")] = None
    delay_s: Annotated[float | None, Field(ge=0)] = None

    @model_validator(mode="after")
    def _all_or_none(self) -> "UnicyclerSafety":
        limits = (self.min_voltage_V, self.max_voltage_V, self.min_current_mA, self.max_current_mA)
        if any(limit is not None for limit in limits) and any(limit is None for limit in limits):
            raise ValueError("give all four limits: min_voltage_V, max_voltage_V, min_current_mA, max_current_mA")
        return self


class UnicyclerFile(StrictModel):
    """A whole `CyclingProtocol`."""

    unicycler: UnicyclerVersion = UnicyclerVersion()
    sample: UnicyclerSample = UnicyclerSample()
    record: UnicyclerRecord
    safety: UnicyclerSafety = UnicyclerSafety()
    method: Annotated[tuple[Technique, ...], Field(min_length=1)]
