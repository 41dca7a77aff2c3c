"""The 64 status bytes of a DP5: counters, times, detector and flags, each at its offset of the programmer's guide."""

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.simulators.spectrometers.amptek import AmptekDP5

__all__ = ["status_bytes"]

STATUS_BYTES = 64
REAL_PRESET_REACHED, MCA_ENABLED, CONFIGURED = 0x80, 0x20, 0x02
CLOCK = {"80": 0x02, "AUTO": 0x01, "20": 0x00}
PC5_PRESENT, POSITIVE_HIGH_VOLTAGE, PREAMPLIFIER_8V5 = 0x80, 0x40, 0x20
ROOM_K, BOARD_C = 300.0, 30


def status_bytes(processor: "AmptekDP5") -> bytes:
    """Status as it is now."""
    acquisition, configuration, settings = processor.acquisition, processor.configuration, processor.settings
    status = bytearray(STATUS_BYTES)
    milliseconds = round(acquisition.acquired_s * 1000)
    struct.pack_into("<II", status, 0, acquisition.fast & 0xFFFFFFFF, acquisition.slow & 0xFFFFFFFF)
    status[12] = milliseconds % 100
    status[13:16] = (milliseconds // 100).to_bytes(3, "little")
    struct.pack_into("<I", status, 20, round(acquisition.real_s * 1000))
    status[24], status[25] = settings.firmware, settings.fpga
    struct.pack_into("<I", status, 26, settings.serial)
    high_voltage_V = configuration.number("HVSE") or 0.0
    struct.pack_into(">h", status, 30, round(2 * high_voltage_V))
    struct.pack_into(">H", status, 32, round(10 * (configuration.number("TECS") or ROOM_K)))
    struct.pack_into("b", status, 34, BOARD_C)
    status[35] = REAL_PRESET_REACHED * acquisition.real_preset_reached | MCA_ENABLED * acquisition.enabled | CONFIGURED
    status[36] = CLOCK[configuration["CLCK"]]
    status[37] = settings.build
    status[38] = (
        PC5_PRESENT | POSITIVE_HIGH_VOLTAGE * (high_voltage_V > 0) | PREAMPLIFIER_8V5 * (configuration["PAPS"] == "8.5")
    )
    return bytes(status)
