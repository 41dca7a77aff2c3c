"""To which focusing a frame owes its sharpness."""

import math
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from operando.protocols.focus.place import SPOT_OF
from operando.protocols.program import Program
from operando.protocols.record import FrameRow

__all__ = ["focusing_of"]

SAME_ENERGY = 1e-3


def focusing_of(
    frame: FrameRow, program: Program, events: Iterable[Mapping[str, JsonValue]]
) -> tuple[float, str] | None:
    """Run time and words of the last focusing before a frame, at its spot and beam energy; None if there was none."""
    if program.focus is None:
        return None
    spot = program.focus.on or SPOT_OF.format(region=frame.region)
    last = None
    for event in events:
        if event["source"] != "focus" or event["kind"] not in ("focused", "focusing given up"):
            continue
        voltage_V, time_s = _number(event["voltage_V"]), _number(event["test_time_second"])
        same = event["spot"] == spot and math.isclose(voltage_V, frame.beam_voltage_V, rel_tol=SAME_ENERGY)
        if same and time_s <= frame.start_s:
            last = time_s, f"{event['kind']} at {spot}, because {event['why']}: {event['message']}"
    return last


def _number(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
