"""How wrong the measurements may be: fixed before any of them was tuned, and what they are judged by."""

from typing import Final

__all__ = [
    "CONTACT_FRACTION_ERROR",
    "CRACK_LENGTH_ERROR",
    "EFFICIENCY_ERROR",
    "FILAMENT_LENGTH_ERROR",
    "GAP_ERROR",
    "INTERPHASE_ERROR",
    "RESISTANCE_ERROR",
    "SHORT_TIME_ERROR_S",
    "TORTUOSITY_ERROR",
]

GAP_ERROR: Final = 0.15
"""Of the mean width of a gap, relative."""
CRACK_LENGTH_ERROR: Final = 0.10
"""Of the length of cracks, relative."""
TORTUOSITY_ERROR: Final = 0.05
"""Of a tortuosity with a stated ruler, absolute."""
CONTACT_FRACTION_ERROR: Final = 0.05
"""Of the share of an interface that is in contact, absolute."""
FILAMENT_LENGTH_ERROR: Final = 0.20
"""Of the length of all filaments in a mosaic, relative."""
INTERPHASE_ERROR: Final = 0.25
"""Of the thickness of an interphase that is resolved, relative; applied to thickness times contrast later."""
EFFICIENCY_ERROR: Final = 0.002
"""Of a coulombic efficiency, absolute."""
RESISTANCE_ERROR: Final = 0.10
"""Of electrolyte and interfaces together, relative."""
SHORT_TIME_ERROR_S: Final = 3600.0
"""Of the time at which a short begins."""
