"""Simulated X-ray spectrometers."""

from operando.simulators.spectrometers.amptek import AmptekDP5
from operando.simulators.spectrometers.amptek_settings import AmptekSettings

__all__ = ["AmptekDP5", "AmptekSettings"]
