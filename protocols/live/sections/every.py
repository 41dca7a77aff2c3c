"""All sections by name, and how often each is worth making anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from operando.protocols.live.look import Look
from operando.protocols.live.sections.alarms import alarms
from operando.protocols.live.sections.cell import cell
from operando.protocols.live.sections.cycles import cycles
from operando.protocols.live.sections.dose import dose
from operando.protocols.live.sections.identity import identity
from operando.protocols.live.sections.microscope import microscope
from operando.protocols.live.sections.preparation import preparation
from operando.protocols.live.sections.standing import standing
from operando.protocols.live.sections.storage import storage
from operando.protocols.live.sections.surroundings import surroundings
from operando.protocols.live.sections.timeline import timeline

__all__ = ["SECTIONS", "Section"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Args:
        every_s: the shortest time in which it is worth making anew.
        of_events: whether it changes only when an event was recorded.
    """

    make: Callable[[Look], JsonValue]
    every_s: float
    of_events: bool = False


SECTIONS: Mapping[str, Section] = {
    "identity": Section(identity, 30.0),
    "standing": Section(standing, 0.0),
    "cell": Section(cell, 0.0),
    "alarms": Section(alarms, 1.0),
    "microscope": Section(microscope, 0.0, of_events=True),
    "preparation": Section(preparation, 1.0, of_events=True),
    "timeline": Section(timeline, 2.0),
    "cycles": Section(cycles, 5.0),
    "dose": Section(dose, 5.0),
    "surroundings": Section(surroundings, 5.0),
    "storage": Section(storage, 10.0),
}
