"""The role of a potentiostat: techniques, samples and how a step ended.

Positive current charges the cell, everywhere.
"""

import math
from bisect import bisect
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles.instrument import Instrument

__all__ = [
    "IMPEDANCE_POINT",
    "SAMPLE",
    "Galvanostatic",
    "Guard",
    "HostKept",
    "Impedance",
    "KnownOfStep",
    "ObservedStep",
    "OpenCircuit",
    "Potentiostat",
    "PotentiostatCapabilities",
    "Potentiostatic",
    "Recording",
    "RunningStep",
    "SampleQuality",
    "Samples",
    "Step",
    "StepEnd",
    "StepEndReason",
    "Technique",
]


@dataclass(frozen=True, slots=True)
class Galvanostatic:
    """Constant current until a voltage or a charge is reached.

    `until_voltage_V` ends a charge when the voltage reaches it from below, a discharge from above.
    `until_charge_C` is the magnitude of the charge passed in this step.
    """

    current_A: float
    until_voltage_V: float | None = None
    until_charge_C: float | None = None


@dataclass(frozen=True, slots=True)
class Potentiostatic:
    """Constant voltage until the magnitude of the current falls to a value, or a charge has passed."""

    voltage_V: float
    until_current_A: float | None = None
    until_charge_C: float | None = None


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """No current: the cell rests, its voltage is watched."""


@dataclass(frozen=True, slots=True)
class Impedance:
    """Impedance at logarithmically spaced frequencies, from high to low.

    `bias_V` of None keeps the open-circuit voltage that is found when the step starts. The amplitude is rms.
    """

    from_frequency_Hz: float
    to_frequency_Hz: float
    points_per_decade: int
    amplitude_V: float
    bias_V: float | None = None


Technique = Galvanostatic | Potentiostatic | OpenCircuit | Impedance


@dataclass(frozen=True, slots=True)
class Guard:
    """Hard limits that end a step at once. They run on the instrument wherever it can, and on the host always."""

    voltage_V: tuple[float, float]
    current_A: tuple[float, float]
    maximum_duration_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """How often samples are taken: every so often, and at once when the voltage has changed by so much."""

    every_s: float = 1.0
    or_voltage_change_V: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the instrument carries it out, to its end, by itself.

    `number` never repeats in a run; every sample carries it. `duration_s` is the ordinary end by time, None if the
    step ends otherwise; the guard's maximum duration ends it in any case. `charge_before_C` and
    `elapsed_before_s` are what a step that is carried on after a hold has behind it. `run_mark` (0 to 1023) tells the
    steps of one run from those of others that the instrument may still keep.
    """

    number: int
    technique: Technique
    guard: Guard
    duration_s: float | None = None
    recording: Recording = field(default_factory=Recording)
    charge_before_C: float = 0.0
    elapsed_before_s: float = 0.0
    run_mark: int = 0


class StepEndReason(StrEnum):
    """Why a step ended."""

    TIME = "time"
    VOLTAGE = "voltage"
    CURRENT = "current"
    CHARGE = "charge"
    COMPLETED = "completed"
    """All frequencies of an impedance spectrum were measured."""
    ENDED_BY_HOST = "ended by host"
    VOLTAGE_LIMIT = "voltage limit"
    CURRENT_LIMIT = "current limit"
    MAXIMUM_DURATION = "maximum duration"
    FAULT = "fault"
    NOT_STARTED = "not started"
    """The instrument is idle, and what it keeps of its steps proves that it never began this one."""
    UNKNOWN = "unknown"
    """The instrument is idle and no longer tells why (its output was lost while the link was down)."""


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step ended, by the word of the instrument: its reason, run time, step charge and elapsed time.

    Elapsed time and charge are NaN where nothing tells.
    """

    step: int
    reason: StepEndReason
    time_s: float
    elapsed_s: float
    charge_C: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RunningStep:
    """A step that the instrument carries out right now.

    The number is None until the first sample that names it has been read.
    """

    step: int | None
    elapsed_s: float | None
    charge_C: float | None


@dataclass(frozen=True, slots=True)
class KnownOfStep:
    """What is recorded of a step that an earlier process started.

    Args:
        origin_s: run time at which its elapsed time is zero.
        uncertainty_s: of the origin.
        recorded_s: elapsed times of the samples and points that are recorded, in order; every other one is wanted.
        last_A, last_C: current and charge of the last recorded sample, from which the charge goes on where the
            instrument counts none; NaN if they are not known.
    """

    origin_s: float
    uncertainty_s: float
    recorded_s: tuple[float, ...] = ()
    last_A: float = math.nan
    last_C: float = math.nan

    def has(self, elapsed_s: float, same_moment_s: float) -> bool:
        """Whether the sample or point of an elapsed time is recorded; nearer ones than so are the same."""
        after = bisect(self.recorded_s, elapsed_s)
        return any(
            abs(elapsed_s - near_s) <= same_moment_s for near_s in self.recorded_s[max(after - 1, 0) : after + 1]
        )


