"""Numbers as aurora-unicycler 0.4.6 takes them: they may be text, and empty text means none."""

import math
import re
from typing import Annotated

from pydantic import BeforeValidator, Field

__all__ = ["Number", "Positive", "Rate"]

RATE = re.compile(r"(?P<over>(?P<number>[+-]?\d*\.?\d*)(?P<letter>[CD]?))/(?P<under>\d+\.?\d*|\.\d+)")


def _number(value: object) -> object:
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            value = float(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is not a number") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return value


def _rate(value: object) -> object:
    """`0.1`, `C/5`, `1/5`, `2C/3`, or `D/2`, which is -0.5."""
    found = RATE.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
    if found is None:
        return _number(value)
    if not found["over"] or float(found["under"]) == 0:
        raise ValueError(f"{value!r} is not a C-rate; write for instance 'C/10' or 0.1")
    number = found["number"] if found["number"] not in ("", "+", "-") else f"{found['number']}1"
    return float(number) * (-1.0 if found["letter"] == "D" else 1.0) / float(found["under"])


Number = Annotated[float | None, BeforeValidator(_number)]
Positive = Annotated[float | None, Field(gt=0), BeforeValidator(_number)]
Rate = Annotated[float | None, BeforeValidator(_rate)]
