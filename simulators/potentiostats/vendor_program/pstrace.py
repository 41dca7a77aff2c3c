"""PSTrace's table of one measurement: UTF-16, a pair of columns for each curve."""

import codecs
from collections.abc import Sequence
from datetime import datetime, timedelta

from operando.simulators.potentiostats.vendor_program.schedule import PlayedRow

__all__ = ["pstrace_table"]

TITLES = {
    "current": "Chronopotentiometry: CP E vs t,,Chronopotentiometry: CP i vs t,",
    "voltage": "Chronoamperometry: CA E vs t,,Chronoamperometry: CA i vs t,",
    "nothing": "Open Circuit Potentiometry: OCP,,",
}


def pstrace_table(started: datetime, steps: Sequence[Sequence[PlayedRow]]) -> bytes:
    """The whole file, with the measurements that are over, one below the other.

    Args:
        started: wall time of the program's zero.
        steps: rows of each.
    """
    lines = [f"Date and time:,{started:%Y-%m-%d %H:%M:%S}", "Notes:"]
    for rows in steps:
        first = rows[0]
        begin_s = first.elapsed_s - first.step.every_s
        lines += ["", TITLES[first.step.controlled], *_block(started + timedelta(seconds=begin_s), begin_s, rows)]
    return codecs.BOM_UTF16_LE + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le")


def _block(started: datetime, begin_s: float, rows: Sequence[PlayedRow]) -> list[str]:
    moment = f"Date and time measurement:,{started:%Y-%m-%d %H:%M:%S}"
    if rows[0].step.controlled == "nothing":
        return [moment, "s,V", *(f"{row.elapsed_s - begin_s:.6f},{row.voltage_V:.6f}" for row in rows)]
    return [
        f"{moment},{moment}",
        "s,V,s,µA",
        *(
            f"{row.elapsed_s - begin_s:.6f},{row.voltage_V:.6f},{row.elapsed_s - begin_s:.6f},{row.current_A * 1e6:.6f}"
            for row in rows
        ),
    ]
