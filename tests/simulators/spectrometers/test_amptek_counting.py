"""Counting: presets, read-out dead time, clearing, and that looking changes nothing but the time it takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.photon_world import AmptekBench, ENERGY_eV, RATE_Hz, status_of

STATUS, SPECTRUM, SPECTRUM_AND_CLEAR, WITH_STATUS, WITH_STATUS_AND_CLEAR = (
    (0x01, 0x01),
    (0x02, 0x01),
    (0x02, 0x02),
    (0x02, 0x03),
    (0x02, 0x04),
)
CLEAR, ENABLE, DISABLE = (0xF0, 0x01), (0xF0, 0x02), (0xF0, 0x03)
STATUS_READ_OUT_S = 31e-6


def _started(configuration: str) -> AmptekBench:
    bench = AmptekBench()
    bench.order(*DISABLE)
    bench.order(*CLEAR)
    assert bench.configure(configuration) == b""
    bench.order(*ENABLE)
    return bench


def _counts(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 3], "little") for at in range(0, len(data) - len(data) % 3, 3)]


@given(pauses=st.lists(st.floats(0.001, 0.9), max_size=20))
def test_a_preset_is_reached_exactly_however_often_one_looks(pauses: list[float]) -> None:
    bench = _started("PRET=1.5;")
    for pause_s in pauses:
        bench.wait(pause_s)
        bench.order(*STATUS)
    bench.wait(3.0)
    status = status_of(bench.order(*STATUS))
    assert (status["acquired_s"], status["enabled"]) == (1.5, 0)
    assert status["fast"] == pytest.approx(1.5 * RATE_Hz, abs=len(pauses) + 1)
    assert status["slow"] == pytest.approx(0.9 * status["fast"], abs=len(pauses) + 2)
    assert sum(_counts(bench.order(*SPECTRUM, seconds=0.1))) == status["slow"]
    bench.wait(1.0)
    assert status_of(bench.order(*STATUS)) == status


def test_read_out_stops_the_acquisition_time_but_not_the_real_time() -> None:
    bench = _started("MCAC=8192;")
    for _ in range(40):
        bench.order(*SPECTRUM, seconds=0.3)
    status = status_of(bench.order(*STATUS))
    assert status["real_s"] - status["acquired_s"] == pytest.approx(40 * 2.50e-3, abs=2e-3)
    assert status["fast"] == pytest.approx(status["acquired_s"] * RATE_Hz, abs=42)


@pytest.mark.parametrize(("clock", "slower"), [("80", 1.0), ("20", 2.4)], ids=["80 MHz", "20 MHz"])
def test_read_out_takes_longer_with_the_slow_clock(clock: str, slower: float) -> None:
    bench = _started(f"CLCK={clock};MCAC=1024;")
    for _ in range(100):
        bench.order(*SPECTRUM, seconds=0.05)
    status = status_of(bench.order(*STATUS))
    assert status["real_s"] - status["acquired_s"] == pytest.approx(100 * 343e-6 * slower, abs=2e-3)


@pytest.mark.parametrize(
    ("channels", "identifier", "with_status", "bytes_"),
    [
        (256, 0x01, 0x02, 768),
        (512, 0x03, 0x04, 1536),
        (1024, 0x05, 0x06, 3072),
        (2048, 0x07, 0x08, 6144),
        (4096, 0x09, 0x0A, 12288),
        (8192, 0x0B, 0x0C, 24576),
    ],
    ids=str,
)
def test_sizes_of_spectra(channels: int, identifier: int, with_status: int, bytes_: int) -> None:
    bench = AmptekBench()
    bench.configure(f"MCAC={channels};")
    for request, pid2, length in ((SPECTRUM, identifier, bytes_), (WITH_STATUS, with_status, bytes_ + 64)):
        reply = bytes.fromhex(bench.ask(f"F5 FA {request[0]:02X} {request[1]:02X} 00 00 FE {0x0F - request[1]:02X}"))
        assert (reply[2], reply[3], int.from_bytes(reply[4:6], "big")) == (0x81, pid2, length)


def test_photons_stand_in_the_channel_of_their_energy() -> None:
    bench = _started("MCAC=1024;PRET=1.0;")
    bench.wait(2.0)
    counts = _counts(bench.order(*SPECTRUM, seconds=0.1))
    assert [channel for channel, count in enumerate(counts) if count] == [int(ENERGY_eV / 20.0)]
    assert sum(counts) == status_of(bench.order(*STATUS))["slow"]


def test_spectrum_and_status_of_one_reply_belong_together() -> None:
    bench = _started("MCAC=256;")
    bench.wait(0.5)
    data = bench.order(*WITH_STATUS, seconds=0.1)
    assert sum(_counts(data[:-64])) == status_of(data[-64:])["slow"] > 0


@pytest.mark.parametrize("request_", [SPECTRUM_AND_CLEAR, WITH_STATUS_AND_CLEAR], ids=["alone", "with status"])
def test_what_is_cleared_begins_anew_and_no_photon_is_counted_twice(request_: tuple[int, int]) -> None:
    bench = _started("MCAC=256;")
    slow = []
    for _ in range(4):
        bench.wait(0.25)
        slow.append(sum(_counts(bench.order(*request_, seconds=0.05)[: 3 * 256])))
    seen_s = 4 * (0.25 + 0.05) - 0.05
    assert sum(slow) == pytest.approx(0.9 * RATE_Hz * seen_s, abs=0.9 * RATE_Hz * (4 * 113e-6 + 0.011))
    assert status_of(bench.order(*STATUS))["acquired_s"] < 0.06


def test_disabled_it_counts_neither_photons_nor_time() -> None:
    bench = _started("MCAC=256;")
    bench.wait(0.2)
    bench.order(*DISABLE)
    before = status_of(bench.order(*STATUS))
    bench.wait(5.0)
    assert status_of(bench.order(*STATUS)) == before
    bench.order(*ENABLE)
    bench.wait(0.2)
    assert status_of(bench.order(*STATUS))["acquired_s"] > before["acquired_s"]


def test_a_raised_preset_lets_an_acquisition_go_on_from_where_it_was() -> None:
    bench = _started("PRET=0.5;")
    bench.wait(2.0)
    assert status_of(bench.order(*STATUS))["enabled"] == 0
    bench.configure("PRET=0.8;")
    assert status_of(bench.order(*STATUS))["enabled"] == 0
    bench.order(*ENABLE)
    bench.wait(2.0)
    status = status_of(bench.order(*STATUS))
    assert (status["acquired_s"], status["enabled"]) == (0.8, 0)
    assert status["fast"] == pytest.approx(0.8 * RATE_Hz, abs=2)


def test_enabling_after_the_preset_is_reached_counts_no_more() -> None:
    bench = _started("PRET=0.5;")
    bench.wait(1.0)
    before = status_of(bench.order(*STATUS))
    bench.order(*ENABLE)
    bench.wait(1.0)
    assert status_of(bench.order(*STATUS)) == before


@pytest.mark.parametrize(("state", "enabled"), [("ON", 1), ("OFF", 0)])
def test_a_configuration_may_start_and_stop_by_itself(state: str, enabled: int) -> None:
    bench = AmptekBench()
    bench.order(*(DISABLE if enabled else ENABLE))
    bench.configure(f"MCAE={state};")
    assert status_of(bench.order(*STATUS))["enabled"] == enabled


def test_a_configuration_that_does_not_name_the_analyser_leaves_it_as_it_is() -> None:
    bench = AmptekBench()
    bench.order(*DISABLE)
    bench.configure("TPEA=1.000;MCAC=256;PRET=1.0;")
    assert status_of(bench.order(*STATUS))["enabled"] == 0


def test_what_is_right_in_a_wrong_configuration_is_obeyed() -> None:
    bench = AmptekBench()
    assert bench.configure("MCAE=OFF;ABCD=1;MCAC=512;") == b"ABCD=1;"
    assert status_of(bench.order(*STATUS))["enabled"] == 0
    assert bench.order(0x20, 0x03, b"MCAC;MCAE;") == b"MCAC=512;MCAE=OFF;"


def test_a_preset_of_real_time_says_that_it_was_reached() -> None:
    bench = _started("PRER=0.50;")
    for _ in range(3):
        bench.wait(0.3)
        status = status_of(bench.order(*STATUS))
    assert (status["real_s"], status["enabled"], status["real_preset_reached"]) == (0.5, 0, 1)
    assert status["acquired_s"] == pytest.approx(0.5, abs=2e-3)


def test_the_preset_of_acquisition_time_sets_no_flag_but_stops() -> None:
    bench = _started("PRET=0.5;")
    bench.wait(1.0)
    status = status_of(bench.order(*STATUS))
    assert (status["enabled"], status["real_preset_reached"]) == (0, 0)


def test_another_number_of_channels_begins_a_new_spectrum() -> None:
    bench = _started("MCAC=256;PRET=0.5;")
    bench.wait(1.0)
    bench.configure("MCAC=512;")
    assert sum(_counts(bench.order(*SPECTRUM, seconds=0.1))) == 0
