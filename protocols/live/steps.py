"""The steps of cycling as the journal and the events tell them: which runs, and how it should end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from operando.drivers.roles import Galvanostatic, Impedance, Potentiostatic, Step, Technique
from operando.protocols.journalled_step import step_from
from operando.protocols.reading import Command, Event

__all__ = ["StartedStep", "kind_of", "started_steps"]

START = "start step"
ENDED = "step ended"


@dataclass(frozen=True, slots=True)
class StartedStep:
    """A step that was started.

    Args:
        number: in the samples.
        action: of the program, counted from 1; 0 if none asked for it.
        started_s: run time of its start.
        ended_s: run time of its end; None while it runs.
        ended_by: in the words of the record; empty while it runs.
    """

    number: int
    name: str
    cycle: int
    line: int
    action: int
    started_s: float
    step: Step
    relaxation_V_per_s: float | None = None
    ended_s: float | None = None
    ended_by: str = ""

    @property
    def kind(self) -> str:
        return kind_of(self.step.technique)


def kind_of(technique: Technique) -> str:
    """`charge`, `discharge`, `hold voltage`, `rest` or `impedance`."""
    match technique:
        case Galvanostatic(current_A=current_A):
            return "charge" if current_A > 0 else "discharge"
        case Potentiostatic():
            return "hold voltage"
        case Impedance():
            return "impedance"
        case _:
            return "rest"


def started_steps(journal: Iterable[Command], events: Sequence[Event]) -> list[StartedStep]:
    """All steps in the order of their start; a start that was refused is none."""
    ended: dict[int, Event] = {}
    begun: dict[int, Event] = {}
    for event in events:
        number = event.details.get("step")
        if event.source == "cycling" and isinstance(number, int):
            (ended if event.kind == ENDED else begun)[number] = event
    found = (_started(command, begun, ended) for command in journal if command.action == START and command.ok)
    return [step for step in found if step is not None]


def _started(command: Command, begun: dict[int, Event], ended: dict[int, Event]) -> StartedStep | None:
    """None for a step that an older operando wrote down in less detail."""
    details = command.details
    try:
        step = step_from(details.get("step"))
    except (ValueError, KeyError):
        return None
    end = ended.get(step.number)
    relaxation = details.get("relaxation_V_per_s")
    return StartedStep(
        number=step.number,
        name=str(details.get("name", "")),
        cycle=_whole(details.get("cycle")),
        line=_whole(details.get("line")),
        action=_whole(details.get("of_action")),
        started_s=begun[step.number].time_s if step.number in begun else command.time_s,
        step=step,
        relaxation_V_per_s=relaxation if isinstance(relaxation, float) else None,
        ended_s=end.time_s if end else None,
        ended_by=str(end.details.get("reason", "")) if end else "",
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
