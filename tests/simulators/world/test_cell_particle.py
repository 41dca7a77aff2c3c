"""Diffusion in a particle: exact over constant flux, exact moments, exact at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.simulators.world.particle import _FAST, _SLOW, Particle

RADIUS_M = 5.3e-6
DIFFUSIVITY = 1e-14
FLUX = 1e-6


@pytest.mark.parametrize(("power", "total"), [(0, 1 / 5), (1, 1 / 175), (2, 2 / 7875), (3, 2 * 37 / 6063750)])
def test_modes_have_the_moments_of_a_sphere(power: int, total: float) -> None:
    assert _SLOW[0] / _SLOW[1] ** power + _FAST[0] / _FAST[1] ** power == pytest.approx(total, rel=1e-6)


def test_steady_flux_keeps_the_surface_a_fifth_of_the_radius_below_the_mean() -> None:
    particle = Particle(RADIUS_M, DIFFUSIVITY)
    mean, slow, fast = particle.after(20000.0, 0.0, 0.0, FLUX, FLUX, 1e5)
    assert mean == pytest.approx(20000.0 - 3.0 * FLUX / RADIUS_M * 1e5)
    assert slow + fast == pytest.approx(FLUX * RADIUS_M / (5.0 * DIFFUSIVITY))


def test_surface_does_not_jump_with_the_flux() -> None:
    assert Particle(RADIUS_M, DIFFUSIVITY).after(20000.0, 0.0, 0.0, 0.0, FLUX, 0.0) == (20000.0, 0.0, 0.0)


@given(
    split=st.floats(0.0, 1.0),
    start=st.floats(-1e-5, 1e-5),
    end=st.floats(-1e-5, 1e-5),
    seconds=st.floats(1.0, 1e4),
)
def test_two_steps_are_one_step(split: float, start: float, end: float, seconds: float) -> None:
    particle = Particle(RADIUS_M, DIFFUSIVITY)
    middle = start + (end - start) * split
    once = particle.after(20000.0, 10.0, -5.0, start, end, seconds)
    half = particle.after(20000.0, 10.0, -5.0, start, middle, split * seconds)
    twice = particle.after(*half, middle, end, (1.0 - split) * seconds)
    assert twice == pytest.approx(once, rel=1e-9, abs=1e-6)
