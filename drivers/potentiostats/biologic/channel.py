"""One channel of one device, connected to when it is first needed and again after a loss."""

from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from operando.drivers.errors import ConfigMismatch, ProtocolError, TransportClosed
from operando.drivers.potentiostats.biologic.library import Buffer, EClib
from operando.drivers.potentiostats.biologic.limits import is_newer_family
from operando.drivers.potentiostats.biologic.structures import ChannelInfos, CurrentValues, DeviceInfos
from operando.drivers.potentiostats.biologic.techniques import TechniqueFile

__all__ = ["KERNEL", "Channel", "State"]

Result = TypeVar("Result")

KERNEL = 5
"""`FirmwareCode` of a channel that the library can command."""


class State(IntEnum):
    """`State` of a channel."""

    STOP = 0
    RUN = 1
    PAUSE = 2
    SYNC = 3


class Channel:
    """Calls on one channel.

    Args:
        library: through which it is reached.
        address: of the device, as the library wants it.
        number: of the channel, from 1 as on the instrument.
        package: the folder with the `.ecc` files.
    """

    def __init__(self, library: EClib, address: str, number: int, package: Path) -> None:
        self._library = library
        self._address = address
        self._number = number - 1
        self._package = package
        self._device: int | None = None
        self.device_infos = DeviceInfos()

    def infos(self) -> ChannelInfos:
        """Board, firmware, state and memory."""
        return self._on(lambda device: self._library.channel_infos(device, self._number))

    def values(self) -> CurrentValues:
        """State and present values."""
        return self._on(lambda device: self._library.values(device, self._number))

    def data(self) -> Buffer:
        """The next rows of its memory."""
        return self._on(lambda device: self._library.data(device, self._number))

    def require_kernel(self, *, load: bool) -> None:
        """See to it that the channel can be commanded.

        Raises:
            ProtocolError: if it has other firmware and may not be given the kernel.
        """
        if self.infos().FirmwareCode == KERNEL:
            return
        if not load:
            raise ProtocolError(
                f"channel {self._number + 1} has no kernel: EC-Lab uses it, or it was just switched on",
                remedy="Close EC-Lab and give the option load_firmware: true, or watch EC-Lab's file instead.",
            )
        self._on(lambda device: self._library.load_kernel(device, self._number))

    def load(self, technique: TechniqueFile) -> None:
        """Load a technique."""
        newer = is_newer_family(self.device_infos.DeviceCode)
        file = str(self._package / f"{technique.name}{'4' if newer else ''}.ecc")
        self._on(lambda device: self._library.load_technique(device, self._number, file, technique))

    def start(self) -> None:
        """Start what is loaded."""
        self._on(lambda device: self._library.start(device, self._number))

    def stop(self) -> None:
        """Stop, and open the cell."""
        self._on(lambda device: self._library.stop(device, self._number))

    def close(self) -> None:
        """Let go of the device; the channel goes on."""
        device, self._device = self._device, None
        if device is not None:
            self._library.disconnect(device)

    def _on(self, work: Callable[[int], Result]) -> Result:
        try:
            return work(self._connected())
        except TransportClosed:
            self._device = None
            raise

    def _connected(self) -> int:
        if self._device is None:
            device, self.device_infos = self._library.connect(self._address)
            there = self._library.plugged(device)
            if self._number not in there:
                self._library.disconnect(device)
                named = ", ".join(str(number + 1) for number in there)
                raise ConfigMismatch(
                    f"there is no channel {self._number + 1}", remedy=f"Plugged are: {named}. They count from 1."
                )
            self._device = device
        return self._device
