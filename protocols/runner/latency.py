"""How late a capture began: from the sample that wanted it to the first line that was scanned."""

import math
from dataclasses import dataclass

from pydantic import JsonValue

__all__ = ["CaptureTimes", "Latency"]


@dataclass(slots=True)
class CaptureTimes:
    """Run times on the way to the first line of a capture; NaN until they are known.

    `commanded_s` is when the command that leads to the first line (or the first count of X-rays) was handed to the
    driver; `first_line_s` is when that line began, by the start time of the image itself.
    """

    commanded_s: float = math.nan
    first_line_s: float = math.nan

    def commanded(self, commanded_s: float) -> None:
        """Take note of a scan that was commanded and never told when it began."""
        if math.isnan(self.commanded_s):
            self.commanded_s = commanded_s

    def began(self, commanded_s: float, first_line_s: float) -> None:
        """Take note of the first scan; later ones change nothing."""
        if math.isnan(self.first_line_s):
            self.commanded_s, self.first_line_s = commanded_s, first_line_s


@dataclass(frozen=True, slots=True)
class Latency:
    """The four moments of one capture, and what was promised.

    Args:
        sample_s: run time of the sample (or of the timer) that made the condition true.
        detected_s: run time at which the runner knew.
        commanded_s: run time at which the scan was commanded.
        first_line_s: run time at which the first line began.
        promised_s: `start_within` of the protocol; None if nothing was promised.
    """

    sample_s: float
    detected_s: float
    commanded_s: float
    first_line_s: float
    promised_s: float | None

    @property
    def late_s(self) -> float:
        """From the sample to the first line."""
        return self.first_line_s - self.sample_s

    @property
    def broken(self) -> bool:
        """Whether a promise was not kept; a capture that has no first line has not begun in time."""
        return self.promised_s is not None and not self.late_s <= self.promised_s

    def __str__(self) -> str:
        if self.late_s >= 0:
            return f"begins {self.late_s:.2f} s after its sample"
        if math.isfinite(self.commanded_s):
            return f"was commanded {self.commanded_s - self.sample_s:.2f} s after its sample, and no line of it arrived"
        return "has never begun"

    def details(self) -> dict[str, JsonValue]:
        """Exact numbers for the record; what is not known is left out."""
        numbers = {
            "sample_s": self.sample_s,
            "detected_s": self.detected_s,
            "commanded_s": self.commanded_s,
            "first_line_s": self.first_line_s,
            "detection_to_command_s": self.commanded_s - self.detected_s,
            "late_s": self.late_s,
            "promised_s": math.nan if self.promised_s is None else self.promised_s,
        }
        return {name: number for name, number in numbers.items() if math.isfinite(number)}
