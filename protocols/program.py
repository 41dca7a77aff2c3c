"""A protocol resolved: plain values in SI units, loops unrolled, names bound. What is planned, checked and run.

`operando.protocols.document` makes a `Program` out of the file that the scientist wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from operando.drivers.roles import Recording, StagePosition, Technique

__all__ = [
    "AfterEndOf",
    "AskOperator",
    "BeamChoice",
    "BeforeEndOf",
    "Capture",
    "CaptureNow",
    "CellDuringCapture",
    "ChargePassed",
    "Condition",
    "CyclingAction",
    "DoseBudget",
    "EdsChoice",
    "Every",
    "Program",
    "Region",
    "RunStep",
    "Safety",
    "SampleInfo",
    "StageAxis",
    "Trigger",
    "VoltageChanges",
    "VoltageCrosses",
]

CellDuringCapture = Literal["rest", "hold voltage", "go on"]
StageAxis = Literal["z", "rotation", "tilt"]


@dataclass(frozen=True, slots=True)
class SampleInfo:
    """The cell under test."""

    name: str
    nominal_capacity_C: float | None = None
    area_m2: float | None = None
    batch: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Safety:
    """Limits that stop the run. The host tolerates a value outside them for so long, the instrument not at all."""

    voltage_V: tuple[float, float]
    current_A: tuple[float, float]
    host_tolerates_s: float


@dataclass(frozen=True, slots=True)
class RunStep:
    """One step of cycling.

    Args:
        number: counts the actions of the whole program from 1; also the step number in every sample.
        name: as in the protocol, or its own words (`Charge at C/10 until 4.2 V`); equal in each cycle.
        cycle: counts from 1; steps before the first loop belong to cycle 1.
        technique: what the potentiostat does. For CV and CC the ends by voltage, current and charge stand in it.
        duration_s: ordinary end by time.
        relaxation_V_per_s: ordinary end of a rest: the voltage changes more slowly than this.
        maximum_duration_s: after which the instrument ends the step in any case.
        line: of the protocol file.
        recording: of this step only; None records as the rest of the program does.
    """

    number: int
    name: str
    cycle: int
    technique: Technique
    maximum_duration_s: float
    duration_s: float | None = None
    relaxation_V_per_s: float | None = None
    line: int = 0
    recording: Recording | None = None


@dataclass(frozen=True, slots=True)
class CaptureNow:
    """A rendezvous: cycling waits for a capture, at most so long, while the cell does what is said."""

    number: int
    cycle: int
    capture: str
    cell: CellDuringCapture
    at_most_s: float
    line: int = 0


@dataclass(frozen=True, slots=True)
class AskOperator:
    """A question to a person; the cell rests meanwhile.

    `answers` empty means free text. After `at_most_s` without an answer the `otherwise` answer is taken, or the run
    fails if there is none.
    """

    number: int
    cycle: int
    question: str
    answers: tuple[str, ...] = ()
    at_most_s: float = 3600.0
    otherwise: str | None = None
    line: int = 0


CyclingAction = RunStep | CaptureNow | AskOperator


@dataclass(frozen=True, slots=True)
class Region:
    """A place on the specimen. `anchor` names what drift is followed on; `only` limits it to `start` and `end`.

    `as_found` names the axes that the protocol leaves out (zero in `stage`): they keep the value that the operator
    has given them, see `target`.
    """

    name: str
    stage: StagePosition
    width_m: float
    anchor: str = ""
    tiles: tuple[int, int] = (1, 1)
    only: tuple[str, ...] = ()
    as_found: tuple[StageAxis, ...] = ()
    line: int = 0

    def target(self, found: StagePosition) -> StagePosition:
        """Where the stage goes for this region: what the protocol says, and the other axes as they were found."""
        return StagePosition(
            x_m=self.stage.x_m,
            y_m=self.stage.y_m,
            z_m=found.z_m if "z" in self.as_found else self.stage.z_m,
            rotation_rad=found.rotation_rad if "rotation" in self.as_found else self.stage.rotation_rad,
            tilt_rad=found.tilt_rad if "tilt" in self.as_found else self.stage.tilt_rad,
        )


@dataclass(frozen=True, slots=True)
class BeamChoice:
    """Beam of a capture; None leaves the working distance as it is found for this energy."""

    voltage_V: float
    current_A: float
    working_distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class EdsChoice:
    """X-ray spectra of a capture: a point in the middle of the region, a map of points, or both."""

    point_live_time_s: float | None = None
    map_points: tuple[int, int] | None = None
    map_live_time_s: float | None = None
    """Per point."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What to look at, and how. `repeat` is the number of frames, one after the other."""

    name: str
    regions: tuple[str, ...]
    beam: BeamChoice
    detectors: tuple[str, ...] = ()
    pixels: tuple[int, int] = (1024, 768)
    dwell_s: float = 1e-5
    repeat: int = 1
    eds: EdsChoice | None = None
    refocus: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Every:
    """Each so many seconds, counted from the start of the run."""

    period_s: float


@dataclass(frozen=True, slots=True)
class BeforeEndOf:
    """Under current, early enough that the capture is done when the step ends; predicted from the samples."""

    step: str


@dataclass(frozen=True, slots=True)
class AfterEndOf:
    """At once when the step has ended."""

    step: str


@dataclass(frozen=True, slots=True)
class ChargePassed:
    """Each time that so much charge (magnitude) has passed in a step."""

    every_C: float


@dataclass(frozen=True, slots=True)
class VoltageCrosses:
    """The voltage rises or falls through a value."""

    threshold_V: float
    direction: Literal["rises", "falls"]


@dataclass(frozen=True, slots=True)
class VoltageChanges:
    """The voltage rises or falls by so much within a time (a soft short falls)."""

    by_V: float
    over_s: float
    direction: Literal["rises", "falls"]


Condition = Every | BeforeEndOf | AfterEndOf | ChargePassed | VoltageCrosses | VoltageChanges


@dataclass(frozen=True, slots=True)
class Trigger:
    """Takes a capture when a condition comes true; never delays cycling.

    Args:
        during: names of steps; empty means always.
        settled_s: not before so long after the start of a step.
        start_within_s: the latency contract from the sample to the first line; None if there is none.
        once: at most one time in the whole run.
    """

    condition: Condition
    capture: str
    during: tuple[str, ...] = ()
    settled_s: float = 0.0
    start_within_s: float | None = None
    once: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class DoseBudget:
    """Electron dose allowed: per region (C/m^2, per cycle or in all) and per spot for parked beams (C/m^2)."""

    per_region_C_per_m2: Mapping[str, float] = field(default_factory=dict)
    per_cycle: frozenset[str] = frozenset()
    per_spot_C_per_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that a run does. Iterating it yields the cycling actions in order."""

    title: str
    file: str
    text: str
    sample: SampleInfo
    recording: Recording
    safety: Safety | None = None
    cycling: tuple[CyclingAction, ...] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    captures: Mapping[str, Capture] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    dose: DoseBudget = field(default_factory=DoseBudget)
    interlocks: tuple[str, ...] = ()
    imaging_only_s: float | None = None
    """How long a protocol without cycling runs."""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """Text of the files that the document refers to, by the name it uses; the record keeps them beside the protocol."""

    def __iter__(self) -> Iterator[CyclingAction]:
        return iter(self.cycling)
