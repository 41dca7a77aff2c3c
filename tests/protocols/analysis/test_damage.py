"""The dose of damage is found again in pictures of the simulated specimen, whose threshold is known."""

import math

import numpy as np
import pytest
from support.damage_ladder import DamageLadder

from operando.protocols.analysis.damage import Look, damage_dose, new_structure
from operando.protocols.analysis.damage_series import DamageSeries, Seen, judge_series, looks_of

RUNGS = tuple(60.0 * 1.5**rung for rung in range(11))
SPOTS_X_M = (2.00e-3, 2.06e-3)


def ladder(preset: str, seed: int, damage_C_per_m2: float) -> tuple[DamageSeries, float]:
    """What a series shows, and the true incident dose at which the specimen is damaged."""
    made = DamageLadder(preset, seed, damage_C_per_m2)
    spots = {f"spot {x_m}": made.spot(x_m, (0.0, *RUNGS)) for x_m in SPOTS_X_M}
    controls = {"control": made.spot(2.4e-3, (0.0, 0.0))}
    share = made.specimen.dose.at(SPOTS_X_M[0], -0.65e-3) / RUNGS[-1]
    return DamageSeries({"BSE": damage_dose(spots, controls)}), damage_C_per_m2 / share


@pytest.mark.parametrize("damage_C_per_m2", [150.0, 500.0])
@pytest.mark.parametrize("seed", [2, 8])
@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_the_true_threshold_is_found_within_a_factor_of_one_and_a_half(
    preset: str, seed: int, damage_C_per_m2: float
) -> None:
    series, true_C_per_m2 = ladder(preset, seed, damage_C_per_m2)
    found = series.first
    assert found.detected
    assert 1 / 1.5 < found.dose_C_per_m2 / true_C_per_m2 < 1.5
    assert series.proposed_C_per_m2 < true_C_per_m2
    assert series.proposed_C_per_m2 > 0.3 * true_C_per_m2, "and is of use"


def test_a_material_that_bears_it_all_shows_nothing() -> None:
    series, _ = ladder("fine", 4, 1e9)
    assert not series.first.detected
    assert series.first.changed == 0
    assert series.proposed_C_per_m2 <= RUNGS[-1] / 1.5


def test_a_film_that_only_darkens_is_no_damage() -> None:
    """Half of the signal is lost, and a bright even film is laid over the rest: nothing new is seen."""
    made = DamageLadder("fine", 5, 1e9)
    before, after = made.spot(2.0e-3, (0.0, 0.0))
    darker = [np.asarray(0.5 * picture.astype(float) + 1_000, np.uint16) for picture in (after.first, after.second)]
    change = new_structure(before, Look(100.0, *darker))
    assert abs(change.value) < 5 * change.uncertainty


def test_no_spot_that_was_looked_at_twice_is_said() -> None:
    with pytest.raises(ValueError, match="no spot was looked at twice"):
        damage_dose({"one": []}, {})
    with pytest.raises(ValueError, match="no spot was looked at"):
        judge_series({}, {})


def test_pairs_are_told_from_single_pictures_by_time() -> None:
    def seen(start_s: float, dose: float) -> Seen:
        return Seen(start_s, start_s + 1.0, dose, np.zeros((4, 4)))

    looks = looks_of([seen(0, 1.0), seen(1.5, 2.0), seen(500, 41.0), seen(900, 81.0), seen(901.5, 82.0)])
    assert [look.dose_C_per_m2 for look in looks] == [0.0, 80.0]


def test_the_proposal_is_rounded_down() -> None:
    series, _ = ladder("fine", 2, 500.0)
    digits = series.proposed_C_per_m2 / 10 ** (math.floor(math.log10(series.proposed_C_per_m2)) - 1)
    assert digits == pytest.approx(round(digits))


def test_a_pore_that_fills_half_of_each_line_is_no_damage_wherever_the_stage_stands() -> None:
    """The grey level of a line is that of what it crosses: with another framing its middle jumps."""
    random = np.random.default_rng(3)
    down, right = np.mgrid[-40.0:232.0, -40.0:296.0]
    edge = 126.0 + 10.0 * np.sin(down / 17.0) + 6.0 * np.sin(right / 23.0 + down / 31.0)
    scene = 3_000.0 + 22_000.0 / (1.0 + np.exp((edge - right) / 3.0))

    def look(dose: float, top: int, left: int) -> Look:
        def taken() -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
            flicker = 1.0 + 0.004 * random.standard_normal((192, 1))
            picture = scene[40 + top : 232 + top, 40 + left : 296 + left] * flicker
            return np.asarray(picture + 300.0 * random.standard_normal(picture.shape), np.uint16)

        return Look(dose, taken(), taken())

    first, still = look(0.0, 0, 0), look(0.0, 2, 1)
    limit = new_structure(first, still)
    for top, left in ((15, -15), (-14, 19), (4, 12), (-9, -14)):
        change = new_structure(first, look(100.0, top, left))
        assert change.value - 5.0 * change.uncertainty < limit.value + 5.0 * limit.uncertainty, (top, left)
