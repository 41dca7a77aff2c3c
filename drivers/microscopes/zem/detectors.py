"""The detectors of a ZEM: one looks at a time."""

from operando.drivers.errors import LimitRefused, ProtocolError
from operando.drivers.microscopes.zem.part import Part
from operando.drivers.roles import DetectorSettings, SafeState, Safety

__all__ = ["ZemDetectors"]


class ZemDetectors(Part):
    """Role `Detectors`, by the names of the bench file. Only the gain of the SE detector can be read back and set."""

    def available(self) -> tuple[str, ...]:
        """The detectors that the bench file names."""
        return tuple(self.zem.options.detectors)

    def settings(self, detector: str) -> DetectorSettings:
        """Gain of the SE detector; zero stands for what the microscope does not tell."""
        if self.zem.channel(detector) != "SE":
            return DetectorSettings(0.0, 0.0)
        try:
            return DetectorSettings(self.zem.exchange.ask("GetSEGain").number(), 0.0)
        except ProtocolError:  # older models do not know the question
            return DetectorSettings(0.0, 0.0)

    def apply(self, detector: str, settings: DetectorSettings) -> None:
        """Set the gain of the SE detector.

        Raises:
            LimitRefused: if anything else is asked for; nothing was sent.
        """
        if settings == self.settings(detector):
            return
        if self.zem.channel(detector) != "SE" or settings.black_percent != 0.0 or not 0 <= settings.gain_percent <= 100:
            raise LimitRefused(
                "only the gain of the SE detector can be set, between 0 and 100 %",
                where=self.zem.where,
                remedy="Set the others in the microscope's own program.",
            )
        self._require(f"set the gain of {detector}")
        self.zem.exchange.ask("SetSEGain", f"{settings.gain_percent:g}")

    def auto_signal(self, detector: str) -> None:
        """Not offered.

        Raises:
            LimitRefused: always.
        """
        raise LimitRefused("a ZEM has no automatic gain", where=self.zem.where)

    def make_safe(self) -> SafeState:
        """A detector does nothing to the specimen."""
        return SafeState(self.name, Safety.CONFIRMED, "detectors need no safe state")
