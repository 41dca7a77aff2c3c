"""What a simulated KELLER 33X is like, and what is wrong with it."""

from dataclasses import dataclass

__all__ = ["KellerSettings"]


@dataclass(slots=True)
class KellerSettings:
    """The transmitter, its line and its faults; change them at any time.

    Args:
        unit: address on the line at the beginning, 1 to 247.
        serial: serial number.
        local_echo: the converter sends each request back, as the K-10x do.
        longest_gap_s: inside a frame; 1.5 ms at 9600 baud. A frame with a longer pause vanishes.
        read_delay_s: from a request to its reply, and `write_delay_s` for each register written.
        range_bar: nominal range; beyond it by a tenth of its width the value is +-infinity.
        pressure_noise_bar, temperature_noise_K: standard deviation of one reading.
        stuck_bar, stuck_celsius: report this for ever; not a number is a channel that fails.
        status: status byte, for instance 0b10 for a fault of P1.
        power_up_s: how long the status says "power-up mode" after the supply failed (assumed).
    """

    unit: int = 1
    serial: int = 182517
    local_echo: bool = False
    longest_gap_s: float = 1.5e-3
    read_delay_s: float = 1.5e-3
    write_delay_s: float = 7.2e-3
    range_bar: tuple[float, float] = (0.0, 3.0)
    pressure_noise_bar: float = 2e-5
    temperature_noise_K: float = 5e-3
    stuck_bar: float | None = None
    stuck_celsius: float | None = None
    status: int = 0
    power_up_s: float = 0.5
