"""Pictures of a ZEM: ordered once, fetched whole, and lost rather than exposed twice."""

import numpy as np
import pytest
from support.timed_link import Answers
from support.zem_mouth import ZemMouth, framed

from operando.drivers.errors import (
    FramingError,
    LimitRefused,
    ProtocolError,
    TransportClosed,
    TransportTimeout,
)
from operando.drivers.microscopes.zem.message import decode
from operando.drivers.microscopes.zem.picture import offer_of
from operando.drivers.microscopes.zem.scanner import ZemScanner
from operando.drivers.roles import FrameRequest, Safety, Scanner

REQUEST = FrameRequest(("SE",), (128, 128), 3.2e-6)
FRAME_S = 128 * 128 * 3.2e-6
RAMP = np.arange(128 * 128, dtype=np.uint16).reshape(128, 128)


def scanner_of(mouth: ZemMouth) -> Scanner:
    scanner = mouth.roles().scanner
    assert scanner is not None
    return scanner


@pytest.fixture
def mouth() -> ZemMouth:
    found = ZemMouth(picture=RAMP.astype("<u2").tobytes())
    found.said["Snap"] = "Zem Service:0.0.0.0:61558,7,128,128"

    def after_the_scan(command: str, reply: bytes) -> Answers:
        return [(0.2 + FRAME_S if command == "Snap" else 4e-3, reply)]

    found.spoil = after_the_scan
    return found


def finish(mouth: ZemMouth, scanner: Scanner, at_most_s: float = 30.0) -> None:
    end_s = mouth.clock.now() + at_most_s
    while not scanner.progress().complete and mouth.clock.now() < end_s:
        mouth.clock.sleep_until(mouth.clock.now() + 0.01)


def test_a_picture_and_what_is_known_of_it(mouth: ZemMouth) -> None:
    scanner = scanner_of(mouth)
    scanner.start(REQUEST)
    ordered_s = mouth.clock.now()
    assert not scanner.progress().complete
    finish(mouth, scanner)
    (image,) = scanner.images()
    np.testing.assert_array_equal(image.pixels, RAMP)
    assert len(mouth.orders("Snap")) == 1
    assert mouth.orders("Snap")[0].startswith(b"$Snap:0,5,0,3,")
    assert mouth.orders("SetEDChanel")[0].startswith(b"$SetEDChanel:1,")
    assert image.detector == "SE"
    assert image.pixel_size_m == pytest.approx(127e-6 / 128)
    assert image.stage.x_m == pytest.approx(1.2e-3)
    begun_s = ordered_s + 0.2
    assert abs(image.start_s - begun_s) <= image.time_uncertainty_s + 0.02
    assert image.end_s - image.start_s == pytest.approx(FRAME_S)


@pytest.mark.parametrize(
    ("model", "depth", "data", "dtype"),
    [
        ("ZEM20", 7, RAMP.astype("<u2").tobytes(), np.uint16),
        ("ZEM18", 7, RAMP.astype(">u2").tobytes(), np.uint16),
        ("ZEM20", 0, (RAMP & 0xFF).astype(np.uint8).tobytes(), np.uint8),
    ],
)
def test_bytes_of_a_pixel(mouth: ZemMouth, model: str, depth: int, data: bytes, dtype: type) -> None:
    mouth.said |= {"GetModel": model, "Snap": f"Zem Service:0.0.0.0:1,{depth},128,128"}
    mouth.picture = data
    scanner = scanner_of(mouth)
    scanner.start(REQUEST)
    finish(mouth, scanner)
    pixels = scanner.images()[0].pixels
    assert pixels.dtype == dtype
    np.testing.assert_array_equal(pixels, RAMP & (0xFF if depth == 0 else 0xFFFF))


def test_several_frames_are_ordered_one_by_one(mouth: ZemMouth) -> None:
    scanner = scanner_of(mouth)
    scanner.start(FrameRequest(("SE",), (128, 128), 3.2e-6, frames=3))
    finish(mouth, scanner)
    starts = [image.start_s for image in scanner.images()]
    assert (len(mouth.orders("Snap")), len(starts)) == (3, 3)
    assert starts == sorted(starts)


def test_a_lost_order_or_reply_loses_the_picture_and_is_not_ordered_again(mouth: ZemMouth) -> None:
    scanner = scanner_of(mouth)
    mouth.spoil = lambda command, reply: [] if command == "Snap" else [(4e-3, reply)]
    scanner.start(REQUEST)
    with pytest.raises(TransportTimeout, match="not ordered again"):
        finish(mouth, scanner)
    assert len(mouth.orders("Snap")) == 1
    with pytest.raises(ProtocolError):
        scanner.images()


