"""Secondary and backscattered electron detectors of a TESCAN microscope."""

from operando.drivers.errors import LimitRefused
from operando.drivers.microscopes.part import Part
from operando.drivers.microscopes.sharksem_connection import Request, tell
from operando.drivers.microscopes.sharksem_message import Body
from operando.drivers.roles import DetectorSettings, SafeState, Safety

__all__ = ["TescanDetectors", "decode_settings"]


class TescanDetectors(Part):
    """Role `Detectors`, by the names of the bench file."""

    def available(self) -> tuple[str, ...]:
        """The detectors that the bench file names and the microscope has."""
        return tuple(self._microscope.channels.numbers)

    def settings(self, detector: str) -> DetectorSettings:
        """Read gain and black level."""
        return decode_settings(self._control.ask("DtGetGainBlack", self._microscope.channels.number(detector)))

    def apply(self, detector: str, settings: DetectorSettings) -> None:
        """Set gain and black level; the detector takes about 100 ms, read `settings` afterwards.

        Raises:
            LimitRefused: if a value is not between 0 and 100 %; nothing was sent.
        """
        number = self._microscope.channels.number(detector)
        for what, percent in (("gain", settings.gain_percent), ("black level", settings.black_percent)):
            if not 0 <= percent <= 100:
                raise LimitRefused(
                    f"{what} of {percent:g} % is outside 0 to 100 %",
                    where=self._microscope.where,
                    remedy="Choose a value inside.",
                )
        self._require(f"set the gain of {detector}")
        gain, black = float(settings.gain_percent), float(settings.black_percent)
        self._control.tell(tell("DtSetGainBlack", number, gain, black))

    def auto_signal(self, detector: str) -> None:
        """Start automatic gain and black level; it takes 1 to 10 s. Poll the column's `busy`.

        A detector that no scan looks through gets a channel behind those of the scan.
        """
        channels = self._microscope.channels
        number = channels.number(detector)
        self._require(f"set the gain of {detector} automatically")
        orders: list[Request] = []
        if detector in channels.in_use:
            channel = channels.in_use.index(detector)
        else:
            channel = len(channels.in_use)
            orders.append(tell("DtSelect", channel, number))
        self._control.tell(*orders, tell("DtAutoSignal", channel))

    def make_safe(self) -> SafeState:
        """A detector does nothing to the specimen."""
        return SafeState(self.name, Safety.CONFIRMED, "detectors need no safe state")


def decode_settings(body: Body) -> DetectorSettings:
    """The reply to DtGetGainBlack: gain and black level in percent."""
    gain_percent, black_percent = body.real(), body.real()
    return DetectorSettings(gain_percent, black_percent)
