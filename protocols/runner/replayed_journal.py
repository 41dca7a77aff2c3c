"""Where a run stands, read from the journal that a killed process has left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue, TypeAdapter

from operando.drivers.roles import KnownOfStep, Step
from operando.protocols.journalled_step import step_from
from operando.protocols.runner.remaining import Passed

__all__ = ["GOES_ON", "HELD", "RESTORED", "AskedCapture", "Exposure", "OpenStep", "Standing", "replay"]

START_UNCERTAINTY_S = 1.0
"""Between the intent of a start and the moment at which the instrument began, when nothing else tells."""

EXPOSURES = ("scan", "count X-rays")
HELD, RESTORED = "held", "restored"
"""Why the host ended a step that goes on: after a hold, or at once, because somebody had changed the output."""
GOES_ON = frozenset({HELD, RESTORED})


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that was started, or was about to be, and whose end is not recorded.

    Args:
        action: of the protocol; 0 for a step of the runner's own.
        why_ended: why the host had told it to end, empty if it had not.
        known: what is recorded of it.
    """

    step: Step
    name: str
    cycle: int
    line: int
    action: int
    relaxation_V_per_s: float | None
    known: KnownOfStep
    why_ended: str = ""


@dataclass(frozen=True, slots=True)
class AskedCapture:
    """A capture that a trigger asked for: the line of the trigger, and the moment of its condition."""

    line: int
    capture: str
    reason: str
    wanted_s: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """A scan or a spectrum that was commanded: when, and what."""

    time_s: float
    action: str


@dataclass(slots=True)
class Standing:
    """What of a program is done. That of a run that has not begun is empty.

    Args:
        resumed: whether an earlier process has left it.
        last_step: number of the last step that was started.
        open_step: the one whose end is not recorded.
        done: numbers of the actions that are done.
        begun: numbers of rendezvous and questions that were begun.
        passed: by action, what has passed of a step that was held.
        last_end_s: run time at which the last step ended; None before the first end.
        milestones: run times by name: `pre-flight passed`, `start begun`, `start done`, `timers started`, ...
        asked: captures that triggers asked for.
        exposures: every scan and every spectrum that was commanded, in order.
        phase: of the box's way that was entered last; empty if none was.
        moving: a stage move that was commanded and whose outcome is not known.
    """

    resumed: bool = False
    last_step: int = 0
    open_step: OpenStep | None = None
    done: set[int] = field(default_factory=set)
    begun: dict[int, float] = field(default_factory=dict)
    passed: dict[int, Passed] = field(default_factory=dict)
    last_end_s: float | None = None
    milestones: dict[str, float] = field(default_factory=dict)
    asked: list[AskedCapture] = field(default_factory=list)
    exposures: list[Exposure] = field(default_factory=list)
    moving: bool = False
    phase: str = ""

    def exposed_in(self, action: int) -> bool:
        """Whether the beam was on the specimen since an action had begun."""
        begun_s = self.begun.get(action)
        return begun_s is not None and any(exposure.time_s >= begun_s for exposure in self.exposures)

    def exposed_since(self, milestone: str) -> bool:
        """Whether the run got so far, the beam was on the specimen since then, and the next milestone is not reached.

        `start begun` is followed by `start done`.
        """
        begun_s = self.milestones.get(milestone)
        done = self.reached(milestone.replace("begun", "done"))
        return begun_s is not None and not done and any(exposure.time_s >= begun_s for exposure in self.exposures)

    def reached(self, milestone: str) -> bool:
        """Whether the run got so far."""
        return milestone in self.milestones


def replay(entries: Sequence[Mapping[str, JsonValue]]) -> Standing:
    """Go through the entries of a journal, in order.

    Raises:
        ValueError: if an entry lacks what belongs to it.
    """
    replayed = _Replay()
    for entry in entries:
        match entry.get("entry"):
            case "intent":
                replayed.intent(entry)
            case "outcome":
                replayed.outcome(entry)
            case "progress":
                replayed.progress(entry)
    return replayed.standing


class _Replay:
    def __init__(self) -> None:
        self.standing = Standing(resumed=True)
        self._start_intent = self._move_intent = -1

    def intent(self, entry: Mapping[str, JsonValue]) -> None:
        standing, details, action = self.standing, _details(entry), str(entry["action"])
        number, time_s = int(str(entry["id"])), _time(entry)
        if action == "start step":
            self._start_intent = number
            standing.open_step = _open_step(details, time_s)
            standing.last_step = standing.open_step.step.number
        elif action == "end step" and standing.open_step is not None:
            standing.open_step = replace(standing.open_step, why_ended=str(details.get("why", "")))
        elif action == "move stage":
            self._move_intent, standing.moving = number, True
        elif action in EXPOSURES:
            standing.exposures.append(Exposure(time_s, action))

    def outcome(self, entry: Mapping[str, JsonValue]) -> None:
        number = int(str(entry["id"]))
        if number == self._move_intent:
            self.standing.moving = False
        step = self.standing.open_step
        if number == self._start_intent and step is not None and entry["ok"]:
            origin_s = _time(entry) - step.step.elapsed_before_s
            self.standing.open_step = replace(step, known=replace(step.known, origin_s=origin_s))

    def progress(self, entry: Mapping[str, JsonValue]) -> None:
        standing, details, what = self.standing, _details(entry), str(entry["what"])
        match what:
            case "step ended":
                self._step_ended(details, _time(entry))
            case "action done":
                standing.done.add(_number(details["action"]))
            case "action begun":
                standing.begun[_number(details["action"])] = _time(entry)
            case "phase":
                standing.phase = str(details["phase"])
            case "capture asked":
                asked = TypeAdapter(AskedCapture).validate_python(details)
                standing.asked.append(asked)
            case _:
                standing.milestones[what] = _time(entry)

    def _step_ended(self, details: Mapping[str, JsonValue], time_s: float) -> None:
        standing, step = self.standing, self.standing.open_step
        standing.last_end_s = time_s
        standing.open_step = None
        if step is None or not step.action or details["reason"] == "not started":
            return
        if details["why"] in GOES_ON:
            standing.passed[step.action] = Passed(_value(details["charge_C"]), _value(details["elapsed_s"]))
        else:
            standing.done.add(step.action)


def _open_step(details: Mapping[str, JsonValue], time_s: float) -> OpenStep:
    step = step_from(details["step"])
    relaxation = details.get("relaxation_V_per_s")
    return OpenStep(
        step,
        str(details["name"]),
        _number(details["cycle"]),
        _number(details["line"]),
        _number(details["of_action"]),
        None if relaxation is None else _value(relaxation),
        KnownOfStep(time_s - step.elapsed_before_s, START_UNCERTAINTY_S),
    )


def _details(entry: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return TypeAdapter(dict[str, JsonValue]).validate_python(entry["details"])


def _time(entry: Mapping[str, JsonValue]) -> float:
    return _value(entry["test_time_second"])


def _number(value: JsonValue) -> int:
    return TypeAdapter(int).validate_python(value)


def _value(value: JsonValue) -> float:
    """A number; null stands for NaN, which JSON does not have."""
    return float("nan") if value is None else TypeAdapter(float).validate_python(value)
