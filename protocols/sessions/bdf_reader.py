"""Battery Data Format CSV, whoever wrote it: rows as those of any other program. Positive current charges."""

import csv
import io
import math
from collections.abc import Mapping

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.row import Controlled, ObservedRow
from operando.protocols.sessions.wall_clock import WallClock

__all__ = ["bdf_rows"]

_LABELS = {
    "time_s": ("Test Time / s", "test_time_second"),
    "voltage_V": ("Voltage / V", "voltage_volt"),
    "current_A": ("Current / A", "current_ampere"),
    "unix_s": ("Unix Time / s", "unix_time_second"),
    "cycle": ("Cycle Count / 1", "cycle_count"),
    "step": ("Step Count / 1", "step_count"),
    "net_Ah": ("Net Capacity / Ah", "net_capacity_ah"),
    "charged_Ah": ("Step Charging Capacity / Ah", "step_charging_capacity_ah"),
    "discharged_Ah": ("Step Discharging Capacity / Ah", "step_discharging_capacity_ah"),
    "type": ("Step Type", "step_type"),
}
"""Preferred label and machine name of each column that is read."""
_NEEDED = ("time_s", "voltage_V", "current_A", "unix_s")
_AMPERE_HOUR_C = 3600.0
_REST_A = 1e-9


def bdf_rows(text: str, where: str) -> tuple[float, list[tuple[int, ObservedRow]]]:
    """Unix time at test time zero, and each row with the line of the file on which it ends.

    Raises:
        ConfigMismatch: if it is no such file, does not say at which wall time it was measured, or has other text where
            numbers should be, or if its two times part.
    """
    lines = csv.DictReader(io.StringIO(text))
    named = {key: next((one for one in names if one in (lines.fieldnames or ())), "") for key, names in _LABELS.items()}
    missing = [_LABELS[key][0] for key in _NEEDED if not named[key]]
    if missing:
        raise ConfigMismatch(
            f"the file has no column {', '.join(missing)}",
            where=where,
            remedy="Export Test Time, Voltage, Current and Unix Time as the Battery Data Format names them.",
        )
    clock, charge = WallClock(), _Charge()
    rows: list[tuple[int, ObservedRow]] = []
    try:
        for line in lines:
            if None in line or None in line.values():  # how the csv module tells a row of another length
                raise ValueError("it has not as many columns as the first line names")
            values = {key: line[name] or "" for key, name in named.items() if name}
            clock.require_goes_on(float(values["unix_s"]), float(values["time_s"]), f"{where}, line {lines.line_num}")
            rows.append((lines.line_num, _row(values, charge.by(values))))
    except (ValueError, OverflowError, TypeError, csv.Error) as error:
        place = f"{where}, line {lines.line_num}"
        raise ConfigMismatch(f"a row has no numbers: {error}", where=place, remedy="Export it anew.") from error
    if not rows:
        raise ConfigMismatch("the file has no rows", where=where, remedy="Name a file with samples.")
    return clock.origin_s, rows


class _Charge:
    """The charge since the beginning, from what the file counts by itself."""

    def __init__(self) -> None:
        self._step: str | None = None
        self._passed_C = self._last_C = 0.0

    def by(self, line: Mapping[str, str]) -> float:
        """By the next line; NaN where the file does not count."""
        if line.get("step") != self._step:
            self._step, self._passed_C, self._last_C = line.get("step"), self._passed_C + self._last_C, 0.0
        if line.get("net_Ah"):
            return float(line["net_Ah"]) * _AMPERE_HOUR_C
        if line.get("charged_Ah") and line.get("discharged_Ah"):
            self._last_C = (float(line["charged_Ah"]) - float(line["discharged_Ah"])) * _AMPERE_HOUR_C
            return self._passed_C + self._last_C
        return math.nan


def _row(line: Mapping[str, str], charge_C: float) -> ObservedRow:
    current_A = float(line["current_A"])
    return ObservedRow(
        elapsed_s=float(line["time_s"]),
        voltage_V=float(line["voltage_V"]),
        current_A=current_A,
        charge_C=charge_C,
        controlled=_controlled(line, current_A),
        part=int(float(line.get("step") or 0)),
        cycle=int(float(line.get("cycle") or 0)),
    )


def _controlled(line: Mapping[str, str], current_A: float) -> Controlled:
    """The kind of step if the file says it; else a current that flows is a controlled one."""
    kind = line.get("type", "").upper()
    if kind.startswith("CV"):
        return Controlled.VOLTAGE
    if kind in ("REST", "OCV") or (not kind and abs(current_A) < _REST_A):
        return Controlled.NOTHING
    return Controlled.CURRENT
