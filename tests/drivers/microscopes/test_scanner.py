"""The scanner: what goes out for a scan, pictures with everything they must know, and every way a scan can fail."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from support.sharksem_script import SETTERS, ScriptedSem, chunk, open_scripted

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import (
    ConfigMismatch,
    LimitRefused,
    ProtocolError,
    TransportClosed,
    TransportTimeout,
)
from operando.drivers.roles import (
    BeamConditions,
    DetectorSettings,
    FrameProgress,
    FrameRequest,
    Scanner,
    StagePosition,
)

REQUEST = FrameRequest(("SE", "BSE"), (20, 10), 1e-6)
PIXELS = 200
SE, BSE = (np.arange(PIXELS, dtype="<u2") + offset for offset in (0, 1000))


@pytest.fixture
def sem() -> ScriptedSem:
    return ScriptedSem(VirtualClock())


def open_scanner(sem: ScriptedSem, *, accepted: bool = True) -> Scanner:
    scanner = open_scripted(sem, {"line_flyback": "30 us"}, accepted=accepted).scanner
    assert scanner is not None
    return scanner


def deliver(sem: ScriptedSem, frame_id: int, *, first: int = 0, end: int = PIXELS) -> None:
    for channel, pixels in enumerate((SE, BSE)):
        sem.send_pixels(chunk(frame_id, channel, first, 16, pixels[first:end].tobytes()))


def test_a_scan_is_the_recipe_of_the_sheet(sem: ScriptedSem) -> None:
    sem.values["GUIGetScanning"] = [1]
    scanner = open_scanner(sem)
    scanner.start(REQUEST)
    recipe = ["GUISetScanning", "ScStopScan", "DtSelect", "DtEnable", "ScScanXY"]
    assert [entry for entry in sem.told if entry[0] in recipe] == [
        ("GUISetScanning", 0),
        ("ScStopScan",),
        ("DtSelect", 0, 1),
        ("DtEnable", 0, 1, 16),
        ("DtSelect", 1, 8),
        ("DtEnable", 1, 1, 16),
        ("ScScanXY", 1, 20, 10, 0, 0, 19, 9, 1, 1000),
    ]
    sem.told.clear()
    deliver(sem, 1)
    assert scanner.progress().complete
    assert sem.told == [("ScStopScan",), ("DtEnable", 0, 0), ("DtEnable", 1, 0), ("GUISetScanning", 1)]


def test_a_picture_knows_everything_that_was_read_back(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    sem.clock.sleep_until(100.0)
    scanner.start(REQUEST)
    deliver(sem, 1)
    assert scanner.progress() == FrameProgress({"SE": PIXELS, "BSE": PIXELS}, PIXELS, True)
    first, second = scanner.images()
    assert (first.detector, second.detector) == ("SE", "BSE")
    assert first.pixels.tolist() == SE.reshape(10, 20).tolist()
    assert second.pixels.tolist() == BSE.reshape(10, 20).tolist()
    assert second.conditions == BeamConditions(5e3, 100e-12, 10e-3, 120e-6)
    assert second.stage == StagePosition(0.0, 13.5e-3, 90e-3)
    assert second.detector_settings == DetectorSettings(48.5, 92.5)
    assert second.pixel_size_m == pytest.approx(6e-6)
    assert second.line_time_s == pytest.approx(20e-6 + 30e-6)
    assert second.end_s - second.start_s == pytest.approx(scanner.duration_s(REQUEST)) == pytest.approx(500e-6)
    assert second.start_s == 100.0
    assert second.dwell_s == pytest.approx(1e-6)


def test_a_frame_begins_when_the_server_answers_however_long_that_takes(
    sem: ScriptedSem, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner = open_scanner(sem)
    take = sem.take

    def slow(command: str, body: bytes, identifier: int) -> list[bytes]:
        sem.clock.sleep_until(sem.clock.now() + (0.8 if command == "ScScanXY" else 0.01))
        return take(command, body, identifier)

    monkeypatch.setattr(sem, "take", slow)
    scanner.start(REQUEST)
    answered_s = sem.clock.now()
    deliver(sem, 1)
    sem.clock.sleep_until(100.0)
    scanner.progress()
    picture = scanner.images()[0]
    assert answered_s - 0.1 < picture.start_s <= answered_s
    assert picture.start_s + picture.time_uncertainty_s >= answered_s


def test_progress_never_waits_and_keeps_messages_that_are_cut(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    scanner.start(REQUEST)
    wire = chunk(1, 0, 0, 16, SE.tobytes()) + chunk(1, 1, 0, 16, BSE.tobytes())
    cuts = [0, 1, 40, 32 + 20 + 400, 32 + 20 + 400 + 31, len(wire)]
    for start, end in pairwise(cuts):
        assert not scanner.progress().complete
        sem.send_pixels(wire[start:end])
    assert scanner.progress().complete
    assert sem.clock.now() == 0.0
    assert scanner.images()[1].pixels.tolist() == BSE.reshape(10, 20).tolist()


def test_frames_of_one_request_have_identifiers_of_their_own(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    scanner.start(replace(REQUEST, frames=3))
    for frame_id in (1, 2, 3):
        deliver(sem, frame_id - 1)
        assert not scanner.progress().complete
        sem.clock.sleep_until(10.0 * frame_id)
        deliver(sem, frame_id)
        progress = scanner.progress()
    assert progress == FrameProgress({"SE": 600, "BSE": 600}, 600, True)
    assert [image.frame for image in scanner.images()] == [0, 0, 1, 1, 2, 2]
    assert [image.start_s for image in scanner.images()[::2]] == [0.0, 10.0, 20.0]
    names = sem.names()
    scans = [index for index, name in enumerate(names) if name == "ScScanXY"]
    assert all(names[index - 1] == "ScStopScan" for index in scans[1:]), "a stop is required after every start"


def test_a_lost_chunk_is_an_error_by_the_deadline_and_the_next_scan_is_right(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    scanner.start(REQUEST)
    deliver(sem, 1, end=50)
    deliver(sem, 1, first=80)
    assert scanner.progress().received == {"SE": 50, "BSE": 50}
    sem.clock.sleep_until(4.0)
    assert not scanner.progress().complete
    sem.clock.sleep_until(6.0)
    with pytest.raises(TransportTimeout, match="a chunk was lost at pixel 50"):
        scanner.progress()
    assert ("ScStopScan",) in sem.told[-4:]
    scanner.start(REQUEST)
    deliver(sem, 1)
    deliver(sem, 2)
    assert scanner.progress().complete


def test_what_arrives_after_a_stop_belongs_to_no_picture(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    scanner.start(REQUEST)
    deliver(sem, 1, end=50)
    scanner.stop()
    assert sem.told[-3:] == [("ScStopScan",), ("DtEnable", 0, 0), ("DtEnable", 1, 0)]
    assert scanner.progress() == FrameProgress({}, 0, False)
    scanner.start(REQUEST)
    deliver(sem, 1, first=50)
    assert scanner.progress().received == {"SE": 0, "BSE": 0}
    deliver(sem, 2)
    assert scanner.progress().complete


def test_there_are_no_pictures_before_the_scan_is_complete(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    with pytest.raises(ProtocolError, match="no complete scan"):
        scanner.images()
    scanner.start(REQUEST)
    deliver(sem, 1, end=199)
    scanner.progress()
    with pytest.raises(ProtocolError, match="no complete scan"):
        scanner.images()


def test_a_data_connection_that_breaks_in_a_scan_is_paired_anew_for_the_next(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    scanner.start(REQUEST)
    sem.data_links()[-1].dead = True
    with pytest.raises(TransportClosed):
        scanner.progress()
    scanner.start(REQUEST)
    assert len(sem.data_links()) == 2
    assert ("TcpRegDataPort", sem.data_links()[-1].local_port) in sem.told
    deliver(sem, 2)
    assert scanner.progress().complete


def test_a_new_control_connection_gets_a_new_data_connection(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    sem.cut()
    with pytest.raises(TransportClosed):
        scanner.start(REQUEST)
    scanner.start(REQUEST)
    deliver(sem, 1)
    assert scanner.progress().complete


def test_a_refused_scan_says_so_and_leaves_the_microscope_as_it_was(sem: ScriptedSem) -> None:
    sem.values["GUIGetScanning"] = [1]
    scanner = open_scanner(sem)
    sem.values["ScScanXY"] = [-1]
    with pytest.raises(ProtocolError, match=r"refuses to scan \(answer -1 to ScScanXY\)"):
        scanner.start(REQUEST)
    assert sem.told[-4:] == [("ScStopScan",), ("DtEnable", 0, 0), ("DtEnable", 1, 0), ("GUISetScanning", 1)]
    assert scanner.progress() == FrameProgress({}, 0, False)


def test_a_channel_with_another_detector_is_refused(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    sem.values["DtGetSelected"] = [8]
    with pytest.raises(ConfigMismatch, match="channel 0 looks through detector 8, not through 'SE'"):
        scanner.start(REQUEST)
    assert "ScScanXY" not in sem.names()


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(replace(REQUEST, bits=12), id="12 bits"),
        pytest.param(replace(REQUEST, pixels=(0, 10)), id="no pixels"),
        pytest.param(replace(REQUEST, pixels=(20, 20000)), id="too many pixels"),
        pytest.param(replace(REQUEST, dwell_s=1.0), id="too long a dwell"),
        pytest.param(replace(REQUEST, detectors=()), id="no detector"),
        pytest.param(replace(REQUEST, detectors=("SE", "SE")), id="a detector twice"),
        pytest.param(replace(REQUEST, frames=0), id="no frame"),
    ],
)
def test_what_cannot_be_scanned_is_refused_before_it_is_sent(sem: ScriptedSem, request_: FrameRequest) -> None:
    scanner = open_scanner(sem)
    with pytest.raises(LimitRefused, match="is not possible"):
        scanner.start(request_)
    assert sem.told == []


def test_a_detector_that_the_bench_does_not_name_is_refused(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem)
    with pytest.raises(ConfigMismatch, match="no detector 'CL'"):
        scanner.start(replace(REQUEST, detectors=("CL",)))
    assert sem.told == []


def test_parking_and_handing_over_stop_every_scan_and_stop_gives_the_live_image_back(sem: ScriptedSem) -> None:
    sem.values["GUIGetScanning"] = [1]
    scanner = open_scanner(sem)
    scanner.park(0.25, 1.0)
    scanner.scan_externally(True)
    assert sem.orders() == [
        ("GUISetScanning", 0),
        ("ScStopScan",),
        ("ScSetBeamPos", 0.25, 1.0),
        ("GUISetScanning", 0),
        ("ScStopScan",),
        ("ScSetExternal", 1),
    ]
    sem.told.clear()
    scanner.scan_externally(False)
    assert sem.orders() == [("ScSetExternal", 0), ("ScStopScan",), ("GUISetScanning", 1)]


def test_an_external_scan_that_is_not_confirmed_is_an_error(sem: ScriptedSem, monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = open_scanner(sem)
    monkeypatch.delitem(SETTERS, "ScSetExternal")
    with pytest.raises(ConfigMismatch, match="does not switch"):
        scanner.scan_externally(True)


@pytest.mark.parametrize(("x", "y"), [(-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_a_spot_outside_the_field_is_refused(sem: ScriptedSem, x: float, y: float) -> None:
    scanner = open_scanner(sem)
    with pytest.raises(LimitRefused, match="outside the field"):
        scanner.park(x, y)
    assert sem.told == []


def test_nothing_with_an_effect_goes_out_before_somebody_accepts_the_driver(sem: ScriptedSem) -> None:
    scanner = open_scanner(sem, accepted=False)
    with pytest.raises(LimitRefused):
        scanner.start(REQUEST)
    with pytest.raises(LimitRefused):
        scanner.stop()
    with pytest.raises(LimitRefused):
        scanner.park(0.5, 0.5)
    with pytest.raises(LimitRefused):
        scanner.scan_externally(True)
    assert sem.told == []
