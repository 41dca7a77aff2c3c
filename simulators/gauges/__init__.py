"""Simulated pressure gauges."""

from operando.simulators.gauges.keller import Keller33X
from operando.simulators.gauges.keller_settings import KellerSettings

__all__ = ["Keller33X", "KellerSettings"]
