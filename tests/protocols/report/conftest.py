"""A small record to report on: two cycles, pictures of two regions, spectra, impedance, sensors, and some trouble."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
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
from support.run_protocols import HEAD

from operando.drivers.roles import Quality, Reading
from operando.protocols.program import SampleInfo
from operando.protocols.record import RunRecord
from operando.protocols.record.checksums import files_of
from operando.protocols.report import Report, write_report
from operando.simulators.benches import simulated_bench

PROTOCOL = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 for 10 minutes}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  overview:
    {regions: [anode], detectors: [SE, BSE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when:
  - {every: 2 min, capture: overview, start_within: 30 s}
dose: {anode: 2 C/m^2}
"""
)
TRIGGER_LINE = PROTOCOL[: PROTOCOL.index("every: 2 min")].count("\n") + 1

Write = Callable[..., Path]


def write_record(folder: Path, *, close: bool = True, simulated: bool = True, sample: str = "cell") -> Path:
    """Write a record; `close=False` leaves it as a kill would."""
    header = replace(
        run_header(simulated),
        sample=SampleInfo(sample, 4.32, 0.785e-4),
        protocol_text=PROTOCOL,
        protocol_file="cycling.yaml",
        bench_text=simulated_bench(),
    )
    record = RunRecord.create(folder, header)
    _fill(record)
    if close:
        record.event(600.0, "run", "completed", "every action of the protocol was carried out", exit_code=0)
        record.close("completed")
    else:
        record.sync()
        record.release()
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a record with a name into this test's folder."""
    return lambda name="run", **how: write_record(tmp_path / name, **how)


@pytest.fixture
def run(write: Write) -> Path:
    """The folder of a closed record."""
    return write()


@dataclass(frozen=True, slots=True)
class Reported:
    """A closed record on which a report was written, and what its files held before."""

    folder: Path
    report: Report
    before: dict[str, bytes]


@pytest.fixture(scope="package")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """For tests that only look."""
    folder = write_record(tmp_path_factory.mktemp("reported") / "run")
    before = {name: (folder / name).read_bytes() for name in (*files_of(folder), "SHA256SUMS")}
    return Reported(folder, write_report(folder), before)


def _fill(record: RunRecord) -> None:
    record.event(0.0, "pre-flight", "passed", "vacuum: the chamber pressure permits the beam")
    record.event(
        200.0, "imaging", "capture taken", "overview", line=TRIGGER_LINE, sample_s=199.0, late_s=1.5, promised_s=30.0
    )
    record.event(300.0, "imaging", "capture not taken", "overview (every 2 min): the dose budget of anode is spent")
    for number in range(60):
        now_s = number * 10.0
        record.sensor("box", "pressure", Reading(110_000.0 + number, "Pa", Quality.OK, now_s, now_s))
        record.sensor("box", "temperature", Reading(298.0, "K", Quality.OK, now_s, now_s))
        record.sensor("chamber", "pressure", Reading(3.1e-3, "Pa", Quality.OK, now_s, now_s))
        record.samples(sample_block(number * 10, 10))
        if number % 8 == 5:
            voltage_V = float(sample_block(number * 10, 1)["voltage_V"][0])
            state = replace(frame_state("anode", voltage_V), line=TRIGGER_LINE, dose_C_per_m2=0.01 * number)
            pictures = [picture(number, "SE", now_s, (48, 64)), picture(number + 100, "BSE", now_s, (48, 64), bits=8)]
            record.images([(image, state) for image in pictures])
    for number in range(3):
        record.spectrum(spectrum(number, 100.0 * number), spectrum_state())
    record.spectrum_map(spectrum_map(), np.full((4, 3), 0.2), np.full((4, 3), 0.3), spectrum_state())
    record.impedance(impedance_points(), step=3, cycle=1)
    record.step_ended()
