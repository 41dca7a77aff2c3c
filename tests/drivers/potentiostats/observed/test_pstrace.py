"""PSTrace tables: encodings, curves side by side, measurements below one another."""

from datetime import datetime

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.pstrace import PsTraceReader
from operando.drivers.potentiostats.observed.row import Controlled

TABLE = "\r\n".join(
    [
        "Date and time:,2025-01-01 12:00:00",
        "Notes:",
        "",
        "Open Circuit Potentiometry: OCP,,",
        "Date and time measurement:,2025-01-01 12:00:00",
        "s,V",
        "0.5,3.70",
        "1.0,3.71",
        "",
        "Chronopotentiometry: CP E vs t,,Chronopotentiometry: CP i vs t,",
        "Date and time measurement:,2025-01-01 12:01:00,Date and time measurement:,2025-01-01 12:01:00",
        "s,V,s,µA",
        "1.0,3.75,1.0,240",
        "Measurement:,Impedance Spectroscopy",
        "freq / Hz,neg. Phase / °,Idc / uA,Z / Ohm,Z' / Ohm,Z'' / Ohm,Cs / F",
        "1000,-40,1,50,40,30,1e-9",
        "",
    ]
)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_rows_of_all_measurements(encoding: str, size: int) -> None:
    data, reader = TABLE.encode(encoding), PsTraceReader()
    rows = [row for at in range(0, len(data), size) for row in reader.feed(data[at : at + size])]
    assert reader.started == datetime(2025, 1, 1, 12, 0, 0)
    assert [(row.elapsed_s, row.part) for row in rows] == [(0.5, 0), (1.0, 0), (61.0, 1), (60.0, 2)]
    assert [row.controlled for row in rows[:3]] == [Controlled.NOTHING, Controlled.NOTHING, Controlled.CURRENT]
    assert [row.voltage_V for row in rows[:3]] == [3.70, 3.71, 3.75]
    assert [row.current_A for row in rows[:3]] == [0.0, 0.0, pytest.approx(240e-6)]
    assert rows[3].point == (1000.0, 40.0, -30.0)


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(ConfigMismatch, match="not with 'Date and time'"):
        PsTraceReader().feed('{"type": "PalmSens.DataFiles.SessionFile"}\n'.encode("utf-16"))


def test_a_line_without_sense_is_told() -> None:
    reader = PsTraceReader()
    rows = reader.feed(TABLE.replace("1.0,3.71", "1.0,?").encode("utf-16"))
    assert len(rows) == 3 and "no numbers" in reader.take_garbage()
