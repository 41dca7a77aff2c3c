"""A protocol resolved: plain values in SI units, loops unrolled, names bound. What is planned, checked and run.

`operando.protocols.document` makes a `Program` out of the file that the scientist wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from operando.drivers.roles import Recording, StagePosition, Technique
from operando.protocols.following import Anchor, FollowingLimits
from operando.protocols.interlocks import Rule
from operando.protocols.policies import Failures, IfBusy, IfChanged, Settling
from operando.protocols.trigger_conditions import Condition

__all__ = [
    "AskOperator",
    "BeamChoice",
    "Before",
    "Capture",
    "CaptureNow",
    "CellDuringCapture",
    "CyclingAction",
    "DoseBudget",
    "EdsChoice",
    "Program",
    "Region",
    "RunStep",
    "Safety",
    "SampleInfo",
    "StageAxis",
    "Trigger",
]

CellDuringCapture = Literal["rest", "hold voltage", "go on"]
StageAxis = Literal["z", "rotation", "tilt"]


@dataclass(frozen=True, slots=True)
class SampleInfo:
    """The cell under test; None or empty is what the protocol does not say.

    Args:
        area_m2: current densities refer to it.
        area_after_cutting_m2: of what was put into the microscope.
        stack_pressure_Pa: as mounted.
        temperature_K: at which the cell is held.
        prepared: date of the assembly, ISO 8601.
        elements: in the cell, as chemical symbols.
        in_vacuum_before_start_s: how long the cell was in vacuum already.
    """

    name: str
    nominal_capacity_C: float | None = None
    area_m2: float | None = None
    batch: str = ""
    notes: str = ""
    active_mass_kg: float | None = None
    area_after_cutting_m2: float | None = None
    electrode_preparation: str = ""
    assembly: str = ""
    stack_pressure_Pa: float | None = None
    temperature_K: float | None = None
    prepared: str = ""
    elements: tuple[str, ...] = ()
    in_vacuum_before_start_s: float | None = None


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
    anchor: Anchor | None = None
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
class Before:
    """What belongs to a capture of the time before its event.

    Args:
        samples_s: so long before the event.
        every_s: between samples, in all steps in which a trigger of the capture may fire: what has not been sampled
            before an event cannot be had after it. None records as the rest of the program does.
        frames: so many of the last frames of its regions.
    """

    samples_s: float
    every_s: float | None
    frames: int


@dataclass(frozen=True, slots=True)
class Capture:
    """What to look at, and how. `repeat` is the number of frames, one after the other.

    Args:
        priority: 1 goes first, 9 last.
        if_busy: what becomes of it when it cannot be taken at once.
        queue_limit: how many of it may wait for the same reason.
        keep_ready: stage and beam stay prepared for its first field while a trigger for it is armed.
        before: what is kept of the time before the event, where a trigger takes it.
    """

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
    priority: int = 5
    if_busy: IfBusy = "queue"
    queue_limit: int = 1
    keep_ready: bool = False
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Takes a capture when a condition comes true; never delays cycling.

    Args:
        during: names of steps; empty means always.
        settled_s: not before so long after the start of a step.
        start_within_s: the latency contract from the sample to the first line; None if there is none.
        once: at most one time in the whole run.
        at_most_every_s: not again before so long after it has fired.
        if_already: what happens if the condition holds when the trigger is armed: it fires, or waits until the
            condition has been false and comes true again.
    """

    condition: Condition
    capture: str
    during: tuple[str, ...] = ()
    settled_s: float = 0.0
    start_within_s: float | None = None
    once: bool = False
    at_most_every_s: float = 0.0
    if_already: Literal["fire", "wait"] = "wait"
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
    interlocks: tuple[Rule, ...] = ()
    """Those that the protocol names; some more are judged in every run."""
    imaging_only_s: float | None = None
    """How long a protocol without cycling runs."""
    failures: Failures = field(default_factory=Failures)
    settling: Settling = field(default_factory=Settling)
    if_changed: IfChanged = "restore"
    following: FollowingLimits = field(default_factory=FollowingLimits)
    attachments: Mapping[str, str] = field(default_factory=dict)
    """Text of the files that the document refers to, by the name it uses; the record keeps them beside the protocol."""

    def __iter__(self) -> Iterator[CyclingAction]:
        return iter(self.cycling)
