"""Simulated pressure gauges."""

from operando.simulators.gauges.keller import Keller33X, KellerSettings

__all__ = ["Keller33X", "KellerSettings"]
