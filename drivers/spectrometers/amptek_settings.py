"""The text configuration of an Amptek DP5, as far as the driver sets it: `TPEA=4.000;MCAC=2048;` (DP5, chapter 5)."""

import math

from operando.drivers.errors import ConfigMismatch, LimitRefused
from operando.drivers.roles import EdsSettings

__all__ = ["CHANNELS", "PRESET_STEP_S", "check_read_back", "configuration", "preset_steps", "preset_text"]

CHANNELS = (256, 512, 1024, 2048, 4096, 8192)
PEAKING_TIME_S = (0.05e-6, 102.4e-6)
PRESET_STEP_S = 0.1
LARGEST_PRESET_S = 99_999_999.9
"""A value has at most ten characters."""

TOLERANCE = 0.005
"""Between a peaking time asked for and the one read back, whose steps are printed to three decimals."""

READ_BACK = "TPEA;MCAC;"


def configuration(settings: EdsSettings) -> str:
    """The commands for the settings; the peaking time first, because others depend on it.

    Raises:
        LimitRefused: if the instrument has no such settings.
    """
    if settings.channels not in CHANNELS:
        raise LimitRefused(f"{settings.channels} channels", remedy=f"Choose one of {', '.join(map(str, CHANNELS))}.")
    if not PEAKING_TIME_S[0] <= settings.peaking_time_s <= PEAKING_TIME_S[1]:
        raise LimitRefused(f"a peaking time of {settings.peaking_time_s:g} s", remedy="Choose 0.05 us to 102.4 us.")
    return f"TPEA={settings.peaking_time_s * 1e6:.3f};MCAC={settings.channels};"


def check_read_back(text: str, settings: EdsSettings) -> None:
    """Compare what was read back with what was asked for.

    Raises:
        ConfigMismatch: if it differs.
    """
    values = dict(item.partition("=")[::2] for item in text.strip("\x00\n ").split(";") if item)
    try:
        channels, peaking_time_s = int(values["MCAC"]), float(values["TPEA"]) * 1e-6
        right = channels == settings.channels
        right &= math.isclose(peaking_time_s, settings.peaking_time_s, rel_tol=TOLERANCE)
    except (KeyError, ValueError):
        right = False
    if not right:
        raise ConfigMismatch(
            f"asked for {configuration(settings)!r}, the instrument has {text!r}",
            remedy="Choose a peaking time and a number of channels that this instrument has.",
        )


def preset_steps(duration_s: float) -> int:
    """The smallest number of steps of 0.1 s that is at least as long; a rounding error is no further step."""
    return max(1, math.ceil(round(duration_s / PRESET_STEP_S, 6)))


def preset_text(steps: int) -> str:
    """The command for a preset of acquisition time."""
    return f"PRET={steps // 10}.{steps % 10};"
