"""What following decides, against drifts that the test makes."""

from dataclasses import replace

import numpy as np
import pytest

from operando.drivers.roles import BeamConditions, DetectorSettings, Image, StagePosition
from operando.protocols.following import Correction, Displacement, Followed, Following, FollowingLimits

PIXEL_M = 1e-7
LIMITS = FollowingLimits(image_shift_at_most_m=10e-6, correction_at_most_m=50e-6)
IMAGE = Image(
    pixels=np.zeros((48, 64), np.uint16),
    detector="SE",
    pixel_size_m=PIXEL_M,
    start_s=0.0,
    line_time_s=1e-3,
    time_uncertainty_s=0.0,
    conditions=BeamConditions(5e3, 1e-10, 0.01, 64 * PIXEL_M),
    stage=StagePosition(0.0, 0.0, 0.0),
    detector_settings=DetectorSettings(50.0, 50.0),
    dwell_s=1e-5,
)


def see(
    following: Following, drift: Correction, confidence: float = 0.9, sign: float = 1.0, *, returned: bool = False
) -> Followed | None:
    """A picture of a specimen that has drifted, under the correction that holds now. `sign` is the microscope's."""
    corrected = following.correction("anode")
    if following.reference("anode", IMAGE) is None:
        return None
    found = Displacement(
        (drift.x_m - sign * corrected.x_m) / PIXEL_M, -(drift.y_m - sign * corrected.y_m) / PIXEL_M, confidence
    )
    return following.take("anode", IMAGE, found, returned=returned)


def test_a_width_that_focusing_has_changed_a_little_is_the_same_magnification() -> None:
    """The first look at a region is taken right after focusing, all others are not."""
    following = Following(LIMITS)
    focused, narrower = (
        replace(IMAGE, conditions=replace(IMAGE.conditions, field_width_m=width_m)) for width_m in (12.3497e-6, 9e-6)
    )
    assert following.reference("anode", focused) is None
    again = replace(IMAGE, conditions=replace(IMAGE.conditions, field_width_m=12.3502e-6))
    assert following.reference("anode", again) is focused.pixels
    assert following.reference("anode", narrower) is None


def test_first_picture_is_the_reference() -> None:
    following = Following(LIMITS)
    assert see(following, Correction()) is None
    assert following.correction("anode") == Correction()


def test_correction_goes_where_the_specimen_has_gone() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    for step in range(1, 40):
        drift = Correction(step * 0.5e-6, step * -0.3e-6)
        see(following, drift)
        assert following.correction("anode").x_m == pytest.approx(drift.x_m)
        assert following.correction("anode").y_m == pytest.approx(drift.y_m)


def test_noise_moves_nothing() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    see(following, Correction(1.5 * PIXEL_M, 0.0))
    assert following.correction("anode") == Correction()


def test_what_is_not_recognised_moves_nothing() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    followed = see(following, Correction(5e-6, 0.0), confidence=0.1)
    assert followed is not None
    assert followed.verdict == "unsure"
    assert following.correction("anode") == Correction()


def test_changed_specimen_gets_a_new_keyframe_and_the_drift_adds_up() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    first = Correction(2e-6, 0.0)
    see(following, first, confidence=0.5)  # recognised, but changed: this picture is the reference from now on
    for step in range(1, 10):
        drift = Correction(2e-6 + step * 0.4e-6, 0.0)
        # the keyframe shows the place as it was displaced when it was taken: 2 um, before it was corrected
        moved_m = drift.x_m - following.correction("anode").x_m - 2e-6
        following.take("anode", IMAGE, Displacement(moved_m / PIXEL_M, 0.0, 0.9))
        assert following.correction("anode").x_m == pytest.approx(drift.x_m)


def test_drift_beyond_the_limit_is_given_up() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    followed = see(following, Correction(60e-6, 0.0))
    assert followed is not None
    assert followed.verdict == "too far"
    assert see(following, Correction()) is None


def test_microscope_that_shifts_the_other_way_is_noticed_and_left_alone() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    verdicts = []
    for step in range(1, 12):
        followed = see(following, Correction(step * 1e-6, 0.0), sign=-1.0)
        verdicts.append(followed.verdict if followed else None)
    assert "made worse" in verdicts or "too far" in verdicts
    assert verdicts.index("made worse") < 6
    assert following.correction("anode") == Correction()


def test_returns_that_miss_are_no_reason_to_give_up() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    drift = Correction(1e-6, 0.0)
    for miss_m in (0.5e-6, -1e-6, 2e-6) * 20:
        following.left("anode")
        followed = see(following, drift + Correction(miss_m, -miss_m), returned=True)
        assert followed is not None
        assert followed.verdict == "followed"
    following.left("anode")
    assert following.correction("anode").x_m == pytest.approx(1e-6 + 0.5e-6, abs=1.5e-6), "what the stage misses by"


def test_pictures_of_another_energy_have_a_reference_of_their_own() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    other = replace(IMAGE, conditions=replace(IMAGE.conditions, voltage_V=15e3))
    assert following.reference("anode", other) is None
    assert following.reference("anode", other) is not None


def test_stage_takes_over_where_the_image_shift_does_not_reach() -> None:
    following = Following(LIMITS)
    see(following, Correction())
    for step in range(1, 31):
        see(following, Correction(step * 1e-6, 0.0))
        assert following.by_shift("anode").length_m <= LIMITS.image_shift_at_most_m
        assert following.by_shift("anode").x_m + following.by_stage("anode").x_m == pytest.approx(step * 1e-6)
    assert following.by_stage("anode").x_m > 15e-6
