"""Sharpness does not mistake noise for structure, nor gain for contrast; another process gives the same answer."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import ScriptedCell, picture, scan

from operando.protocols.focus import sharpness_of
from operando.protocols.focus.judge import SharpnessJudge, SharpnessJudgeFailed
from operando.simulators.world.specimen import Specimen

SIZE = (192, 256)


def noise(level: float, seed: int = 3) -> NDArray[np.uint16]:
    random = np.random.default_rng(seed)
    return (20_000 * (1 + level * random.standard_normal(SIZE))).astype(np.uint16)


def grains(defocus_m: float = 0.0, gain: float = 8_000.0, dwell_s: float = 10e-6, frame: int = 1) -> NDArray[np.uint16]:
    specimen = Specimen("fine", 7, ScriptedCell())
    exposure = scan(
        width_m=20e-6,
        pixels=(256, 192),
        detectors=("SE",),
        dwell_s=dwell_s,
        focus_of=specimen,
        defocus_m=defocus_m,
        frame=frame,
    )
    return (gain * picture(specimen, exposure)[0]).astype(np.uint16)


@pytest.mark.parametrize("level", [0.01, 0.05, 0.2])
def test_noise_has_no_sharpness(level: float) -> None:
    found = sharpness_of(noise(level))
    assert abs(found.mean) < 4 * found.noise
    assert found.noise == pytest.approx(level**2 * (8 / (SIZE[0] * SIZE[1])) ** 0.5, rel=0.4)


def test_sharpness_falls_with_defocus_and_hardly_depends_on_gain_and_dwell() -> None:
    sharp = sharpness_of(grains())
    assert sharp.mean > 1.5 * sharpness_of(grains(12e-6)).mean > 3 * sharpness_of(grains(40e-6)).mean
    assert sharpness_of(grains(gain=3_000.0)).mean == pytest.approx(sharp.mean, rel=0.02)
    assert sharpness_of(grains(dwell_s=1e-6, frame=2)).mean == pytest.approx(sharp.mean, rel=0.1)


def test_a_picture_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        sharpness_of(np.zeros((40, 40), np.uint16))


def test_the_other_process_gives_the_same_and_is_replaced_when_it_dies() -> None:
    judge, seen = SharpnessJudge(), grains()
    try:
        assert judge.submit(seen).result(60) == sharpness_of(seen)
        with pytest.raises(SharpnessJudgeFailed):
            judge.submit(np.zeros((40, 40), np.uint16)).result(60)
        assert judge.submit(seen).result(60) == sharpness_of(seen)
    finally:
        judge.close()
