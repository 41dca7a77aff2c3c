"""Pictures with scale bar, and the voltage at which they were taken."""

from collections import Counter

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from operando.protocols.record import FrameRow
from operando.protocols.summary.scale_bar import scale_bar_m

__all__ = ["choose_along_first_charge", "draw_picture", "draw_scale_bar"]

HOUR_S = 3600.0


def choose_along_first_charge(frames: list[FrameRow], count: int = 4, detector: str = "BSE") -> list[FrameRow]:
    """Frames of one region, evenly spread over the first charge; over the whole run if nothing was charged."""
    if not frames:
        return []
    detectors = {frame.detector for frame in frames}
    region = Counter(frame.region for frame in frames).most_common(1)[0][0]
    wanted = detector if detector in detectors else frames[0].detector
    series = [frame for frame in frames if frame.region == region and frame.detector == wanted]
    charging = [frame for frame in series if frame.current_at_start_A > 0]
    if charging:
        first_step = charging[0].step_name, charging[0].cycle
        series = [frame for frame in charging if (frame.step_name, frame.cycle) == first_step]
    indices = np.linspace(0, len(series) - 1, min(count, len(series))).round().astype(int)
    return [series[index] for index in indices]


def draw_picture(axes: Axes, pixels: NDArray[np.uint8] | NDArray[np.uint16], frame: FrameRow, letter: str) -> None:
    """Draw one picture."""
    low, high = np.percentile(pixels, (0.5, 99.5))
    axes.imshow(pixels, cmap="gray", vmin=low, vmax=max(high, low + 1), interpolation="antialiased")
    axes.set_axis_off()
    axes.set_title(
        f"{letter}   {frame.voltage_at_start_V:.3f} V, {frame.start_s / HOUR_S:.1f} h\n"
        f"     {frame.detector}, {frame.region}, {frame.beam_voltage_V / 1e3:g} kV",
        fontweight="normal",
        fontsize=7.5,
    )
    height, width = pixels.shape
    draw_scale_bar(axes, float(width), float(height), frame.pixel_size_m)


def draw_scale_bar(axes: Axes, width: float, height: float, unit_m: float) -> None:
    """Draw a bar of a round length, with its length, on a dark ground at the lower left.

    Args:
        width, height: of the picture, in units of the axes.
        unit_m: one such unit in m.
    """
    bar_m = scale_bar_m(width * unit_m)
    bar, margin = bar_m / unit_m, 0.02 * width
    left, bottom = 0.04 * width, 0.94 * height
    label = f"{bar_m * 1e6:g} µm" if bar_m >= 1e-6 else f"{bar_m * 1e9:g} nm"
    text = axes.text(left, bottom - 0.03 * height, label, color="white", ha="left", va="bottom", fontsize=7)
    text.set_bbox({"facecolor": "black", "alpha": 0.6, "edgecolor": "none", "pad": 1.5})
    axes.add_patch(
        Rectangle((left - margin, bottom - margin), bar + 2 * margin, 3 * margin, color="black", alpha=0.6, linewidth=0)
    )
    axes.add_patch(Rectangle((left, bottom), bar, margin, color="white", linewidth=0))
