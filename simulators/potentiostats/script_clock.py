"""The time of a running script: world time that stands still while the script is halted."""

__all__ = ["ScriptClock", "Timer"]


class ScriptClock:
    """Seconds of the world, and seconds of the script, which do not count halts (`h` to `H`).

    Args:
        now: world time.
        rate_error: of the instrument's crystal, as a fraction: a positive one makes its seconds too short.
    """

    __slots__ = ("_halted_s", "_rate", "_started_s", "script_s", "world_s")

    def __init__(self, now: float, rate_error: float = 0.0) -> None:
        self.world_s = now
        self.script_s = now
        self._started_s = now
        self._rate = 1.0 + rate_error
        self._halted_s = 0.0

    def set(self, now: float) -> None:
        """It is now this world time; time never runs backwards."""
        self.world_s = max(self.world_s, now)
        self.script_s = self._started_s + self._rate * (self.world_s - self._halted_s - self._started_s)

    def skip(self, halted_s: float) -> None:
        """A halt of this length is over."""
        self._halted_s += halted_s

    def world_time(self, script_s: float) -> float:
        """The world time of a moment of the script."""
        return self._started_s + (script_s - self._started_s) / self._rate + self._halted_s


class Timer:
    """The timer of a script (`timer_start`, `timer_get`); it runs from the start of the script."""

    __slots__ = ("_clock", "_started_s")

    def __init__(self, clock: ScriptClock) -> None:
        self._clock = clock
        self._started_s = clock.script_s

    def start(self) -> None:
        """Start again from zero."""
        self._started_s = self._clock.script_s

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return self._clock.script_s - self._started_s
