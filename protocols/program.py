"""A protocol resolved: plain values in SI units, loops unrolled, names bound. What is planned, checked and run.

`operando.protocols.document` makes a `Program` out of the file that the scientist wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from operando.drivers.roles import Recording, StagePosition, Technique
from operando.protocols.focus import BeamWatch, FocusRule
from operando.protocols.following import Anchor, FollowingLimits
from operando.protocols.interlocks import Phase, Rule
from operando.protocols.policies import Failures, IfBusy, IfChanged, Settling
from operando.protocols.sample_info import SampleInfo
from operando.protocols.trigger_conditions import Condition

__all__ = [
    "AskOperator",
    "AskedValue",
    "BeamChoice",
    "Before",
    "Capture",
    "CaptureNow",
    "CellDuringCapture",
    "CyclingAction",
    "DoseBudget",
    "EdsChoice",
    "EnterPhase",
    "LeakTest",
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
class AskedValue:
    """A value that a person types with its unit; both limits in the SI unit, None where there is none."""

    unit: str
    si_unit: str
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class AskOperator:
    """A question to a person; the cell rests meanwhile.

    `answers` empty means free text. After `at_most_s` without an answer the `otherwise` answer is taken, or the run
    fails if there is none.

    Args:
        value: a value is asked for, instead of words.
        confirms: it is answered only when what it says is so; the next phase may depend on that.
        picture: `capture` or `capture/region`, whose newest frame is shown beside the question; empty for none.
        ends_run_if: answers after which the run ends, safely.
    """

    number: int
    cycle: int
    question: str
    answers: tuple[str, ...] = ()
    at_most_s: float = 3600.0
    otherwise: str | None = None
    line: int = 0
    value: AskedValue | None = None
    confirms: bool = False
    picture: str = ""
    ends_run_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterPhase:
    """The box goes on its way: the next phase begins as soon as the gauges confirm that it may.

    Args:
        at_most_s: how long that is waited for.
        otherwise: what happens then: the run ends, safely, or a person is asked whether to wait on.
    """

    number: int
    cycle: int
    phase: Phase
    at_most_s: float = 3600.0
    otherwise: Literal["end run", "ask"] = "end run"
    line: int = 0


@dataclass(frozen=True, slots=True)
class LeakTest:
    """The leak of the closed box is measured by p/T; it passes if it is below a figure with all its uncertainty.

    Args:
        duration_s: of the measurement.
        largest_Pa_m3_per_s: 1 mbar l/s is 0.1 Pa m^3/s.
        otherwise: whether a test that is not passed ends the run; a transfer is forbidden in any case.
    """

    number: int
    cycle: int
    duration_s: float
    largest_Pa_m3_per_s: float
    otherwise: Literal["end run", "go on"] = "end run"
    line: int = 0


CyclingAction = RunStep | CaptureNow | AskOperator | EnterPhase | LeakTest


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
    fiducials: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Stage coordinates (x, y) of places by which the sample is found again in another mounting, m."""
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
    focus: FocusRule | None = None
    beam_watch: BeamWatch = field(default_factory=BeamWatch)
    attachments: Mapping[str, str] = field(default_factory=dict)
    """Text of the files that the document refers to, by the name it uses; the record keeps them beside the protocol."""

    def __iter__(self) -> Iterator[CyclingAction]:
        return iter(self.cycling)

    @property
    def has_phases(self) -> bool:
        """Whether it accompanies the box on its way."""
        return any(isinstance(action, EnterPhase) for action in self.cycling)

    @property
    def first_phase(self) -> Phase:
        """In which a run begins: that of the first entry, or `observe` if the box stays where it is.

        A box that is to be opened first stands closed in the chamber, which may still be pumped.
        """
        first = next((action.phase for action in self.cycling if isinstance(action, EnterPhase)), Phase.OBSERVE)
        return Phase.PUMP_DOWN if first is Phase.OPEN else first
