"""Whether test time and Unix time of a file go on together, so that its first row places all the others."""

import math

from operando.drivers.errors import ConfigMismatch

__all__ = ["WallClock"]

ROUNDED_S = 2.0
"""Unix time is often written in whole seconds, and set right by fractions of one."""
DRIFT = 1e-4
"""Of the time, between the clocks of a computer and a potentiostat; quartz is better."""


class WallClock:
    """Follows both times. Where they part, the clock was set or the test stood still; nothing tells which."""

    def __init__(self) -> None:
        self.origin_s = math.nan
        """Unix time at test time zero, by the first row."""
        self._first_s = self._last_s = self._last_origin_s = math.nan

    def require_goes_on(self, unix_s: float, time_s: float, where: str) -> None:
        """Look at the next row; one without a test time is refused by whoever looks at the measurement.

        Raises:
            ConfigMismatch: if it has no Unix time, or the times have parted.
        """
        origin_s = unix_s - time_s
        if math.isfinite(time_s) and not math.isfinite(origin_s):
            raise ConfigMismatch("a row has no Unix time", where=where, remedy="Export it anew.")
        if math.isnan(self.origin_s):
            self.origin_s, self._first_s = origin_s, time_s
        elif abs(origin_s - self._last_origin_s) > _allowed_s(time_s - self._last_s):
            self._part(origin_s - self._last_origin_s, "the row before", where)
        elif abs(origin_s - self.origin_s) > _allowed_s(time_s - self._first_s):
            self._part(origin_s - self.origin_s, "the first row", where)
        self._last_s, self._last_origin_s = time_s, origin_s

    def _part(self, parted_s: float, since: str, where: str) -> None:
        more = "more" if parted_s > 0.0 else "less"
        raise ConfigMismatch(
            f"since {since} {abs(parted_s):.6g} s {more} of Unix time have passed than of test time: the computer's "
            "clock was set, or the test stood still",
            where=where,
            remedy="If the test stood still, export the rows from here on as a file of their own, which is placed by "
            "its own Unix time; if the clock was set, put the Unix times right.",
        )


def _allowed_s(duration_s: float) -> float:
    return ROUNDED_S + DRIFT * abs(duration_s)
