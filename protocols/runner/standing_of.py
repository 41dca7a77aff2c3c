"""Where a killed run stands: what its journal says, made exact by its samples, events and pictures."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.roles import Impedance, KnownOfStep
from operando.protocols.record import RecordError, open_samples, read_events, read_frames, read_journal, read_spectra
from operando.protocols.runner.replayed_journal import AskedCapture, Exposure, OpenStep, Standing, replay
from operando.protocols.runner.steering import Asked, ParkWish

__all__ = ["LeftBehind", "left_behind", "lost_exposures"]

SCAN = "scan"
SLACK_S = 0.05
"""Between the command of an exposure and the start that its instrument tells."""

FINISHED = ("capture taken", "capture not taken")


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a killed process has left.

    Args:
        standing: how far the program has come.
        samples: all of them, dtype SAMPLE.
        lost: exposures that were commanded and of which nothing is recorded.
        unfinished: captures that triggers had asked for and that were not finished.
        asked: what people had asked for.
        events: all of them.
        end_s: the latest run time in the record.
    """

    standing: Standing
    samples: NDArray[np.void]
    lost: tuple[Exposure, ...]
    unfinished: tuple[AskedCapture, ...]
    asked: Asked
    events: tuple[Mapping[str, JsonValue], ...]
    end_s: float

    @property
    def next_sequence(self) -> int:
        """The number of the next sample."""
        return int(self.samples["sequence"].max()) + 1 if self.samples.size else 0


def left_behind(folder: Path) -> LeftBehind:
    """Read it from the record.

    Args:
        folder: of the run; its torn ends are cut off already.

    Raises:
        RecordError: if the journal does not make sense.
    """
    try:
        standing = replay(read_journal(folder))
    except (ValueError, KeyError) as error:
        raise RecordError(f"the journal does not make sense: {error}", where=str(folder)) from error
    samples, events = open_samples(folder), read_events(folder)
    if samples.size and standing.open_step is None:  # another program may have cycled the cell since
        standing.last_step = max(standing.last_step, int(samples["step"].max()))
        standing.last_end_s = max(standing.last_end_s or 0.0, float(samples["time_s"].max()))
    if standing.open_step is not None:
        standing.open_step = _known(standing.open_step, samples, folder)
    frames = [(row.start_s, row.start_s) for row in read_frames(folder)]
    spectra = [(row.start_s, row.end_s) for row in read_spectra(folder)]
    scans = [exposure for exposure in standing.exposures if exposure.action == SCAN]
    counts = [exposure for exposure in standing.exposures if exposure.action != SCAN]
    return LeftBehind(
        standing,
        samples,
        lost_exposures(scans, frames, _times(events, "frame lost"))
        + lost_exposures(counts, spectra, _times(events, "spectrum lost")),
        _unfinished(standing, events),
        _asked(events),
        tuple(events),
        max([_time(event) for event in events] + [float(samples["time_s"].max()) if samples.size else 0.0]),
    )


def _known(step: OpenStep, samples: NDArray[np.void], folder: Path) -> OpenStep:
    """When the step began, and up to where it is recorded."""
    own = samples[samples["step"] == step.step.number]
    known = step.known
    if own.size:
        last = own[np.argmax(own["elapsed_s"])]
        origin_s = float(last["time_s"] - last["elapsed_s"])
        recorded_s = tuple(np.sort(own["elapsed_s"]).tolist())
        known = KnownOfStep(
            origin_s,
            float(last["time_uncertainty_s"]),
            recorded_s,
            last_A=float(last["current_A"]),
            last_C=float(last["charge_C"]),
        )
    if isinstance(step.step.technique, Impedance):
        points_s = [time_s - known.origin_s for time_s in _impedance_points(folder, step.step.number)]
        known = replace(known, recorded_s=tuple(sorted([*known.recorded_s, *points_s])))
    return replace(step, known=known)


