"""The dose of a region is what the runner booked, focusing and X-ray maps included."""

from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import frame_state, picture, run_header, spectrum_map, spectrum_state

from operando.protocols.reading import open_run
from operando.protocols.record import Exposure, RunRecord
from operando.protocols.record.exposures import settled
from operando.protocols.record.metadata import RunMetadata


def exposure(time_s: float, kind: str, dose: float, region: str = "anode") -> Exposure:
    return Exposure(time_s, region, kind, dose, 1)


@pytest.mark.parametrize(
    ("told", "doses"),
    [
        ([exposure(1, "exposure begins", 2.0), exposure(3, "frame", 1.5)], [1.5]),
        ([exposure(1, "exposure begins", 2.0)], [2.0]),
        ([exposure(1, "exposure begins", 2.0), exposure(5, "exposure begins", 1), exposure(6, "scan", 1)], [2.0, 1.0]),
        ([exposure(1, "exposure begins", 2.0), exposure(2, "frame", 1.0, "other")], [2.0, 1.0]),
        ([exposure(1, "scan", 0.5), exposure(2, "scan", 0.5)], [0.5, 0.5]),
    ],
    ids=["booked", "never booked", "killed, then again", "booked for another region", "without announcement"],
)
def test_what_was_announced_and_never_booked_counts_whole(told: list[Exposure], doses: list[float]) -> None:
    assert [one.dose_C_per_m2 for one in settled(told)] == doses


def test_a_region_of_x_rays_alone_has_its_dose(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.event(0.5, "dose", "focus", "", region="anode", dose_C_per_m2=0.25, cycle=0, spot=None)
    record.event(1.0, "dose", "frame", "", region="anode", dose_C_per_m2=0.5, cycle=1, spot=None)
    record.image(picture(1, start_s=0.9), frame_state("anode"))
    record.event(2.0, "dose", "exposure begins", "", region="cathode", dose_C_per_m2=110.0, cycle=1, spot=None)
    record.event(2.5, "dose", "spot", "", region="cathode", dose_C_per_m2=900.0, cycle=0, spot=[0.5, 0.5])
    times_s = np.full((4, 3), 0.2)
    record.spectrum_map(spectrum_map(), times_s, times_s, spectrum_state())
    record.event(3.0, "dose", "scan", "", region="cathode", dose_C_per_m2=100.0, cycle=1, spot=None)
    record.close("completed")
    run = open_run(tmp_path / "run")
    assert [(one.region, one.kind, one.dose_C_per_m2) for one in run.exposures] == [
        ("anode", "focus", 0.25),
        ("anode", "frame", 0.5),
        ("cathode", "scan", 100.0),
    ]
    known = RunMetadata.read(tmp_path / "run")
    assert {region.name: region.dose_C_per_m2 for region in known.regions} == {"anode": 0.75, "cathode": 100.0}
