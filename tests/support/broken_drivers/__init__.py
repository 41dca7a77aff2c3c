"""Drivers that are broken on purpose: each breaks one promise of the real driver that it stands before."""

from support.broken_drivers import beams, readings, samples, steps
from support.broken_drivers.kind import Broken, breaking

__all__ = ["KINDS", "Broken", "breaking"]

KINDS: tuple[type[Broken], ...] = (*samples.KINDS, *steps.KINDS, *beams.KINDS, *readings.KINDS)
