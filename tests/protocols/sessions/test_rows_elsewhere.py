"""Rows of a file from elsewhere that are no measurement: refused with file, line, and what to do."""

import math
from pathlib import Path

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.protocols.sessions import ElsewhereFile, read_elsewhere

MPT = """\
EC-Lab ASCII FILE\r
Nb header lines : 4\r
Acquisition started on : 06/12/2025 09:00:00.000\r
mode\tNs\ttime/s\tEcell/V\tI/mA\tcycle number\t(Q-Qo)/mA.h\tfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t\r
3\t0\t0.0\t3.550\t0.0\t0\t0\t0\t0\t0\t\r
"""
BDF = """\
Test Time / s,Voltage / V,Current / A,Unix Time / s,Step Count / 1,Net Capacity / Ah
0,3.55,0,1749718800,0,0
"""


def written(folder: Path, row: str) -> Path:
    """A file with one good row and this one; tabs make it EC-Lab text."""
    path = folder / ("week.mpt" if "\t" in row else "week.bdf.csv")
    path.write_text(f"{MPT}{row}\r\n" if "\t" in row else f"{BDF}{row}\n", encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    ("row", "line", "says"),
    [
        ("1\t1\t1.0\tnan\t0.12\t0\t0\t0\t0\t0", 6, "the voltage of a row is no number: nan"),
        ("1\t1\t1.0\t3.55\tinf\t0\t0\t0\t0\t0", 6, "the current of a row is no number: inf"),
        ("1\t1\t1.0\t3.55\t-inf\t0\t0\t0\t0\t0", 6, "the current of a row is no number: -inf"),
        ("1\t1\t1.0\t3.55\t0.12\t0\t0\t1000\tnan\t4", 6, "the real part of a row is no number: nan"),
        ("1\tinf\t1.0\t3.55\t0.12\t0\t0\t0\t0\t0", 6, "a row that has no numbers"),
        ("1\t1\tnan\t3.55\t0.12\t0\t0\t0\t0\t0", 6, "a row has no time"),
        ("1\t1\t-1.0\t3.55\t0.12\t0\t0\t0\t0\t0", 6, "not in the order of time"),
        ("1,nan,0,1749718801,0,0", 3, "the voltage of a row is no number: nan"),
        ("1,3.55,NaN,1749718801,0,0", 3, "the current of a row is no number: nan"),
        ("1,3.55,-Infinity,1749718801,0,0", 3, "the current of a row is no number: -inf"),
        ("1,3.55,,1749718801,0,0", 3, "a row has no numbers"),
        ("1,3.55,0,1749718801,inf,0", 3, "a row has no numbers"),
        ("1,3.55,0.0", 3, "not as many columns as the first line names"),
        ("1,3.55,0,1749718801,0,0,7", 3, "not as many columns as the first line names"),
        ("-1,3.55,0,1749718799,0,0", 3, "not in the order of time"),
    ],
)
def test_a_row_that_is_no_measurement_is_refused(tmp_path: Path, row: str, line: int, says: str) -> None:
    path = written(tmp_path, row)
    with pytest.raises(ConfigMismatch) as error:
        read_elsewhere(ElsewhereFile(path, "UTC"), 1749718800.0)
    assert says in str(error.value) and error.value.where == f"{path}, line {line}"
    assert error.value.remedy.startswith(("Export it anew", "The charge cannot be carried on over it. Export it anew"))


@pytest.mark.parametrize(
    "row",
    ["1\t1\t1.0\t3.55\t0.12\t0\tnan\t0\t0\t0", "1\t1\t1.0\tnan\tnan\t0\t0\t1000\t9\t4", "1,3.55,0,1749718801,0,nan"],
    ids=["charge", "voltage of an impedance point", "charge, BDF"],
)
def test_what_the_record_does_not_need_may_be_missing(tmp_path: Path, row: str) -> None:
    """Charge is counted from the current where the file does not count it; a point of a spectrum is no sample."""
    read = read_elsewhere(ElsewhereFile(written(tmp_path, row), "UTC"), 1749718800.0)
    assert len(read.rows) == 2 and read.from_s == 0.0


START_S = 1749718800.0


def stamped(folder: Path, *times: tuple[float, float]) -> Path:
    """A file whose rows have these test times, and Unix times since its beginning."""
    path = folder / "week.bdf.csv"
    rows = "".join(f"{time_s:g},3.55,0,{START_S + unix_s:.3f},0,0\n" for time_s, unix_s in times)
    path.write_text(BDF.splitlines()[0] + "\n" + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("times", "line", "says"),
    [
        (((0, 0), (60, 60), (61, 3661)), 4, "since the row before 3600 s more of Unix time have passed"),
        (((0, 0), (60, 60), (61, -3539)), 4, "since the row before 3600 s less of Unix time have passed"),
        (((0, 0), (60, 60), (604800, 604810), (604801, 604799)), 5, "since the row before 12 s less"),
        (((0, 0), (3600, 3605)), 3, "since the row before 5 s more"),
        (((0, 0), (1, 2.8), (2, 4.6)), 4, "since the first row 2.6 s more"),
        (((0, 0), (60, math.nan)), 3, "a row has no Unix time"),
    ],
    ids=[
        "summer time, or a pause",
        "winter time",
        "set after a week",
        "set in a gap",
        "a clock that runs away",
        "none",
    ],
)
def test_a_file_whose_two_times_part_is_refused_at_that_row(
    tmp_path: Path, times: tuple[tuple[float, float], ...], line: int, says: str
) -> None:
    path = stamped(tmp_path, *times)
    with pytest.raises(ConfigMismatch) as error:
        read_elsewhere(ElsewhereFile(path), START_S)
    assert says in str(error.value) and error.value.where == f"{path}, line {line}"


@pytest.mark.parametrize(
    "times",
    [
        ((0.0, 0), (0.6, 1), (1.4, 1), (2.2, 2)),
        tuple((3600.0 * hour, 3600.0 * hour * 1.00005) for hour in range(169)),
        ((0, 0), (86400, 86400)),
    ],
    ids=["whole seconds", "a week on another quartz", "a gap that both times have"],
)
def test_what_clocks_do_by_themselves_is_let_pass(tmp_path: Path, times: tuple[tuple[float, float], ...]) -> None:
    read = read_elsewhere(ElsewhereFile(stamped(tmp_path, *times)), START_S)
    assert (read.from_s, read.to_s) == (0.0, times[-1][0]), "test time places the rows"


def test_a_test_that_stood_still_is_imported_as_two_files(tmp_path: Path) -> None:
    """What the words of the refusal say."""
    (tmp_path / "later").mkdir()
    before = read_elsewhere(ElsewhereFile(stamped(tmp_path, (0, 0), (60, 60))), START_S)
    after = read_elsewhere(ElsewhereFile(stamped(tmp_path / "later", (61, 3661), (120, 3720))), START_S)
    assert (before.to_s, after.from_s, after.to_s) == (60.0, 3661.0, 3720.0)
