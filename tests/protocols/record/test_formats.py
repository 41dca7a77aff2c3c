"""The files by their bytes: block log, Battery Data Format, EMSA, journal, rows."""

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.made_up_run import impedance_points, sample_block, spectrum, spectrum_state

from operando.drivers.roles import SAMPLE, Quality, Reading, Spectrum
from operando.protocols.record import RecordError, SensorRow
from operando.protocols.record.bdf import Ambient, BdfRows, impedance_rows
from operando.protocols.record.block_log import encode_block, read_log
from operando.protocols.record.lines import checked_line, json_line, read_checked_lines, read_json_lines
from operando.protocols.record.msa import msa_counts, msa_text
from operando.protocols.record.rows import csv_header, csv_line, read_rows


def test_a_block_by_its_bytes() -> None:
    payload = sample_block(7, 2).tobytes()
    head = b"OPBLOCK1" + struct.pack("<IIQ", 128, 2, 7)
    crc = zlib.crc32(head + payload)
    assert encode_block(payload, 2) == head + struct.pack("<II", crc, 0) + payload
    assert SAMPLE.itemsize == 64


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6), cut=st.integers(0, 2000))
def test_a_torn_log_gives_all_whole_blocks(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], cut: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "samples.blocks"
    ends, data, first = [], b"", 0
    for size in sizes:
        data += encode_block(sample_block(first, size).tobytes(), size)
        first += size
        ends.append((len(data), first))
    path.write_bytes(data[:cut])
    whole = max((count for end, count in ends if end <= cut), default=0)
    log = read_log(path)
    assert log.samples.tolist() == sample_block(0, whole).tolist()
    assert bool(log.damage) == (min(cut, len(data)) not in [0, *(end for end, _ in ends)])


@given(place=st.integers(0, 95), value=st.integers(1, 255))
def test_any_changed_byte_of_a_block_is_found(tmp_path_factory: pytest.TempPathFactory, place: int, value: int) -> None:
    path = tmp_path_factory.mktemp("log") / "samples.blocks"
    first = bytearray(encode_block(sample_block(0, 1).tobytes(), 1))
    first[place] ^= value
    path.write_bytes(bytes(first) + encode_block(sample_block(1, 1).tobytes(), 1))
    log = read_log(path)
    assert log.samples["sequence"].tolist() == [1]
    assert log.damage == ((0, 96),)


def test_rows_of_the_battery_data_format() -> None:
    rows = BdfRows(1_795_338_000.0)
    assert rows.header() == (
        "Test Time / s,Voltage / V,Current / A,Unix Time / s,Cycle Count / 1,Step Count / 1,Record Index / 1,"
        "Step Time / s,Step Charging Capacity / Ah,Step Discharging Capacity / Ah,"
        "Ambient Temperature / degC,Ambient Pressure / Pa,Applied Pressure / Pa\n"
    )
    samples = np.array(
        [(5, 12.5, 2.5, 3.6012345, 120e-6, 3.6, 2, 1, 0, 0.001), (6, 72.5, 2.5, 3.5, -120e-6, -3.6, 3, 1, 0, 0.001)],
        SAMPLE,
    )
    assert rows.text(samples, "25,101325,") == (
        "12.500000,3.6012345,0.00012,1795338012.500000,1,2,5,2.500000,0.001,0,25,101325,\n"
        "72.500000,3.5,-0.00012,1795338072.500000,1,3,6,2.500000,0,0.001,25,101325,\n"
    )


@pytest.mark.parametrize(
    ("every_s", "count", "rows"),
    [(1.0, 50, 50), (0.1, 50, 50), (0.05, 100, 50), (0.001, 1001, 11)],
    ids=["1 Hz", "10 Hz", "20 Hz", "1 kHz"],
)
def test_at_most_ten_rows_a_second(every_s: float, count: int, rows: int) -> None:
    assert BdfRows(0.0).text(sample_block(0, count, every_s), ",,").count("\n") == rows


@given(
    gaps_ms=st.lists(st.sampled_from([0, 1, 7, 50, 99, 100, 101, 400]), min_size=1, max_size=300),
    changes=st.sets(st.integers(0, 299)),
    cuts=st.lists(st.integers(0, 300), max_size=4),
)
def test_the_rows_do_not_depend_on_how_samples_arrive(gaps_ms: list[int], changes: set[int], cuts: list[int]) -> None:
    block = sample_block(0, len(gaps_ms))
    block["time_s"] = np.cumsum(gaps_ms) / 1000
    block["step"] = np.cumsum([number in changes for number in range(len(gaps_ms))])
    one_by_one, in_pieces = BdfRows(0.0), BdfRows(0.0)
    expected = "".join(one_by_one.text(block[number : number + 1], "") for number in range(len(block)))
    assert BdfRows(0.0).text(block, "") == expected
    pieces = np.split(block, sorted(min(cut, len(block)) for cut in cuts))
    assert "".join(in_pieces.text(piece, "") for piece in pieces) == expected


