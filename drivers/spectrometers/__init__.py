"""X-ray spectrometers."""