def test_repeated_replies_are_one_picture_and_the_next_picture_is_the_next(mouth: ZemMouth) -> None:
    scanner = scanner_of(mouth)

    def twice(command: str, reply: bytes) -> Answers:
        delay_s = 0.2 + FRAME_S if command == "Snap" else 4e-3
        return [(delay_s, reply), (delay_s, reply), (delay_s + 0.5, reply)]

    mouth.spoil = twice
    for value in (1, 2):
        mouth.picture = np.full((128, 128), value, "<u2").tobytes()
        scanner.start(REQUEST)
        finish(mouth, scanner)
        assert set(scanner.images()[0].pixels.flat) == {value}


@pytest.mark.parametrize("breaks", [[0], [100], [100, 20_000]])
def test_a_connection_that_breaks_is_opened_anew_without_another_exposure(mouth: ZemMouth, breaks: list[int]) -> None:
    mouth.cut_after = list(breaks)
    scanner = scanner_of(mouth)
    scanner.start(REQUEST)
    finish(mouth, scanner)
    np.testing.assert_array_equal(scanner.images()[0].pixels, RAMP)
    assert len(mouth.orders("Snap")) == 1


def test_one_that_breaks_three_times_is_an_error(mouth: ZemMouth) -> None:
    mouth.cut_after = [100, 100, 100]
    scanner = scanner_of(mouth)
    scanner.start(REQUEST)
    with pytest.raises(TransportClosed, match="3 times"):
        finish(mouth, scanner)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("Acknowledge,Error Code:5", ProtocolError),
        ("Acknowledge,Error Code:3", ProtocolError),
        ("Zem Service:0.0.0.0:1,7,512,512", FramingError),
        ("Zem Service:0.0.0.0:1,3,128,128", FramingError),
        ("nothing", FramingError),
    ],
)
def test_replies_that_are_no_picture(mouth: ZemMouth, said: str, error: type[Exception]) -> None:
    mouth.said["Snap"] = said
    scanner = scanner_of(mouth)
    scanner.start(REQUEST)
    with pytest.raises(error):
        finish(mouth, scanner)
    assert not scanner.progress().complete


@pytest.mark.parametrize(
    "request_of",
    [
        FrameRequest(("SE",), (640, 480), 3.2e-6),
        FrameRequest(("SE",), (128, 128), 3.0e-6),
        FrameRequest(("SE", "BSE"), (128, 128), 3.2e-6),
        FrameRequest(("CL",), (128, 128), 3.2e-6),
        FrameRequest(("SE",), (128, 128), 3.2e-6, frames=0),
    ],
)
def test_pictures_that_it_has_not(mouth: ZemMouth, request_of: FrameRequest) -> None:
    scanner = scanner_of(mouth)
    with pytest.raises(LimitRefused):
        scanner.start(request_of)
    assert not mouth.heard


def test_stopping_and_making_safe_end_a_scan(mouth: ZemMouth) -> None:
    scanner = scanner_of(mouth)
    scanner.start(REQUEST)
    scanner.stop()
    assert mouth.orders("SnapCancel")
    assert not scanner.progress().complete
    assert scanner.make_safe().safety is Safety.CONFIRMED
    mouth.said["StatusCheck"] = "Busy"
    assert scanner.make_safe().safety is Safety.UNSAFE


def test_no_frame_is_ordered_after_the_microscope_was_made_safe(mouth: ZemMouth) -> None:
    roles = mouth.roles()
    column, scanner = roles.column, roles.scanner
    assert column is not None
    assert scanner is not None
    scanner.start(FrameRequest(("SE",), (128, 128), 3.2e-6, frames=2))
    column.make_safe()
    with pytest.raises(ProtocolError, match="made safe"):
        finish(mouth, scanner)
    assert len(mouth.orders("Snap")) == 1


def test_an_order_that_crosses_with_making_safe_is_cancelled(mouth: ZemMouth) -> None:
    roles = mouth.roles()
    column, scanner = roles.column, roles.scanner
    assert column is not None
    assert scanner is not None
    usual = mouth.spoil
    assert usual is not None

    def cross(command: str, reply: bytes) -> Answers:
        if command == "Snap":
            column.make_safe()
        return usual(command, reply)

    mouth.spoil = cross
    with pytest.raises(ProtocolError, match="made safe"):
        scanner.start(REQUEST)
    assert mouth.orders("SnapCancel")
    assert not scanner.progress().complete


@pytest.mark.parametrize(
    ("ip", "address"),
    [("127.0.0.1", "tcp://10.0.0.9:4000"), ("0.0.0.0", "tcp://10.0.0.9:4000"), ("10.0.0.7", "tcp://10.0.0.7:4000")],
)
def test_where_a_picture_is_fetched_if_the_microscope_says_here(ip: str, address: str) -> None:
    mouth = ZemMouth()
    roles = mouth.roles({"image": None})
    assert isinstance(roles.scanner, ZemScanner)
    reply = decode(framed(f"$Snap:Zem Service:{ip}:4000,0,128,128,"))
    assert str(offer_of(reply, roles.scanner.zem).address) == address
