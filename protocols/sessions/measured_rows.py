"""Whether each row of a file from elsewhere is a measurement: a time in its order, and finite values."""

import math
from collections.abc import Iterator, Sequence

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.row import ObservedRow

__all__ = ["require_measured"]

NOT_MEASURED = (
    "The charge cannot be carried on over it. Export it anew; where nothing was measured, take the row out: a time "
    "without rows is a gap in the samples."
)


def require_measured(rows: Sequence[tuple[int, ObservedRow]], where: str) -> None:
    """Look at each row.

    Args:
        rows: each with its line in the file.
        where: the file.

    Raises:
        ConfigMismatch: with the first line that is no measurement.
    """
    last_s = -math.inf
    for line, row in rows:
        place = f"{where}, line {line}"
        if not math.isfinite(row.elapsed_s):
            raise ConfigMismatch("a row has no time", where=place, remedy="Export it anew.")
        if row.elapsed_s < last_s:
            raise ConfigMismatch(
                "its rows are not in the order of time", where=place, remedy="Export it anew, unsorted."
            )
        last_s = row.elapsed_s
        for name, value in _values(row):
            if not math.isfinite(value):
                raise ConfigMismatch(f"the {name} of a row is no number: {value}", where=place, remedy=NOT_MEASURED)


def _values(row: ObservedRow) -> Iterator[tuple[str, float]]:
    """What becomes a sample or a point of a spectrum; charge is counted from the current where the file has none."""
    if row.point is None:
        yield from (("voltage", row.voltage_V), ("current", row.current_A))
    else:
        yield from zip(("frequency", "real part", "imaginary part"), row.point, strict=True)
