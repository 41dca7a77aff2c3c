"""The calibrations in force as the report shows them: also those that are missing."""

from operando.protocols.calibrations import judge_calibrations, simulated_throughout
from operando.protocols.report.blocks import Column, Table
from operando.protocols.report.material import Material

__all__ = ["calibrations_table"]

_TONES = {"missing": "warning", "stale": "warning", "not yet": "warning"}


def calibrations_table(material: Material) -> Table | None:
    """What was given, and what the protocol needs; None if there is neither.

    Nothing is missing on a bench that is simulated throughout, or where the documents cannot be read any more.
    """
    header = material.header
    rows = [(one.of, one.value, one.on, one.by, "") for one in header.circumstances.calibrations]
    tones: dict[int, str] = {}
    bench, program = material.bench, material.program
    if bench is not None and program is not None and not simulated_throughout(bench):
        forces = any(sensor.quantity == "force" for sensor in material.run.sensor_rows)
        judged = judge_calibrations(program, bench.record.calibrations, header.start_wall.date(), with_load_cell=forces)
        rows = []
        for number, one in enumerate(judged):
            entry = one.entry
            words = ("none", "", "") if entry is None else (entry.value, entry.on.isoformat(), entry.by)
            limit = "" if one.good_for_days is None else f" (good for {one.good_for_days:g} days)"
            age = "" if one.age_days is None else f", {one.age_days:g} days old"
            rows.append((one.of, *words, f"{one.verdict}{age}{limit}"))
            if one.verdict in _TONES:
                tones[number] = _TONES[one.verdict]
    if not rows:
        return None
    heads = (Column("Calibration"), Column("Value"), Column("On"), Column("By"), Column("At the start of the run"))
    return Table("Calibrations in force.", heads, rows, tones)
