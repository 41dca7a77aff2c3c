"""One browser that looks on: it gets everything once, then what is new since what it was sent last.

There is no queue. A browser that reads slowly holds up only its own next message, which then holds more, thinned; one
that does not read at all for some time is let go.
"""

from dataclasses import dataclass, field

import anyio
import orjson
from pydantic import JsonValue

from operando.protocols.live.curve import curve_between, new_on_curve
from operando.protocols.live.rows import event_rows, frame_rows, spectrum_rows
from operando.protocols.live.watch import Watch

__all__ = ["Cursor", "first_message", "next_message"]


@dataclass(slots=True)
class Cursor:
    """How much a browser was sent."""

    samples: int = 0
    frames: int = 0
    spectra: int = 0
    events: int = 0
    parts: dict[str, int] = field(default_factory=dict)


def first_message(watch: Watch, cursor: Cursor, pixels: int) -> bytes:
    """Everything, thinned for a curve of so many pixels."""
    samples = watch.run.samples
    whole = curve_between(samples, -1.0, float(samples["time_s"][-1]) if samples.size else 0.0, pixels)
    cursor.samples = int(samples.size)
    return _message(watch, cursor, first=True, curve=whole)


def next_message(watch: Watch, cursor: Cursor) -> bytes:
    """What is new; at least a sign of life with the age of the data."""
    samples = watch.run.samples
    curve = new_on_curve(samples, cursor.samples) if samples.size > cursor.samples else None
    cursor.samples = int(samples.size)
    return _message(watch, cursor, first=False, curve=curve)


def _message(watch: Watch, cursor: Cursor, *, first: bool, curve: object) -> bytes:
    run = watch.run
    message: dict[str, object] = {"first": first, "age_s": round(watch.age_s, 1)}
    if curve is not None:
        message["curve"] = curve
    frames, spectra = run.frames.rows, run.spectra.rows
    if len(frames) > cursor.frames or first:
        message["frames"] = frame_rows(frames[cursor.frames :])
        cursor.frames = len(frames)
    if len(spectra) > cursor.spectra or first:
        message["spectra"] = spectrum_rows(spectra[cursor.spectra :])
        cursor.spectra = len(spectra)
    if len(watch.events) > cursor.events or first:
        told: list[JsonValue] = event_rows(watch.events[cursor.events :])
        cursor.events = len(watch.events)
        if told or first:
            message["events"] = told
    parts = {name: part for name, part in watch.parts.items() if cursor.parts.get(name) != part.version}
    if parts:
        cursor.parts.update({name: part.version for name, part in parts.items()})
        message["parts"] = {name: orjson.Fragment(part.data) for name, part in parts.items()}
    return orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY)


async def breathe(watch: Watch, at_most_s: float, at_least_s: float) -> None:
    """Wait for news, at most so long, and at least so long that a message is worth sending."""
    await anyio.sleep(at_least_s)
    with anyio.move_on_after(at_most_s - at_least_s):
        await watch.changed()
