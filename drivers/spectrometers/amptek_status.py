"""The 64 bytes of status of the Amptek DP5 family (DP5 Programmer's Guide, status packet)."""

import struct
from dataclasses import dataclass

from operando.drivers.errors import FramingError

__all__ = ["STATUS_LENGTH", "Status", "decode_status"]

STATUS_LENGTH = 64
DEVICES = {0: "DP5", 1: "PX5", 2: "DP5G", 3: "MCA8000D", 4: "TB-5", 5: "DP5-X"}
ENABLED = 1 << 5


@dataclass(frozen=True, slots=True)
class Status:
    """What the spectrometer says about itself.

    Args:
        fast_count: photons that the fast channel saw, and `slow_count` those that were counted.
        acquisition_time_s: time in which it could take events, without the time of read-outs.
        real_time_s: time since it was cleared, while it was enabled.
        enabled: whether it counts now.
    """

    fast_count: int
    slow_count: int
    acquisition_time_s: float
    real_time_s: float
    enabled: bool
    device: str
    serial: int
    firmware: str

    @property
    def live_time_s(self) -> float:
        """Acquisition time times the part of photons that were counted (DP5: dead time is 1 - slow/fast).

        A badly set fast threshold counts fewer photons than the slow channel; then nothing is known to be lost.
        """
        if self.slow_count == 0 or self.fast_count <= self.slow_count:
            return self.acquisition_time_s
        return self.acquisition_time_s * self.slow_count / self.fast_count

    def rate_Hz(self, count: int) -> float:
        """A count per acquisition time; zero if there is none yet."""
        return count / self.acquisition_time_s if self.acquisition_time_s > 0 else 0.0


def decode_status(data: bytes) -> Status:
    """Decode a status.

    Raises:
        FramingError: if it has another length.
    """
    if len(data) != STATUS_LENGTH:
        raise FramingError(f"a status of {len(data)} bytes instead of {STATUS_LENGTH}")
    fast, slow = struct.unpack_from("<II", data, 0)
    real_ms, firmware = struct.unpack_from("<IB", data, 20)
    return Status(
        fast_count=fast,
        slow_count=slow,
        acquisition_time_s=(data[12] + 100 * int.from_bytes(data[13:16], "little")) / 1000,
        real_time_s=real_ms / 1000,
        enabled=bool(data[35] & ENABLED),
        device=DEVICES.get(data[39], f"unknown device {data[39]}"),
        serial=int.from_bytes(data[26:30], "little"),
        firmware=f"{firmware >> 4}.{firmware & 15:02d}.{data[37] & 15:02d}",
    )
