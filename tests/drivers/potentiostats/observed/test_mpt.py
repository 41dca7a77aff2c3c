"""EC-Lab text while it grows: headers, columns, torn lines."""

from datetime import datetime

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.mpt import MptReader
from operando.drivers.potentiostats.observed.row import Controlled

HEADER = (
    b"EC-Lab ASCII FILE\r\nNb header lines : 8\r\n\r\nModulo Bat\r\n\r\n"
    b"Run on channel : 3 (SN 14990)\r\nAcquisition started on : 12/02/2022 13:59:27.245\r\n"
)
NAMES = b"mode\tox/red\terror\tNs\ttime/s\tEwe/V\tI/mA\t(Q-Qo)/mA.h\tcycle number\t\r\n"
ROW = b"1\t1\t0\t2\t1.0E+001\t3.7123000E+000\t2.4E-001\t5.0E-001\t1.0E+000\r\n"


def test_a_row_in_si_units() -> None:
    reader = MptReader()
    (row,) = reader.feed(HEADER + NAMES + ROW)
    assert (row.elapsed_s, row.voltage_V) == (10.0, 3.7123)
    assert row.current_A == pytest.approx(240e-6)
    assert row.charge_C == pytest.approx(1.8)
    assert (row.controlled, row.part, row.cycle, row.overload, row.point) == (Controlled.CURRENT, 2, 1, False, None)
    assert reader.started == datetime(2022, 12, 2, 13, 59, 27, 245000)
    assert reader.instrument == "channel 3 (SN 14990)"


@pytest.mark.parametrize("size", [1, 2, 7, 50, 1000])
def test_any_pieces_give_the_same_rows(size: int) -> None:
    data = HEADER + NAMES + 3 * ROW
    reader = MptReader()
    rows = [row for at in range(0, len(data), size) for row in reader.feed(data[at : at + size])]
    assert rows == MptReader().feed(data) and len(rows) == 3


def test_a_line_that_is_still_written_waits_for_its_end() -> None:
    reader = MptReader()
    assert reader.feed(HEADER + NAMES + ROW[:-2]) == []
    assert len(reader.feed(ROW[-2:])) == 1


def test_a_decimal_comma() -> None:
    (row,) = MptReader().feed(HEADER + NAMES + ROW.replace(b".", b","))
    assert row.voltage_V == 3.7123


@pytest.mark.parametrize(
    ("names", "cells", "controlled", "current_A"),
    [
        (b"mode\ttime/s\tEcell/V\t\r\n", b"3\t1\t3.7\r\n", Controlled.NOTHING, 0.0),
        (b"time/s\tEwe/V\t<I>/mA\t\r\n", b"1\t3.7\t-0.5\r\n", Controlled.CURRENT, -0.5e-3),
        (b"mode\ttime/s\tEwe/V\tI/mA\t\r\n", b"2\t1\t3.7\t0.1\r\n", Controlled.VOLTAGE, 1e-4),
    ],
    ids=["open circuit", "no mode", "held voltage"],
)
def test_columns_depend_on_the_technique(names: bytes, cells: bytes, controlled: Controlled, current_A: float) -> None:
    (row,) = MptReader().feed(HEADER + names + cells)
    assert row.controlled is controlled
    assert row.current_A == pytest.approx(current_A)


def test_a_point_of_a_spectrum() -> None:
    names = b"freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\ttime/s\t<Ewe>/V\t\r\n"
    (row,) = MptReader().feed(HEADER + names + b"1.0E5\t50\t20\t12\t3.7\r\n")
    assert row.point == (1e5, 50.0, -20.0)


@pytest.mark.parametrize("line", [b"1\t1\t0\r\n", b"1\t1\t0\t2\t?\t3.7\t0.1\t0.5\t1\r\n", b"\x00\xff\r\n"])
def test_a_line_without_sense_is_told_and_the_others_are_good(line: bytes) -> None:
    reader = MptReader()
    assert len(reader.feed(HEADER + NAMES + ROW + line + ROW)) == 2
    assert "a row" in reader.take_garbage()
    assert reader.take_garbage() == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"BIO-LOGIC MODULAR FILE\x1a\r\n", "not with 'EC-Lab ASCII FILE'"),
        (b"EC-Lab ASCII FILE\r\nsomething\r\n", "does not say how long the header is"),
        (HEADER + b"Ewe/V\tI/mA\t\r\n", "no column for time or voltage"),
    ],
    ids=["binary", "no count", "no time"],
)
def test_another_kind_of_file_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(ConfigMismatch, match=words):
        MptReader().feed(data)
