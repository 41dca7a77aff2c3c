"""How long captures take: as measured the last time, else from the capabilities of the instruments."""

from operando.drivers.bench import Bench
from operando.protocols.program import Capture, Program
from operando.protocols.runner.pictures import Pictures
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.xray_points import XrayPoints

__all__ = ["Durations"]

PER_FIELD_S = 3.0
"""Stage, beam and blanker, before the first capture has shown how long they really take."""


class Durations:
    """Remembers the last duration of each capture.

    Args:
        program: with the regions.
        bench: with a microscope.
        pictures: what is asked of the scanner.
        xrays: how long spectra take.
    """

    def __init__(self, program: Program, bench: Bench, pictures: Pictures, xrays: XrayPoints) -> None:
        self._program = program
        self._bench = bench
        self._pictures = pictures
        self._xrays = xrays
        self._measured_s: dict[str, float] = {}

    def measured(self, request: CaptureRequest) -> None:
        """A capture was taken; one that was not wholly taken, or for an occasion, tells nothing about the others."""
        if not request.occasion and not request.lost_because:
            self._measured_s[request.capture.name] = request.spent_s

    def of(self, capture: Capture) -> float:
        """Seconds that a capture takes."""
        if capture.name in self._measured_s:
            return self._measured_s[capture.name]
        total = 0.0
        for name in capture.regions:
            columns, rows = self._program.regions[name].tiles
            total += PER_FIELD_S
            if capture.detectors:
                request = self._pictures.request(capture, capture.repeat)
                total += columns * rows * self._bench.scanner.duration_s(request)
            if capture.eds is not None:
                total += self._xrays.duration_s(capture.eds)
        return total
