"""Sizes of figures, as journals print them, and shades for what comes in an order."""

from collections.abc import Sequence

from matplotlib import colormaps

__all__ = ["COLUMN_CM", "HOUR_S", "PAGE_CM", "shades"]

PAGE_CM = 17.0
COLUMN_CM = 8.5
HOUR_S = 3600.0


def shades(count: int) -> Sequence[tuple[float, float, float, float]]:
    """Colours from dark to light for so many curves in order; cividis differs in lightness for everybody."""
    palette = colormaps["cividis"]
    return [palette(0.85 * index / max(count - 1, 1)) for index in range(count)]
