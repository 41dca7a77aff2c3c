"""Scans: their answers and times, the image messages, and what can go wrong with them."""

import numpy as np
import pytest
from support.sharksem_client import ready_to_scan

SE, BSE = 1, 8


def expected(rows: range, columns: range, factor: float, bits: int) -> list[int]:
    """What the bare world's ramp becomes at normal gain and black level."""
    signal = factor * (np.array(rows)[:, None] + np.array(columns) / 1000.0) / 1000.0
    grey = np.clip(0.02 + 0.38 * signal, 0.0, 1.0) * ((1 << bits) - 1)
    return [int(value) for value in np.floor(grey + 0.5).ravel()]


def close(pixels: list[int], wanted: list[int]) -> bool:
    return len(pixels) == len(wanted) and bool(np.max(np.abs(np.subtract(pixels, wanted))) <= 1)


@pytest.mark.parametrize("bits", [8, 16])
def test_two_detectors_of_one_frame(bits: int) -> None:
    _, _, client = ready_to_scan(bits=bits)
    assert client.ask("ScScanXY", 7, 300, 200, 0, 0, 299, 199, 1, 2000).integers() == (0,)
    began = client.now
    pictures = client.receive(7, (0, 1), 60_000)
    assert client.now - began == pytest.approx(200 * (300 * 2e-6 + 30e-6), abs=1e-3)
    assert close(pictures[0].pixels, expected(range(200), range(300), 1.0, bits))
    assert close(pictures[1].pixels, expected(range(200), range(300), 2.0, bits))


def test_a_part_of_the_field_is_exposed_at_its_own_moments() -> None:
    world, _, client = ready_to_scan(detectors=(SE,))
    client.ask("ScScanXY", 7, 300, 200, 100, 50, 199, 149, 1, 2000)
    began = client.now
    pictures = client.receive(7, (0,), 10_000)
    assert close(pictures[0].pixels, expected(range(50, 150), range(100, 200), 1.0, 16))
    exposure, lines = world.exposures[0]
    assert exposure.pixels == (300, 200)
    assert exposure.start_s + lines[0] * exposure.line_time_s == pytest.approx(began, abs=2e-3)
    assert exposure.line_time_s == pytest.approx(100 * 2e-6 + 30e-6)


def test_messages_come_every_50_ms_or_32_kB_and_late_collection_draws_once() -> None:
    world, _, client = ready_to_scan()
    client.ask("ScScanXY", 7, 1024, 768, 0, 0, 1023, 767, 1, 10000)
    began = client.now
    assert client.data is not None
    dues = []
    for _ in range(3):
        due = client.data.due()
        assert due is not None
        dues.append(due - began)
        assert [len(item) for item in client.data.collect(due)] == [52 + 16 * 2048] * 2
    assert np.diff(dues) == pytest.approx(16 * (1024 * 10e-6 + 30e-6))
    world.exposures.clear()
    world.advance(began + 20.0)
    assert len(client.data.collect(began + 20.0)) == 2 * (48 - 3)
    assert [lines for _, lines in world.exposures] == [range(48, 768)]
    assert client.data.due() is None


def test_the_restart_after_a_stop_takes_most_of_a_second() -> None:
    _, _, client = ready_to_scan()
    client.send("ScStopScan")
    began = client.now
    assert client.ask("ScScanXY", 0, 256, 256, 0, 0, 255, 255, 1).integers() == (0,)
    assert client.now - began == pytest.approx(0.81, abs=0.01)


def test_the_answer_is_negative_without_a_stop_or_with_nonsense() -> None:
    _, _, client = ready_to_scan()
    good = (100, 100, 0, 0, 99, 99, 1, 1000)
    assert client.ask("ScScanXY", 1, *good).integers() == (0,)
    assert client.ask("ScScanXY", 2, *good).integers()[0] < 0
    client.pass_time(5.0)
    assert client.ask("IsBusy", 0x100).integers() == (0,)
    assert client.ask("ScScanXY", 3, *good).integers()[0] < 0
    client.do("ScStopScan")
    assert client.ask("ScScanXY", 4, 100, 100, 0, 0, 100, 99, 1, 1000).integers()[0] < 0
    assert client.ask("ScScanXY", 5, 100, 100, 60, 0, 50, 99, 1, 1000).integers()[0] < 0
    assert client.ask("ScScanXY", 6, *good).integers() == (0,)
    client.do("ScStopScan")
    client.do("DtEnable", 0, 0)
    client.do("DtEnable", 1, 0)
    assert client.ask("ScScanXY", 7, *good).integers()[0] < 0


def test_channels_cannot_change_while_scanning() -> None:
    _, _, client = ready_to_scan()
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 0, 10000)
    client.send("DtEnable", 0, 0)
    assert client.ask("DtGetEnabled", 0).integers() == (1, 16)


