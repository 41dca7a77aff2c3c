"""Which part of a run is exported."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.reading import Frames, RecordedImpedance, Run, Spectra

__all__ = ["Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; None leaves nothing out.

    Args:
        region, detector: names.
        since_s, until_s: run times.
        cycle: of cycling.
    """

    region: str | None = None
    detector: str | None = None
    since_s: float | None = None
    until_s: float | None = None
    cycle: int | None = None

    @property
    def suffix(self) -> str:
        """What distinguishes the names of files of this selection: `_cycle2_from7200s`."""
        parts = [
            "" if self.cycle is None else f"_cycle{self.cycle}",
            "" if self.since_s is None else f"_from{self.since_s:.0f}s",
            "" if self.until_s is None else f"_to{self.until_s:.0f}s",
        ]
        return "".join(parts)

    def samples(self, run: Run) -> NDArray[np.void]:
        """Those of the run, dtype SAMPLE."""
        samples = run.samples
        chosen = np.ones(len(samples), bool)
        if self.since_s is not None:
            chosen &= samples["time_s"] >= self.since_s
        if self.until_s is not None:
            chosen &= samples["time_s"] < self.until_s
        if self.cycle is not None:
            chosen &= samples["cycle"] == self.cycle
        return samples[chosen]

    def impedance(self, run: Run) -> list[RecordedImpedance]:
        """Spectra of the run that began in it."""
        since_s = -np.inf if self.since_s is None else self.since_s
        until_s = np.inf if self.until_s is None else self.until_s
        return [
            spectrum
            for spectrum in run.impedance
            if since_s <= spectrum.points["time_s"][0] < until_s and self.cycle in (None, spectrum.cycle)
        ]

    def frames(self, run: Run) -> Frames:
        """Those of the run.

        Raises:
            NotInRun: if no frame is of that region or detector.
        """
        return run.frames.of(
            region=self.region, detector=self.detector, cycle=self.cycle, since=self.since_s, until=self.until_s
        )

    def spectra(self, run: Run) -> Spectra:
        """Those of the run.

        Raises:
            NotInRun: if no spectrum is of that region.
        """
        return run.spectra.of(region=self.region, cycle=self.cycle, since=self.since_s, until=self.until_s)
