"""The dry run of a program: every action in the order of time, with what it costs. All times are estimates."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue, TypeAdapter

__all__ = [
    "EventTrigger",
    "Plan",
    "PlannedAction",
    "PlannedCapture",
    "PlannedFocus",
    "PlannedMiss",
    "PlannedQuestion",
    "PlannedStep",
    "RegionDose",
    "SpotDose",
]

C_PER_M2_IN_MAH_PER_CM2 = 36_000.0


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of cycling. `charge_C` is what passes, positive when charging; `basis` says how its time is known."""

    number: int
    cycle: int
    name: str
    start_s: float
    duration_s: float
    charge_C: float
    basis: str
    line: int

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question to the operator, who is taken to need all the time there is."""

    number: int
    cycle: int
    question: str
    start_s: float
    duration_s: float
    line: int

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class PlannedCapture:
    """A capture with what comes out of it. `number` is None unless it is a rendezvous; `line` is what asks for it."""

    capture: str
    reason: str
    start_s: float
    duration_s: float
    cycle: int
    during: str
    regions: tuple[str, ...]
    pictures: int
    spectra: int
    bytes: int
    line: int
    number: int | None = None

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s

    def at(self, start_s: float, duration_s: float, cycle: int, during: str) -> "PlannedCapture":
        """The same at another time; a week of pictures is made of a few captures."""
        return PlannedCapture(
            self.capture,
            self.reason,
            start_s,
            duration_s,
            cycle,
            during,
            self.regions,
            self.pictures,
            self.spectra,
            self.bytes,
            self.line,
            self.number,
        )


@dataclass(frozen=True, slots=True)
class PlannedMiss:
    """A capture that is wanted at a time and left out, and why."""

    capture: str
    reason: str
    time_s: float
    why: str
    line: int


PlannedAction = PlannedStep | PlannedQuestion | PlannedCapture


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """A trigger that waits for an event which nobody can foresee (`why` not), and what each event would cost."""

    capture: str
    reason: str
    duration_s: float
    dose_C_per_m2: dict[str, float]
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class RegionDose:
    """Electron dose of a region: in all, in the worst cycle, and the budget if there is one.

    `waiting_C_per_m2` comes on top of what the budget is compared with, while the beam focuses, or waits unblanked
    between points.
    """

    region: str
    total_C_per_m2: float
    worst_cycle: int
    worst_cycle_C_per_m2: float
    waiting_C_per_m2: float
    budget_C_per_m2: float | None
    per_cycle: bool

    @property
    def counted_C_per_m2(self) -> float:
        """What the budget is compared with."""
        return self.worst_cycle_C_per_m2 if self.per_cycle else self.total_C_per_m2

    @property
    def total_mAh_per_cm2(self) -> float:
        return self.total_C_per_m2 / C_PER_M2_IN_MAH_PER_CM2


@dataclass(frozen=True, slots=True)
class SpotDose:
    """Electron dose of the spot of a region that gets most under a parked beam, and the budget if there is one."""

    region: str
    total_C_per_m2: float
    budget_C_per_m2: float | None

    @property
    def total_mAh_per_cm2(self) -> float:
        return self.total_C_per_m2 / C_PER_M2_IN_MAH_PER_CM2


@dataclass(frozen=True, slots=True)
class PlannedFocus:
    """All focusings on one spot that is sacrificed.

    Args:
        spot: its name; `regions` that it serves.
        x_m, y_m: where the stage stands for it.
        times: how often, by time and beam energy; what a fall of sharpness asks for comes on top.
        each_C_per_m2: largest dose of one; `total_C_per_m2` of all of them.
        budget_C_per_m2: of the spot; None without one.
        each_s: longest duration of one.
    """

    spot: str
    regions: tuple[str, ...]
    x_m: float
    y_m: float
    times: int
    each_C_per_m2: float
    total_C_per_m2: float
    budget_C_per_m2: float | None
    each_s: float

    @property
    def total_mAh_per_cm2(self) -> float:
        return self.total_C_per_m2 / C_PER_M2_IN_MAH_PER_CM2


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run would do. Iterating it yields the actions in the order of their start."""

    title: str
    actions: tuple[PlannedAction, ...]
    duration_s: float
    regions: tuple[RegionDose, ...]
    spots: tuple[SpotDose, ...]
    events: tuple[EventTrigger, ...]
    sample_bytes: int
    missed: tuple[PlannedMiss, ...] = ()
    """Captures that are wanted while others are taken, and left out by their `if_busy`."""
    focusing: tuple[PlannedFocus, ...] = ()

    def __iter__(self) -> Iterator[PlannedAction]:
        return iter(self.actions)

    @property
    def captures(self) -> tuple[PlannedCapture, ...]:
        return tuple(action for action in self.actions if isinstance(action, PlannedCapture))

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        return tuple(action for action in self.actions if isinstance(action, PlannedStep))

    @property
    def pictures(self) -> int:
        return sum(capture.pictures for capture in self.captures)

    @property
    def spectra(self) -> int:
        return sum(capture.spectra for capture in self.captures)

    @property
    def bytes(self) -> int:
        """On disk, for samples, pictures and spectra."""
        return self.sample_bytes + sum(capture.bytes for capture in self.captures)

    def as_json(self) -> dict[str, JsonValue]:
        """Plain values for a machine to read, with the kind of each action and the sums."""
        plain: dict[str, JsonValue] = TypeAdapter(Plan).dump_python(self, mode="json")
        actions: list[JsonValue] = [
            {"kind": KINDS[type(action)], **TypeAdapter(type(action)).dump_python(action, mode="json")}
            for action in self.actions
        ]
        sums = {"pictures": self.pictures, "spectra": self.spectra, "bytes": self.bytes}
        return {**plain, "actions": actions, **sums}


KINDS = {PlannedStep: "step", PlannedQuestion: "question", PlannedCapture: "capture"}
