"""The interlock rules that are shipped, by name."""

from typing import Literal, get_args

__all__ = ["SHIPPED_INTERLOCKS", "ShippedInterlock"]

ShippedInterlock = Literal["chamber vacuum", "box leak", "stack pressure"]
SHIPPED_INTERLOCKS: tuple[str, ...] = get_args(ShippedInterlock)
