"""Pressures, temperatures and what else was measured around the cell, with the limits of the bench."""

from collections.abc import Mapping

import numpy as np

from operando.drivers.roles import Quality
from operando.protocols.reading import SensorSeries
from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.box_leak import box_leak_Pa_m3_per_s
from operando.protocols.report.figures import draw_sensors
from operando.protocols.report.material import Material
from operando.protocols.report.sensor_scale import is_vacuum, scale_of
from operando.protocols.report.sessions import away
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, power_of_ten

__all__ = ["surroundings_section"]

MBAR_LITRE = 0.1
"""1 mbar l in Pa m^3."""


def surroundings_section(material: Material, studio: Studio) -> Section | None:
    """None if nothing was measured."""
    series = sorted(material.run.sensors.values(), key=lambda one: (one.quantity, one.name))
    if not series:
        return None
    limits = _limits(material)
    figure = studio.place(
        "surroundings",
        draw_sensors(series, limits, away(material.run), simulated=material.simulated),
        "Around the cell: readings that are good, limits dashed; a thin vermilion line marks a reading that is not.",
    )
    columns = (
        Column("Sensor"),
        Column("Quantity"),
        Column("Lowest", numbers=True),
        Column("Median", numbers=True),
        Column("Highest", numbers=True),
        Column("Limit", numbers=True),
        Column("Readings", numbers=True),
        Column("Not good", numbers=True),
    )
    rows = [_row(one, limits.get((one.name, one.quantity))) for one in series]
    blocks: list[Block] = [figure, Table("Readings.", columns, rows)]
    if (leak := _leak(material)) is not None:
        blocks.append(leak)
    return Section("surroundings", "Pressure and temperature", blocks)


def _limits(material: Material) -> Mapping[tuple[str, str], float]:
    return {("chamber", "pressure"): material.bench.vacuum.beam_permitted_below} if material.bench else {}


def _row(series: SensorSeries, limit: float | None) -> tuple[str, ...]:
    good = np.array([quality is Quality.OK for quality in series.quality], bool)
    values = series.value[good]
    numbers = [float(values.min()), float(np.median(values)), float(values.max())] if values.size else [np.nan] * 3
    bad = int((~good).sum())
    texts = [_said(series, value) for value in numbers]
    limited = "none" if limit is None else f"<\u202f{_said(series, limit)}"
    return (series.name, series.quantity, *texts, limited, str(good.size), str(bad))


def _said(series: SensorSeries, value: float) -> str:
    factor, offset, unit = scale_of(series)
    told = factor * value + offset
    return power_of_ten(told, unit) if is_vacuum(series) else fixed(told, unit, 2)


def _leak(material: Material) -> Paragraph | None:
    if material.program is not None and material.program.has_phases:
        return None  # it was opened on its way; the leak test says how tight it is
    sensors = material.run.sensors
    pressure, temperature = sensors.get("box pressure"), sensors.get("box temperature")
    if material.bench is None or pressure is None or temperature is None:
        return None
    found = box_leak_Pa_m3_per_s(pressure, temperature, material.bench.box.volume)
    if found is None:
        return None
    rate, error = (value / MBAR_LITRE for value in found)
    limit = material.bench.box.largest_leak / MBAR_LITRE
    words = (
        f"Leak of the box over the whole run, from p/T: {power_of_ten(rate, 'mbar l s⁻¹')} ± "
        f"{power_of_ten(error, 'mbar l s⁻¹')} (positive flows in); the limit is {power_of_ten(limit, 'mbar l s⁻¹')}."
    )
    return Paragraph(words, "warning" if abs(rate) > limit else "")
