"""What was true in a simulation, kept apart from everything that was measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.record import TrueState
from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.figures import draw_truth
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import with_prefix

__all__ = ["truth_section"]

_SCALES = {"m": (1e6, "µm"), "Pa": (1e-6, "MPa"), "ohm": (1.0, "Ω"), "C": (1 / 3.6, "mAh"), "A": (1e6, "µA")}
_UNITS = {"V", "A", "C", "m", "ohm", "Pa", "K"}
_MEASURED = {"voltage_V", "current_A", "box_pressure_Pa", "box_temperature_K", "chamber_pressure_Pa"}
_MOST_PANELS = 12
_STEADY = 0.01


def truth_section(material: Material, studio: Studio) -> Section | None:
    """None if nothing was simulated by a world that tells."""
    states = sorted(material.run.truth, key=lambda state: state.time_s)
    if not states:
        return None
    words = (
        "This is not a measurement. The simulated world wrote down its own state at the start and the end of each "
        "picture and spectrum, so that an analysis can be scored against it; no protocol and no instrument has seen it."
    )
    blocks: list[Block] = [Paragraph(words, "warning")]
    time_s = np.array([state.time_s for state in states])
    drawn = _that_change(states)
    if drawn:
        caption = "True state of the simulated world: what changed and no instrument of this bench measures."
        blocks.append(studio.place("truth", draw_truth(time_s, drawn), caption))
    compared = [_row(one) for one in _compared(material, states)]
    if compared:
        columns = (
            Column("Recorded"),
            Column("Median of |recorded − true|", numbers=True),
            Column("Worst", numbers=True),
            Column("Compared", numbers=True),
        )
        note = "The recorded value at each of those moments: samples interpolated, the latest reading of a sensor."
        blocks.append(Table("What was recorded, against what was true.", columns, compared, note=note))
    return Section("truth", "Truth of the simulation", blocks)


def _values(states: Iterable[TrueState], name: str) -> NDArray[np.float64]:
    return np.array([state.values[name] for state in states])


def _that_change(states: list[TrueState]) -> Mapping[str, NDArray[np.float64]]:
    """By name with unit; nothing that stays as it is, nor what is measured and shown elsewhere."""
    found: dict[str, NDArray[np.float64]] = {}
    for name in states[0].values:
        values = _values(states, name)
        if name in _MEASURED or not np.isfinite(values).all() or np.ptp(values) <= _STEADY * np.abs(values).max():
            continue
        words, _, unit = name.rpartition("_")
        factor, shown = _SCALES.get(unit, (1.0, unit))
        if unit in _UNITS:
            found[f"{_spoken(words)} / {shown}"] = factor * values
        else:
            found[_spoken(name)] = values
    return dict(list(found.items())[:_MOST_PANELS])


def _spoken(name: str) -> str:
    return " ".join("SEI" if word == "sei" else word for word in name.split("_"))


@dataclass(frozen=True, slots=True)
class _Compared:
    name: str
    unit: str
    difference: NDArray[np.float64]


def _compared(material: Material, states: list[TrueState]) -> Iterable[_Compared]:
    time_s = np.array([state.time_s for state in states])
    run = material.run
    cell = run.state_at(time_s)
    recorded = {"voltage_V": ("cell voltage", cell["voltage_V"]), "current_A": ("cell current", cell["current_A"])}
    for name, series in run.sensors.items():
        unit = "K" if series.quantity == "temperature" else "Pa"
        recorded[f"{name.replace(' ', '_')}_{unit}"] = (name, series.at(time_s))
    for name, (words, values) in recorded.items():
        if name not in states[0].values:
            continue
        difference = np.abs(values - _values(states, name))
        known = difference[np.isfinite(difference)]
        if known.size:
            yield _Compared(words, name.rpartition("_")[2], known)


def _row(one: _Compared) -> tuple[str, ...]:
    median, worst = float(np.median(one.difference)), float(one.difference.max())
    return one.name, with_prefix(median, one.unit), with_prefix(worst, one.unit), str(one.difference.size)
