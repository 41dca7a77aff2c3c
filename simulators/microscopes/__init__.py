"""Scanning electron microscopes."""

from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.tescan import TescanMicroscope

__all__ = ["MicroscopeFaults", "TescanMicroscope", "TescanSettings"]
