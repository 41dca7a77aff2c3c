"""A small closed record, with something of everything in it."""

from pathlib import Path

import numpy as np

from operando.drivers.roles import Quality, Reading
from operando.protocols.record import RunRecord
from support.made_up_run import (
    MadeUpTruth,
    frame_state,
    impedance_points,
    picture,
    run_header,
    sample_block,
    spectrum,
    spectrum_map,
    spectrum_state,
)

__all__ = ["write_run"]


def write_run(folder: Path, simulated: bool = True) -> None:
    """Record ten minutes of samples, seven scans of two detectors, and some of everything else."""
    record = RunRecord.create(folder, run_header(simulated), truth=MadeUpTruth() if simulated else None)
    intent = record.intent(0.0, "emstat", "start step", True, number=1)
    record.outcome(intent, 0.1, True, "started")
    record.event(0.1, "runner", "step started", "charge", step=1)
    for number in range(60):
        record.sensor("box", "pressure", Reading(101325.0 + number, "Pa", Quality.OK, number * 10.0, number * 10.0))
        record.samples(sample_block(number * 10, 10))
        if number % 8 == 5:
            start_s = number * 10.0
            voltage_V = float(sample_block(number * 10, 1)["voltage_V"][0])
            scan = [picture(number, "SE", start_s), picture(number + 100, "BSE", start_s, bits=8)]
            record.images([(image, frame_state("anode", voltage_V)) for image in scan])
        if number == 30:
            record.step_ended()
    for number in range(3):
        record.spectrum(spectrum(number, 100.0 * number), spectrum_state())
    record.spectrum(spectrum(9, 500.0), spectrum_state(5e3))
    record.spectrum_map(spectrum_map(), np.full((4, 3), 0.2), np.full((4, 3), 0.3), spectrum_state())
    record.impedance(impedance_points()[:2], step=3, cycle=1)
    record.impedance(impedance_points()[2:], step=3, cycle=1)
    record.close("completed")
