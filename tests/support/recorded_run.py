"""A small record with something of everything in it, written by the recorder."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from operando.drivers.roles import Image, Quality, Reading
from operando.protocols.record import FrameState, RunRecord
from support.made_up_run import (
    frame_state,
    impedance_points,
    picture,
    run_header,
    sample_block,
    spectrum,
    spectrum_map,
    spectrum_state,
)

__all__ = ["record_run", "recording", "scan_of"]

MINUTES = 6
REGIONS = ("cathode", "anode", "anode")


def scan_of(minute: int, regions: Sequence[str] = REGIONS) -> list[tuple[Image, FrameState]]:
    """What both detectors see half-way through a minute; it charges in even minutes."""
    start_s = minute * 60.0 + 30.25
    voltage_V = 3.6 + (0.030 if minute % 2 == 0 else -0.030)
    state = frame_state(regions[minute % len(regions)], voltage_V)
    return [
        (picture(2 * minute, "SE", start_s), state),
        (picture(2 * minute + 1, "BSE", start_s, bits=8), state),
    ]


def recording(record: RunRecord, minutes: int = MINUTES, regions: Sequence[str] = REGIONS) -> Iterator[str]:
    """Record a run, and say after each part what was recorded last."""
    intent = record.intent(
        0.0, "potentiostat", "start step", True, step=1, technique="Galvanostatic(current_A=0.00012)"
    )
    yield "intent"
    record.outcome(intent, 0.1, True, "started")
    yield "outcome"
    for minute in range(minutes):
        name = "charge" if minute % 2 == 0 else "discharge"
        record.event(minute * 60.0, "cycling", "step started", name, step=minute + 1, cycle=minute // 2 + 1, line=12)
        yield "event"
        record.sensor(
            "box", "pressure", Reading(101325.0 + minute, "Pa", Quality.OK, minute * 60.0, minute * 60.0 + 0.1)
        )
        yield "sensor"
        for part in range(4):
            record.samples(sample_block(minute * 60 + part * 15, 15))
            yield "samples"
        record.images(scan_of(minute, regions))
        yield "images"
    record.spectrum(spectrum(1, 100.0), spectrum_state())
    yield "spectrum"
    record.spectrum_map(spectrum_map(), np.full((4, 3), 0.2), np.full((4, 3), 0.3), spectrum_state())
    yield "map"
    record.impedance(impedance_points(), step=3, cycle=2)
    yield "impedance"
    record.step_ended()
    yield "step end"


def record_run(
    folder: Path,
    *,
    close: bool = True,
    simulated: bool = True,
    minutes: int = MINUTES,
    regions: Sequence[str] = REGIONS,
) -> None:
    """Record the whole run."""
    record = RunRecord.create(folder, run_header(simulated))
    for _ in recording(record, minutes, regions):
        pass
    if close:
        record.close("completed")
    else:
        record.release()