def _impedance_points(folder: Path, step: int) -> list[float]:
    """Run times of the points that are recorded of a step."""
    return [
        float(row["Test Time / s"])
        for path in sorted(folder.glob("eis/*.csv"))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        if int(row["Step Count / 1"]) == step
    ]


def lost_exposures(
    exposures: Sequence[Exposure], taken: Sequence[tuple[float, float]], told_s: Sequence[float]
) -> tuple[Exposure, ...]:
    """The exposures of one kind of which nothing is recorded, neither what they took nor their loss.

    Args:
        exposures: as they were commanded, in order.
        taken: start and end of what is recorded.
        told_s: when a loss was recorded; it is that of the latest exposure before.
    """
    ends_s = [*(later.time_s for later in exposures[1:]), float("inf")][: len(exposures)]
    missing = [
        exposure
        for exposure, end_s in zip(exposures, ends_s, strict=True)
        if not any(start_s < end_s - SLACK_S and last_s > exposure.time_s - SLACK_S for start_s, last_s in taken)
    ]
    for when_s in sorted(told_s):
        before = [exposure for exposure in missing if exposure.time_s <= when_s]
        if before:
            missing.remove(before[-1])
    return tuple(missing)


def _unfinished(standing: Standing, events: list[dict[str, JsonValue]]) -> tuple[AskedCapture, ...]:
    finished = Counter(
        (event.get("line"), event.get("capture"), event.get("trigger")) for event in events if event["kind"] in FINISHED
    )
    unfinished: list[AskedCapture] = []
    for asked in [*standing.asked, *_fired_in_vain(standing, events)]:
        key = (asked.line, asked.capture, asked.reason)
        if finished[key] > 0:
            finished[key] -= 1
        else:
            unfinished.append(asked)
    return tuple(unfinished)


def _fired_in_vain(standing: Standing, events: list[dict[str, JsonValue]]) -> list[AskedCapture]:
    """What a trigger had found when the process was killed, a moment before it asked for its capture."""
    asked = {(one.line, one.capture, one.wanted_s) for one in standing.asked}
    found = [
        AskedCapture(int(str(one["line"])), str(one["capture"]), str(one["message"]), float(str(one["sample_s"])))
        for one in events
        if one["source"] == "triggers" and one["kind"] == "fired"
    ]
    return [one for one in found if (one.line, one.capture, one.wanted_s) not in asked]


def _asked(events: list[dict[str, JsonValue]]) -> Asked:
    lent, park = _last(events, "imaging", "hand over", "take back"), _wish_to_park(events)
    unaccounted = lent or _last(events, "imaging", "handed over", "dose meanwhile")
    return Asked(
        cycling_held=_last(events, "cycling", "hold", "continue") is not None,
        imaging_paused=_last(events, "imaging", "pause", "resume") is not None,
        lent_to="" if lent is None else str(lent["who"]),
        lent_since_s=None if unaccounted is None else _time(unaccounted),
        parking=None if park is None else ParkWish(str(park["who"]), str(park["message"]), bool(park["after_step"])),
    )


def _wish_to_park(events: list[dict[str, JsonValue]]) -> dict[str, JsonValue] | None:
    """It holds until another session has begun: a kill in the middle of parking does not make it forgotten."""
    for event in reversed(events):
        if (event["source"], event["kind"]) == ("session", "continued"):
            return None
        if (event["source"], event["kind"]) == ("run", "park"):
            return event
    return None


def _last(events: list[dict[str, JsonValue]], source: str, on: str, off: str) -> dict[str, JsonValue] | None:
    """The last event of two kinds if it is the one that something begins with."""
    found = [event for event in events if event["source"] == source and event["kind"] in (on, off)]
    return found[-1] if found and found[-1]["kind"] == on else None


def _times(events: list[dict[str, JsonValue]], kind: str) -> list[float]:
    return [_time(event) for event in events if event["kind"] == kind]


def _time(event: dict[str, JsonValue]) -> float:
    return float(str(event["test_time_second"]))
