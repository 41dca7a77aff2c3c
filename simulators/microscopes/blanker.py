"""The beam blankers: what keeps the beam from the specimen."""

from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.settling import Settling

__all__ = ["BlankerMode", "Blankers"]

ELECTROSTATIC, MAGNETIC = 0, 1


class BlankerMode:
    """Modes of ScSetBlanker."""

    NEVER = 0
    ALWAYS = 1
    OUTSIDE_SCANS = 2


class Blankers:
    """The electrostatic blanker and the magnetic one at the gun. A mode asked for in a scan counts after the scan.

    With external scanning the external device brings its own blanker signal, which here is never given: a beam that
    is to be blanked outside scans then stands on the specimen, so only ALWAYS blanks it.
    """

    def __init__(self, settings: TescanSettings, optics: Settling) -> None:
        self._unblank_s = settings.unblank_s
        self._optics = optics
        self._modes = {ELECTROSTATIC: settings.blanker, MAGNETIC: BlankerMode.NEVER}
        self._after_scan: dict[int, int] = {}
        self._open_from_s = 0.0

    def mode(self, index: int) -> int:
        """The mode that was asked for last."""
        return self._after_scan.get(index, self._modes[index])

    def set_mode(self, index: int, mode: int, now: float, *, scanning: bool, external: bool) -> None:
        """Change a mode; to let the beam through again takes its time."""
        if scanning:
            self._after_scan[index] = mode
            return
        was_shut = self._shut(scanning=False, external=external)
        self._modes[index] = mode
        if was_shut and not self._shut(scanning=False, external=external):
            self._open_from_s = now + self._unblank_s
            self._optics.occupy(now, self._unblank_s)

    def scan_ended(self) -> None:
        """Modes that were asked for during the scan count from now on."""
        self._modes |= self._after_scan
        self._after_scan.clear()

    def open(self, now: float, *, scanning: bool, external: bool) -> bool:
        """Whether the beam gets through."""
        return not self._shut(scanning=scanning, external=external) and (scanning or now >= self._open_from_s)

    def _shut(self, *, scanning: bool, external: bool) -> bool:
        if BlankerMode.ALWAYS in self._modes.values():
            return True
        return BlankerMode.OUTSIDE_SCANS in self._modes.values() and not scanning and not external
