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
