"""Whether a file can be of the cell of a run: its times, its voltages and its charges."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from operando.drivers.errors import ConfigMismatch
from operando.protocols.program import Program
from operando.protocols.sessions.elsewhere import CLOCK_UNCERTAINTY_S, Elsewhere

__all__ = ["CellLeft", "objections", "require_free_time"]

RELAXED_V = 0.3
"""By which the voltage of a cell may differ from the last one known, after days of rest."""
OUTSIDE_V = 0.1
MOST_CAPACITIES = 1.5
"""Of the nominal capacity, in one direction without a turn."""
SLACK_S = 2.0 * CLOCK_UNCERTAINTY_S


@dataclass(frozen=True, slots=True)
class CellLeft:
    """The cell when the session ended: run time, and its last voltage (NaN if none is known)."""

    time_s: float
    voltage_V: float


def require_free_time(files: Sequence[Elsewhere], left: CellLeft, now_s: float) -> None:
    """A cell cannot be at two places: no file may reach into a session of this run, or into another file.

    Raises:
        ConfigMismatch: with how far it does.
    """
    zone = "Look whether it is the right file; if the time zone is wrong, name that of the file with --time-zone."
    for file in files:
        if file.from_s < left.time_s - SLACK_S:
            early = _in_words(left.time_s - file.from_s)
            raise ConfigMismatch(f"begins {early} before the run was parked", where=file.name, remedy=zone)
        if file.to_s > now_s + SLACK_S:
            late = _in_words(file.to_s - now_s)
            raise ConfigMismatch(f"ends {late} from now, in the future", where=file.name, remedy=zone)
    for one, other in pairwise(files):
        if other.from_s < one.to_s - SLACK_S:
            both = _in_words(one.to_s - other.from_s)
            remedy = "A cell is cycled at one place at a time: leave one of them out."
            raise ConfigMismatch(f"overlaps with {one.name} by {both}", where=other.name, remedy=remedy)


def objections(file: Elsewhere, left: CellLeft, program: Program) -> Iterator[str]:
    """What speaks against its being of this cell, in words."""
    first_V = next((row.voltage_V for row in file.rows if math.isfinite(row.voltage_V)), math.nan)
    if abs(first_V - left.voltage_V) > RELAXED_V:
        yield f"it begins at {first_V:.3f} V, and the cell was left at {left.voltage_V:.3f} V"
    voltages_V = [row.voltage_V for row in file.rows if math.isfinite(row.voltage_V)]
    safety = program.safety
    if safety is not None and voltages_V:
        lowest_V, highest_V = safety.voltage_V
        if min(voltages_V) < lowest_V - OUTSIDE_V or max(voltages_V) > highest_V + OUTSIDE_V:
            yield (
                f"it reaches from {min(voltages_V):.3f} to {max(voltages_V):.3f} V, "
                f"and the protocol allows {lowest_V:g} to {highest_V:g} V"
            )
    nominal_C = program.sample.nominal_capacity_C
    most_C = _largest_swing_C(file)
    if nominal_C and most_C > MOST_CAPACITIES * nominal_C:
        yield f"{most_C / 3.6:.3g} mAh pass in one direction, and the cell has {nominal_C / 3.6:.3g} mAh"


def _largest_swing_C(file: Elsewhere) -> float:
    """The most charge that passes in one direction without a turn."""
    most_C = swing_C = 0.0
    for one, other in pairwise(file.rows):
        passed_C = 0.5 * (one.current_A + other.current_A) * (other.elapsed_s - one.elapsed_s)
        if not math.isfinite(passed_C):
            continue
        swing_C = swing_C + passed_C if swing_C * passed_C >= 0.0 else passed_C
        most_C = max(most_C, abs(swing_C))
    return most_C


def _in_words(duration_s: float) -> str:
    if duration_s < 120.0:
        return f"{duration_s:.0f} s"
    return f"{duration_s / 60.0:.0f} min" if duration_s < 7200.0 else f"{duration_s / 3600.0:.1f} h"
