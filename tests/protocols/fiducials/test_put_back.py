"""A sample that is put back turned by 3 degrees and shifted by 0.4 mm is found again; another one is refused."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.microscope_by_hand import field_on_specimen_m, ready_microscope

from operando.protocols.fiducials import (
    BenchLook,
    Fiducial,
    FiducialLimits,
    NotThisSample,
    Sight,
    find_again,
    find_region,
    load_fiducials,
    save_fiducials,
)
from operando.protocols.teaching.taking import go_to, set_conditions

TURNED_RAD = math.radians(3.0)
SHIFT_M = (0.4e-3 * math.cos(0.7), 0.4e-3 * math.sin(0.7))
PLACES = {"left": (0.2e-3, -0.65e-3), "right": (2.9e-3, -0.65e-3), "top": (1.5e-3, -0.5e-3)}
REGIONS = {"anode": (1.2e-3, -0.35e-3, 120e-6), "cathode": (1.2e-3, -0.98e-3, 60e-6)}
NEAR_M = 2e-6


@dataclass(frozen=True, slots=True)
class Before:
    """The sample as it was before it was taken out."""

    laboratory: SimulatedBench
    fiducials: list[Fiducial]
    regions: Mapping[str, Sight]
    true_m: Mapping[str, tuple[float, float]]


def taught(preset: str, path: Path) -> Before:
    laboratory = ready_microscope(preset)
    look = BenchLook(laboratory.bench)
    save_fiducials(path, [look.fiducial(name, place_m) for name, place_m in PLACES.items()])
    regions, true_m = {}, {}
    for name, (x_m, y_m, width_m) in REGIONS.items():
        regions[name] = look.sight((x_m, y_m), width_m)
        true_m[name] = field_on_specimen_m(laboratory)
    return Before(laboratory, load_fiducials(path), regions, true_m)


@pytest.mark.parametrize("preset", ["coarse", "fine"])
def test_regions_are_found_again_within_two_micrometres(preset: str, tmp_path: Path) -> None:
    before = taught(preset, tmp_path / "fiducials.npz")
    bench, look = before.laboratory.bench, BenchLook(before.laboratory.bench)
    before.laboratory.world.specimen.put_back(TURNED_RAD, SHIFT_M)
    placement = find_again(before.fiducials, look)
    assert placement.rotation_rad == pytest.approx(TURNED_RAD, abs=4 * placement.rotation_uncertainty_rad)
    assert placement.rotation_uncertainty_rad < math.radians(0.1)
    for name, sight in before.regions.items():
        go_to(bench, placement.moved(sight.stage_m))
        missed_m = math.dist(field_on_specimen_m(before.laboratory), before.true_m[name])
        assert missed_m < 4 * placement.uncertainty_m(sight.stage_m) + NEAR_M, "by the fiducials alone"
        found = find_region(sight, placement, look)
        here = bench.stage.position()
        shift_m = (found.middle_m[0] - here.x_m, found.middle_m[1] - here.y_m)
        set_conditions(bench, replace(bench.column.conditions(), shift_m=shift_m))
        assert math.dist(field_on_specimen_m(before.laboratory), before.true_m[name]) < NEAR_M


@pytest.mark.parametrize("preset", ["coarse", "fine"])
def test_another_sample_of_the_same_batch_is_refused(preset: str, tmp_path: Path) -> None:
    before = taught(preset, tmp_path / "fiducials.npz")
    other = ready_microscope(preset, seed=2)
    with pytest.raises(NotThisSample, match="is not recognised"):
        find_again(before.fiducials, BenchLook(other.bench), FiducialLimits(farthest_m=0.2e-3))