def test_several_frames_and_a_continuous_scan() -> None:
    world, _, client = ready_to_scan(detectors=(BSE,))
    client.ask("ScScanXY", 9, 100, 100, 0, 0, 99, 99, 3, 10000)
    frames = [client.receive(9, (0,), 10_000)[0].pixels for _ in range(3)]
    assert all(len(frame) == 10_000 for frame in frames)
    assert len({exposure.frame for exposure, _ in world.exposures}) == 3
    assert client.data is not None
    assert client.data.due() is None
    client.do("ScStopScan")
    client.ask("ScScanXY", 10, 100, 100, 0, 0, 99, 99, 0, 10000)
    began = client.now
    for _ in range(5):
        assert len(client.receive(10, (0,), 10_000)[0].pixels) == 10_000
    assert client.now - began == pytest.approx(5 * 0.103, abs=0.01)
    client.do("ScStopScan")
    assert client.data.due() is None or client.data.due() == pytest.approx(client.now, abs=0.1)


def test_lines_are_exposed_under_the_conditions_of_their_own_moment() -> None:
    world, _, client = ready_to_scan(detectors=(SE,))
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 100_000)
    client.pass_time(0.5)
    changed = client.now
    client.send("SetViewField", 0.3)
    client.pass_time(3.0)
    client.image_messages()
    (before, first), (after, second) = world.exposures
    assert (before.beam.field_width_m, after.beam.field_width_m) == pytest.approx((1e-3, 0.3e-3))
    assert first.stop == second.start
    assert before.frame != after.frame
    assert before.start_s + second.start * before.line_time_s == pytest.approx(changed, abs=before.line_time_s)


def test_gain_black_level_and_own_look_up_table() -> None:
    _, _, client = ready_to_scan(bits=8, detectors=(SE,))
    client.do("DtSetGainBlack", SE, 75.0, 60.0)
    assert client.ask("DtGetGainBlack", SE).numbers() == [75.0, 60.0]
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 1000)
    pixels = client.receive(1, (0,), 10_000)[0].pixels
    assert pixels[0] == round(0.12 * 255)
    assert pixels[-1] == pytest.approx(255 * (0.12 + 3.8 * 0.099099), abs=1)
    client.do("ScStopScan")
    client.do("ScLUTParSet", 0, 10.0, 20.0, 1.0)
    client.do("ScLUTSrcSet", 2)
    client.ask("ScScanXY", 2, 100, 100, 0, 0, 99, 99, 1, 1000)
    pixels = client.receive(2, (0,), 10_000)[0].pixels
    assert (pixels[0], pixels[-1]) == (round(0.2 * 255), 255)


def test_a_blind_channel_and_a_blanked_beam_are_dark() -> None:
    world, _, client = ready_to_scan(bits=8, detectors=(SE, 2))
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 1000)
    assert set(client.receive(1, (0, 1), 10_000)[1].pixels) == {5}
    client.do("ScStopScan")
    client.do("ScSetBlanker", 1)
    world.exposures.clear()
    client.ask("ScScanXY", 2, 100, 100, 0, 0, 99, 99, 1, 1000)
    assert set(client.receive(2, (0, 1), 10_000)[0].pixels) == {5}
    assert not world.exposures


def test_a_spot_and_a_line() -> None:
    world, _, client = ready_to_scan(bits=16, detectors=(SE,))
    assert client.ask("ScScanLine", 3, 200, 100, 50, 25, 50, 25, 10_000, 500, 0).integers() == (0,)
    client.pass_time(0.001)
    assert world.beam.dwelling_at == pytest.approx((0.2525, 0.255))
    spot = client.receive(3, (0,), 500)[0].pixels
    assert np.mean(spot) == pytest.approx(65535 * (0.02 + 0.38 * 0.02505), rel=0.02)
    assert np.std(spot) > 0
    client.do("ScStopScan")
    assert client.ask("ScScanLine", 4, 200, 100, 0, 0, 199, 99, 10_000, 400, 1).integers() == (0,)
    line = client.receive(4, (0,), 400)[0].pixels
    assert np.mean(line[300:]) > np.mean(line[:100])
    assert client.ask("ScScanLine", 5, 200, 100, 0, 0, 200, 99, 10_000, 400, 1).integers()[0] < 0


def test_time_estimate_and_speeds() -> None:
    _, _, client = ready_to_scan()
    (seconds,) = client.ask("ScGetTimeEstEx", 1024, 768, 0, 0, 1023, 767, 2, 10_000).numbers()
    assert seconds == pytest.approx(2 * 768 * (1024 * 10e-6 + 30e-6))
    assert client.ask("ScEnumSpeeds").map()["speed.2.dwell"] == "0.32"
    client.do("ScSetSpeed", 77)
    assert client.ask("ScGetSpeed").integers() == (5,)