def test_a_new_step_always_has_a_row() -> None:
    block = sample_block(0, 4, 0.001)
    block["step"] = [1, 1, 2, 2]
    assert [line.split(",")[5] for line in BdfRows(0.0).text(block, "").splitlines()] == ["1", "2"]


def test_ambient_readings_become_columns() -> None:
    ambient = Ambient()
    for name, quantity, reading in (
        ("cell", "temperature", Reading(298.15, "K", Quality.OK, 0, 1)),
        ("lab", "temperature", Reading(290.0, "K", Quality.OK, 0, 1)),
        ("box", "pressure", Reading(101325.0, "Pa", Quality.OK, 0, 1)),
        ("stack", "pressure", Reading(2.5e6, "Pa", Quality.OK, 0, 1)),
        ("chamber", "pressure", Reading(1e-3, "Pa", Quality.OK, 0, 1)),
    ):
        ambient.take(name, quantity, reading)
    assert ambient.columns == "25,101325,2500000"
    ambient.take("box", "pressure", Reading(101325.0, "Pa", Quality.FAULT, 1, 2))
    assert ambient.columns == "25,,2500000"


def test_rows_of_impedance() -> None:
    assert impedance_rows(impedance_points()[:1], 1000.0, 3, 2) == "40.000000,1040.000000,100000,10,-1,2,3\n"


def test_a_spectrum_as_emsa_text() -> None:
    one = Spectrum(np.array([12, 0, 7], np.uint32), 10.0, -50.0, 12.5, 15.0, 100.0, 90.0, 0.0, 15.0, 0.001)
    text = msa_text(one, spectrum_state(15e3), "LPSC point 3", "lab", datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert text.splitlines() == [
        "#FORMAT      : EMSA/MAS Spectral Data File",
        "#VERSION     : 1.0",
        "#TITLE       : LPSC point 3",
        "#DATE        : 01-JAN-2026",
        "#TIME        : 12:00",
        "#OWNER       : lab",
        "#NPOINTS     : 3.",
        "#NCOLUMNS    : 1.",
        "#XUNITS      : keV",
        "#YUNITS      : counts",
        "#DATATYPE    : Y",
        "#XPERCHAN    : 0.01",
        "#OFFSET      : -0.05",
        "#SIGNALTYPE  : EDS",
        "#BEAMKV      -kV: 15",
        "#PROBECUR    -nA: 0.5",
        "#LIVETIME  -s: 12.5",
        "#REALTIME  -s: 15",
        "#ELEVANGLE-dg: 34.3774677",
        "#SPECTRUM    : Spectral Data Starts Here",
        "12.",
        "0.",
        "7.",
        "#ENDOFDATA   :",
    ]


def test_counts_of_a_spectrum_come_back() -> None:
    one = spectrum(3)
    text = msa_text(one, spectrum_state(), "t", "o", datetime(2026, 1, 1, tzinfo=UTC))
    assert msa_counts(text) == one.counts.tolist()
    with pytest.raises(ValueError, match="no end"):
        msa_counts(text[:-20])


def test_a_journal_line_by_its_bytes(tmp_path: Path) -> None:
    body = b'{"id":1,"entry":"intent"'
    line = checked_line({"id": 1, "entry": "intent"})
    assert line == body + f',"crc32":"{zlib.crc32(body):08x}"}}\n'.encode()
    path = tmp_path / "journal.jsonl"
    path.write_bytes(line + line[:10])
    assert read_checked_lines(path) == [{"id": 1, "entry": "intent"}]
    path.write_bytes(line.replace(b'"id":1', b'"id":2'))
    with pytest.raises(RecordError, match=r"journal.jsonl:1: the checksum of the line is wrong"):
        read_checked_lines(path)


def test_events_have_no_nan_and_one_line_each(tmp_path: Path) -> None:
    line = json_line({"message": "two\nlines", "value": float("nan"), "list": [float("inf"), 1.5]})
    assert line == b'{"message":"two\\nlines","value":null,"list":[null,1.5]}\n'
    (tmp_path / "events.jsonl").write_bytes(b"\0" * 40 + line)
    assert read_json_lines(tmp_path / "events.jsonl") == [{"message": "two\nlines", "value": None, "list": [None, 1.5]}]


@given(value=st.floats(allow_nan=False), name=st.text(st.characters(exclude_characters="\0\r\n", codec="utf-8")))
def test_rows_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, value: float, name: str) -> None:
    path = tmp_path_factory.mktemp("rows") / "sensors.csv"
    row = SensorRow(0.1, 0.2, name, "pressure", value, "Pa", "ok")
    path.write_bytes(csv_header(SensorRow) + csv_line(row) + csv_line(row)[:-1])
    assert list(read_rows(path, SensorRow)) == [row]


def test_a_text_of_several_lines_stays_one_row(tmp_path: Path) -> None:
    (tmp_path / "sensors.csv").write_bytes(
        csv_header(SensorRow) + csv_line(SensorRow(0.0, 1.0, "two\nlines", "pressure", float("nan"), "Pa", "off"))
    )
    assert [row.name for row in read_rows(tmp_path / "sensors.csv", SensorRow)] == ["two lines"]
