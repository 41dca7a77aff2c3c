"""The 64 status bytes of a DP5: counters, times, detector and flags, each at its offset of the programmer's guide."""

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.simulators.spectrometers.amptek import AmptekDP5

__all__ = ["status_bytes"]

STATUS_BYTES = 64
PRESET_REACHED, MCA_ENABLED, CONFIGURED = 0x80, 0x20, 0x02
CLOCK_80_MHZ = 0x02
PC5_PRESENT, PREAMPLIFIER_8V5 = 0x80, 0x20
BUILD = 4
DETECTOR_K, BOARD_C = 220.0, 30


def status_bytes(processor: "AmptekDP5") -> bytes:
    """Status as it is now."""
    acquisition = processor.acquisition
    status = bytearray(STATUS_BYTES)
    milliseconds = round(acquisition.acquired_s * 1000)
    struct.pack_into("<II", status, 0, acquisition.fast & 0xFFFFFFFF, acquisition.slow & 0xFFFFFFFF)
    status[12] = milliseconds % 100
    status[13:16] = (milliseconds // 100).to_bytes(3, "little")
    struct.pack_into("<I", status, 20, round(acquisition.real_s * 1000))
    status[24], status[25] = processor.settings.firmware, processor.settings.fpga
    struct.pack_into("<I", status, 26, processor.settings.serial)
    bias = processor.configuration["HVSE"]
    struct.pack_into(">h", status, 30, 0 if bias == "OFF" else round(2 * float(bias)))
    struct.pack_into(">H", status, 32, round(DETECTOR_K * 10))
    struct.pack_into("b", status, 34, BOARD_C)
    status[35] = (
        PRESET_REACHED * acquisition.preset_reached
        | MCA_ENABLED * acquisition.enabled
        | CONFIGURED * processor.configured
    )
    status[36] = CLOCK_80_MHZ
    status[37] = BUILD
    status[38] = PC5_PRESENT | PREAMPLIFIER_8V5
    return bytes(status)
