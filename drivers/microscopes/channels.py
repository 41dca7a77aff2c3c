"""Which detector looks through which channel of the scan generator."""

from collections.abc import Mapping, Sequence

from operando.drivers.errors import ConfigMismatch
from operando.drivers.microscopes.sharksem_connection import ControlConnection, Request, ask, tell
from operando.drivers.microscopes.sharksem_message import enumerated

__all__ = ["Channels", "find_detectors"]


class Channels:
    """Detectors by the names of the bench file, and the channels given to them. The first channel is 0.

    Args:
        numbers: the microscope's number of each detector.
        where: the instrument and its address, for errors.
    """

    def __init__(self, numbers: Mapping[str, int], where: str) -> None:
        self.numbers = dict(numbers)
        self.in_use: tuple[str, ...] = ()
        """Detectors of the scan that was started last; the position is the channel."""
        self._where = where

    def number(self, detector: str) -> int:
        """The microscope's number of a detector.

        Raises:
            ConfigMismatch: if the bench file has no such detector.
        """
        if detector not in self.numbers:
            raise ConfigMismatch(
                f"there is no detector {detector!r}",
                where=self._where,
                remedy=f"The bench file names: {', '.join(self.numbers)}.",
            )
        return self.numbers[detector]

    def select(self, detectors: Sequence[str], bits: int) -> list[Request]:
        """Orders that give each detector a channel and switch it on; scanning must be inactive."""
        orders: list[Request] = []
        for channel, detector in enumerate(detectors):
            orders += [tell("DtSelect", channel, self.number(detector)), tell("DtEnable", channel, 1, bits)]
        return orders

    def switch_off(self) -> list[Request]:
        """Orders that switch the channels of the last scan off."""
        return [tell("DtEnable", channel, 0) for channel in range(len(self.in_use))]

    def check_selected(self, detectors: Sequence[str], selected: Sequence[int]) -> None:
        """Compare what `DtGetSelected` says, channel by channel. TESCAN's server answers 0 for "not known".

        Raises:
            ConfigMismatch: if a channel has another detector.
        """
        for channel, (detector, found) in enumerate(zip(detectors, selected, strict=True)):
            if found not in (0, self.number(detector)):
                raise ConfigMismatch(
                    f"channel {channel} looks through detector {found}, not through {detector!r}",
                    where=self._where,
                    remedy="Check that the detector is inserted and not held by another program.",
                )


def find_detectors(control: ControlConnection, wanted: Mapping[str, str]) -> dict[str, int]:
    """The microscope's numbers of the detectors that the bench file names.

    Raises:
        ConfigMismatch: if the microscope has no detector of that name.
    """
    listed = control.exchange([ask("DtEnumDetectors")])[0].mapping()
    names, numbers = enumerated(listed, "name"), enumerated(listed, "detector")
    offered = {name: int(numbers[place]) for place, name in names.items() if numbers.get(place, "").isdecimal()}
    missing = [theirs for theirs in wanted.values() if theirs not in offered]
    if missing:
        raise ConfigMismatch(
            f"the microscope has no detector {missing[0]!r}",
            where=control.where,
            remedy=f"In the bench file, write detectors: {{our name: one of {', '.join(sorted(offered))}}}.",
        )
    return {ours: offered[theirs] for ours, theirs in wanted.items()}
