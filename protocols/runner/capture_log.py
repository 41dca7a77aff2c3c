"""What became of each capture that was due: one row in the record, taken or not, with times and reasons."""

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.protocols.record import RunRecord
from operando.protocols.runner.latency import Latency
from operando.protocols.runner.requests import CaptureRequest

__all__ = ["CaptureLog"]


class CaptureLog:
    """Writes the events `capture taken`, `capture not taken` and `latency contract broken`, and counts.

    Args:
        record: of the run.
        clock: of the run.
    """

    def __init__(self, record: RunRecord, clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self.captures_not_taken = 0
        self.broken_contracts = 0

    def finished(self, request: CaptureRequest) -> None:
        """Nothing of it is left to be done."""
        if not request.pictures and not request.spectra:
            self.not_taken(request, request.lost_because or "none of its regions is looked at now")
            return
        latency = _latency(request)
        lost = {"lost_because": request.lost_because} if request.lost_because else {}
        self._event(
            "capture taken", f"{request.capture.name} ({request.reason})", request, {**latency.details(), **lost}
        )
        self._judge(request, latency)

    def not_taken(self, request: CaptureRequest, why: str) -> None:
        """It is given up; what of it was taken before is in the record."""
        self.captures_not_taken += 1
        message = f"{request.capture.name} ({request.reason}): {why}"
        latency = _latency(request)
        self._event("capture not taken", message, request, {**latency.details(), "why": why})
        self._judge(request, latency)

    def note(self, kind: str, message: str, **details: JsonValue) -> None:
        """Anything else that happened to the imaging flow."""
        self._record.event(self._clock.now(), "imaging", kind, message, **details)

    def _event(self, kind: str, message: str, request: CaptureRequest, details: dict[str, JsonValue]) -> None:
        self.note(
            kind,
            message,
            line=request.line,
            capture=request.capture.name,
            trigger=request.reason,
            pictures=request.pictures,
            spectra=request.spectra,
            **details,
        )

    def _judge(self, request: CaptureRequest, latency: Latency) -> None:
        if not latency.broken or latency.promised_s is None:
            return
        self.broken_contracts += 1
        self.note(
            "latency contract broken",
            f"{request.capture.name} ({request.reason}) {latency}, {latency.promised_s:g} s were promised",
            line=request.line,
            capture=request.capture.name,
            **latency.details(),
        )


def _latency(request: CaptureRequest) -> Latency:
    times = request.times
    return Latency(request.wanted_s, request.detected_s, times.commanded_s, times.first_line_s, request.start_within_s)