class SampleQuality(IntFlag):
    """Quality of one sample; 0 is a good one."""

    OK = 0
    TIMING_NOT_MET = 1
    OVERLOAD = 2
    UNDERLOAD = 4
    OVERLOAD_WARNING = 8
    NOT_A_NUMBER = 16


SAMPLE = np.dtype(
    [
        ("sequence", "<u8"),  # running number since connect: no sample twice, none missing
        ("time_s", "<f8"),  # on the run's timeline
        ("elapsed_s", "<f8"),  # since the start of the step, by the instrument's own clock
        ("voltage_V", "<f8"),
        ("current_A", "<f8"),
        ("charge_C", "<f8"),  # passed in this step, integrated on the instrument
        ("step", "<u4"),
        ("cycle", "<u4"),  # 0 from the driver; the runner knows the cycle
        ("quality", "<u4"),  # SampleQuality
        ("time_uncertainty_s", "<f4"),
    ]
)
"""One sample of a cell: 64 bytes."""

IMPEDANCE_POINT = np.dtype(
    [
        ("time_s", "<f8"),
        ("frequency_Hz", "<f8"),
        ("real_ohm", "<f8"),
        ("imaginary_ohm", "<f8"),
        ("step", "<u4"),
        ("quality", "<u4"),
    ]
)


@dataclass(frozen=True, slots=True)
class ObservedStep:
    """A step that another program has begun, as far as its samples tell.

    Args:
        number: in the samples.
        name: `charge`, `discharge`, `hold`, `rest` or `impedance`.
        technique: what the other program does; its ends are not told.
        time_s: run time of its first sample or point.
    """

    number: int
    name: str
    technique: Technique
    time_s: float


@dataclass(frozen=True, slots=True)
class Samples:
    """What a potentiostat has said since the last poll.

    `block` is of dtype `SAMPLE`, shape (n,), `impedance` of dtype `IMPEDANCE_POINT`, shape (m,). `late` is like
    `block`: samples that the instrument kept while nobody listened, older than the block and numbered after it.
    `fetching` says that a step which was adopted has ended, and that those samples are on their way. `begun` are the
    steps that begin with these samples where another program cycles, in order.
    """

    block: NDArray[np.void]
    impedance: NDArray[np.void]
    end: StepEnd | None = None
    late: NDArray[np.void] = field(default_factory=lambda: np.empty(0, SAMPLE))
    fetching: bool = False
    begun: tuple[ObservedStep, ...] = ()


class HostKept(StrEnum):
    """A limit that this computer keeps for an instrument that keeps all the others itself."""

    CHARGE_OF_HOLD = "the charge at which a hold ends"
    FAR_VOLTAGE = "the voltage guard on the side from which a charge or discharge goes away"
    VOLTAGE_OF_REST = "the voltage guard of a rest"


@dataclass(frozen=True, slots=True)
class PotentiostatCapabilities:
    """What the instrument can do; a protocol is checked against it before anything moves."""

    voltage_range_V: tuple[float, float]
    current_range_A: tuple[float, float]
    galvanostatic: bool
    impedance_frequency_Hz: tuple[float, float] | None
    impedance_amplitude_V: tuple[float, float] | None
    shortest_interval_s: float
    """Between two samples."""
    ends_steps_by_itself: bool
    """Whether end conditions, guard and maximum duration run on the instrument, but for what `host_keeps` names."""
    host_keeps: frozenset[HostKept] = frozenset()
    """What does not; of an instrument that does not end steps by itself it says nothing."""
    observed: bool = False
    """Whether it can only be watched: another program has the cell, and nothing can be started or ended from here."""


class Potentiostat(Instrument, Protocol):
    """Carries out one step at a time, each of which ends by itself on the instrument."""

    @property
    def capabilities(self) -> PotentiostatCapabilities: ...

    def start(self, step: Step) -> None:
        """Send a step and return once the instrument has accepted it.

        Raises:
            LimitRefused: if the step passes a limit of the instrument; nothing was sent.
            ProtocolError: if the instrument refuses the step, or carries out another one.
        """
        ...

    def poll(self) -> Samples:
        """Everything that has arrived since the last poll, without waiting. No sample twice, none missing."""
        ...

    def end_step(self) -> None:
        """End the running step on the instrument and leave the cell open; its `StepEnd` comes with a later poll."""
        ...

    def adopt(self, step: Step, known: KnownOfStep) -> None:
        """Take up a step that an earlier process started, whether it still runs or not, without disturbing it.

        What it says goes on with the next polls, without what is recorded already. After its end, what the instrument
        kept of the time in which nobody listened comes as `late` samples, and then the `StepEnd`: `NOT_STARTED` if it
        never began, `UNKNOWN` if nothing tells any more.

        Raises:
            ProtocolError: here or from `poll`, if the instrument carries out another step.
        """
        ...

    def running(self) -> RunningStep | None:
        """The step that the instrument carries out, found without disturbing it; None if it is idle."""
        ...
