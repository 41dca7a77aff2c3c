"""A spectrum of the Amptek DP5 family together with its status (DP5 Programmer's Guide, spectrum packets)."""

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import FramingError
from operando.drivers.spectrometers.amptek_settings import CHANNELS
from operando.drivers.spectrometers.amptek_status import STATUS_LENGTH, Status, decode_status

__all__ = ["decode_spectrum"]

BYTES_PER_CHANNEL = 3


def decode_spectrum(data: bytes) -> tuple[NDArray[np.uint32], Status]:
    """Counts, shape (channels,), and status. Each channel has three bytes, least significant first.

    Raises:
        FramingError: if the length is none of the instrument's.
    """
    channels, rest = divmod(len(data) - STATUS_LENGTH, BYTES_PER_CHANNEL)
    if rest or channels not in CHANNELS:
        raise FramingError(f"a spectrum with status of {len(data)} bytes")
    wide = np.zeros((channels, 4), np.uint8)
    wide[:, :BYTES_PER_CHANNEL] = np.frombuffer(data, np.uint8, channels * BYTES_PER_CHANNEL).reshape(channels, -1)
    return wide.view("<u4").reshape(channels).astype(np.uint32), decode_status(data[-STATUS_LENGTH:])
