"""When a script reports a sample: at each interval, or more densely while the voltage moves."""

from operando.drivers.potentiostats.methodscript_literals import literal
from operando.drivers.potentiostats.script_parts import copy, package, when
from operando.drivers.roles import Recording

__all__ = ["DENSER", "Sampling"]

DENSER = 5
"""How many times in an interval the voltage is looked at for a change."""

BANDWIDTH_PER_INTERVAL = 5.85
"""Hz times s: the bandwidth that the vendor's battery script gives an interval."""


class Sampling:
    """Turns a `Recording` into script lines. Charge is counted at each measurement, reported or not."""

    def __init__(self, recording: Recording, shortest_interval_s: float) -> None:
        self._every_s = recording.every_s
        self._change_V = recording.or_voltage_change_V
        dense_s = max(recording.every_s / DENSER, shortest_interval_s)
        self.interval_s = recording.every_s if self._change_V is None else dense_s
        self.bandwidth_Hz = BANDWIDTH_PER_INTERVAL / self.interval_s
        self.variables = () if self._change_V is None else ("report", "change", "last_time", "last_voltage")

    def prepare(self) -> list[str]:
        """Before the loop: the first measurement is always reported."""
        if self._change_V is None:
            return []
        return [
            "store_var report 1i ja",
            f"store_var last_time {literal(-self._every_s)} eb",
            "store_var last_voltage 0 ab",
        ]

    def report(self) -> list[str]:
        """In the loop: the package, at once or if it is worth it."""
        if self._change_V is None:
            return package()
        # half an interval early, so that a tick of the timer cannot put a sample off to the next measurement
        waited_s = self._every_s - self.interval_s / 2
        worth_it = ["store_var report 1i ja"]
        return [
            "store_var report 0i ja",
            *copy("now", "change", "eb"),
            "sub_var change last_time",
            *when("change", ">=", literal(waited_s), worth_it),
            *copy("voltage", "change", "ab"),
            "sub_var change last_voltage",
            *when("change", ">=", literal(self._change_V), worth_it),
            *when("change", "<=", literal(-self._change_V), worth_it),
            *when(
                "report",
                "==",
                "1i",
                [*package(), *copy("now", "last_time", "eb"), *copy("voltage", "last_voltage", "ab")],
            ),
        ]

    def report_last(self) -> list[str]:
        """After the end: the last measurement, if it was not reported."""
        return [] if self._change_V is None else when("report", "==", "0i", package())
