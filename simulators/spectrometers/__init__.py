"""Simulated X-ray spectrometers."""

from operando.simulators.spectrometers.amptek import AmptekDP5, AmptekSettings

__all__ = ["AmptekDP5", "AmptekSettings"]
