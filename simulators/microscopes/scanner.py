"""The scan generator: who moves the beam."""

import math
from typing import TypeAlias

from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.microscopes.line_scan import LineScan
from operando.simulators.microscopes.raster import Conditions, RasterScan
from operando.simulators.microscopes.settings import TescanSettings

__all__ = ["SPEEDS_us", "Scan", "Scanner"]

Scan: TypeAlias = RasterScan | LineScan

SPEEDS_us = {1: 0.1, 2: 0.32, 3: 1.0, 4: 3.2, 5: 10.0}
"""Dwell by speed index (ScEnumSpeeds)."""


class Scanner:
    """One scan at a time. After every start the client owes a stop, even if the scan has ended by itself."""

    def __init__(self, settings: TescanSettings, faults: MicroscopeFaults, agenda: Agenda) -> None:
        self.external = False
        self.gui_scanning = settings.gui_scanning
        self.speed = 3
        self.scans = 0
        self._settings = settings
        self._faults = faults
        self._agenda = agenda
        self._spot = (0.5, 0.5)
        self._scan: Scan | None = None
        self._owes_stop = False
        self._stopped_s = -settings.scan_restart_s

    def running(self, now: float) -> Scan | None:
        """The client's scan that runs."""
        return self._scan if self._scan is not None and now < self._scan.ends_s else None

    def sweeping(self, now: float) -> Scan | None:
        """The client's scan whose first line has begun."""
        scan = self.running(now)
        return scan if scan is not None and now >= scan.plan.started_s else None

    def free(self, now: float) -> bool:
        """Whether a scan may start: nothing scans, and the last scan was stopped."""
        return not (self.running(now) or self._owes_stop or self.gui_scanning or self.external)

    def start_delay_s(self, now: float) -> float:
        """From the command to the first line: longer just after a stop."""
        return max(self._settings.scan_start_s, self._stopped_s + self._settings.scan_restart_s - now)

    def begin(self, scan: Scan) -> None:
        """A scan that was found free to start."""
        self._scan = scan
        self._owes_stop = True
        self.scans += 1
        self._agenda.wake(scan.plan.started_s)
        if math.isfinite(scan.ends_s):
            self._agenda.at(scan.ends_s, lambda _: self._ended(scan))

    def stop(self, now: float) -> None:
        """ScStopScan: end whatever scans, the operator's live image too."""
        self.gui_scanning = False
        self._end(now)
        self._owes_stop = False
        self._stopped_s = now

    def set_external(self, external: bool, now: float) -> None:
        """Hand the deflection to an external device, which stops a scan, or take it back."""
        if external:
            self._end(now)
        self.external = external

    def park(self, x: float, y: float, now: float) -> None:
        """Point the beam at a spot, as fractions of the field; scanning must be inactive."""
        if self.running(now) is None and not self.gui_scanning:
            self._spot = (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def dwelling_at(self, now: float) -> tuple[float, float] | None:
        """The spot on which the beam stands; None while something scans."""
        scan = self.sweeping(now)
        if isinstance(scan, LineScan):
            return scan.plan.spot
        return None if scan or self.gui_scanning or self.external else self._spot

    def conditions_change(self, conditions: Conditions) -> None:
        """The scan that runs is exposed differently from now on."""
        if scan := self.running(conditions.since_s):
            scan.conditions_change(conditions)

    def _end(self, now: float) -> None:
        if self._scan is not None:
            # Data of a stopped frame may still be on their way.
            self._scan.stop(now + self._faults.stale_data_s)
            self._scan = None

    def _ended(self, scan: Scan) -> None:
        if self._scan is scan:
            self._scan = None
