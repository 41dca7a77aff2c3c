"""How wrong the measurements may be: fixed before any of them was tuned, and what they are judged by."""

from typing import Final

__all__ = ["CONTACT_FRACTION_ERROR", "CRACK_LENGTH_ERROR", "GAP_ERROR", "TORTUOSITY_ERROR"]

GAP_ERROR: Final = 0.15
"""Of the mean width of a gap, relative."""
CRACK_LENGTH_ERROR: Final = 0.10
"""Of the length of cracks, relative."""
TORTUOSITY_ERROR: Final = 0.05
"""Of a tortuosity with a stated ruler, absolute."""
CONTACT_FRACTION_ERROR: Final = 0.05
"""Of the share of an interface that is in contact, absolute."""
