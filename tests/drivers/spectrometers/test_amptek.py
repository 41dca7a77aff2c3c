"""The spectrometer: settings read back, live time kept, spectra with their times, safety; and bad wires."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
from pydantic import JsonValue
from support.one_instrument import context_for
from support.timed_link import Answers, TimedLink
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import (
    ConfigMismatch,
    FramingError,
    LimitRefused,
    ProtocolError,
    StaleReply,
    TransportTimeout,
)
from operando.drivers.roles import EdsSettings, EdsSpectrometer, Safety
from operando.drivers.spectrometers.amptek import open_amptek_dp5
from operando.drivers.spectrometers.amptek_frames import build_packet
from operando.drivers.spectrometers.amptek_status import decode_status

SHEET_STATUS = bytes.fromhex(
    "31 18 00 00 0B 17 00 00 00 00 00 00 00 03 00 00 00 00 00 00 2C 01 00 00 69 61 39 30 00 00 FF 24"
    "08 98 1E 22 00 09 80 00" + 24 * "00"
)
OK = build_packet(0xFF, 0x00)
DATAGRAM = 520


def status(fast: int = 0, slow: int = 0, acquired_s: float = 0.0, *, enabled: bool, device: int = 0) -> bytes:
    data = bytearray(SHEET_STATUS)
    struct.pack_into("<II", data, 0, fast, slow)
    tenths, milliseconds = divmod(round(acquired_s * 1000), 100)
    data[12:16] = bytes([milliseconds]) + tenths.to_bytes(3, "little")
    struct.pack_into("<I", data, 20, round(acquired_s * 1000))
    data[35] = 0x22 if enabled else 0x02
    data[39] = device
    return bytes(data)


Spoil = Callable[[bytes], bytes]


def unchanged(packet: bytes) -> bytes:
    return packet


class Mouth:
    """Answers requests as the sheet says; the test sets what it has to say."""

    def __init__(self, clock: VirtualClock, links: int = 1) -> None:
        self.status = status(enabled=False)
        self.settings = b"TPEA=4.000;MCAC=2048;"
        self.requests: list[tuple[int, int, bytes]] = []
        self.delay_s = 4e-3
        self.spoil: Spoil = unchanged
        self.clock = clock
        self.links = [TimedLink(self._respond, clock) for _ in range(links)]

    def open(self, options: dict[str, JsonValue] | None = None) -> EdsSpectrometer:
        eds = open_amptek_dp5(context_for(self.links, self.clock, options)).eds
        assert eds is not None
        self.requests.clear()
        return eds

    def _respond(self, data: bytes) -> Answers:
        pid1, pid2 = data[2:4]
        self.requests.append((pid1, pid2, data[6:-2]))
        packet = self.spoil(self._answer(pid1, pid2, data[6:-2]))
        return [(self.delay_s, packet[at : at + DATAGRAM]) for at in range(0, len(packet), DATAGRAM)]

    def _answer(self, pid1: int, pid2: int, data: bytes) -> bytes:
        match pid1, pid2:
            case 0x01, 0x01:
                return build_packet(0x80, 0x01, self.status)
            case 0x02, 0x03:
                counts = b"".join((i % 300 + 70000 * (i == 5)).to_bytes(3, "little") for i in range(2048))
                return build_packet(0x81, 0x08, counts + self.status)
            case 0x20, 0x03:
                return build_packet(0x82, 0x07, self.settings)
            case 0xF1, 0x7F:
                return build_packet(0x8F, 0x7F, data)
            case _:
                return OK


@pytest.fixture
def mouth() -> Mouth:
    return Mouth(VirtualClock(), links=2)


def test_connecting_reads_the_status_and_sends_nothing_else() -> None:
    clock = VirtualClock()
    reply = bytes.fromhex("F5 FA 80 01 00 40") + SHEET_STATUS + bytes.fromhex("F8 F6")
    transcript = Transcript([(bytes.fromhex("F5 FA 01 01 00 00 FE 0F"), [reply])] * 2, clock)
    eds = open_amptek_dp5(context_for([transcript], clock, accepted=False)).eds
    assert eds is not None
    identity = eds.identify()
    assert transcript.done()
    assert (identity.model, identity.serial, identity.firmware) == ("DP5", "12345", "6.09.09")


def test_the_status_of_the_sheet() -> None:
    found = decode_status(SHEET_STATUS)
    assert (found.fast_count, found.slow_count, found.enabled) == (6193, 5899, True)
    assert (found.acquisition_time_s, found.real_time_s) == (0.3, 0.3)
    assert found.live_time_s == pytest.approx(0.3 * 5899 / 6193)


@pytest.mark.parametrize(("fast", "slow", "live_s"), [(0, 0, 2.0), (90, 100, 2.0), (100, 0, 2.0), (200, 150, 1.5)])
def test_live_time_is_guarded_against_a_badly_set_fast_channel(fast: int, slow: int, live_s: float) -> None:
    assert decode_status(status(fast, slow, 2.0, enabled=True)).live_time_s == live_s


def test_another_device_is_refused(mouth: Mouth) -> None:
    mouth.status = status(enabled=False, device=3)
    with pytest.raises(ConfigMismatch, match="MCA8000D"):
        mouth.open()


def test_unknown_options_are_refused(mouth: Mouth) -> None:
    with pytest.raises(ConfigMismatch, match="channel_width_eV"):
        mouth.open({"channel_width": 10})


def test_settings_are_set_without_storing_and_read_back(mouth: Mouth) -> None:
    mouth.open().configure(EdsSettings(2048, 4e-6))
    assert mouth.requests == [(0x20, 0x04, b"TPEA=4.000;MCAC=2048;"), (0x20, 0x03, b"TPEA;MCAC;")]


@pytest.mark.parametrize("read_back", [b"TPEA=3.200;MCAC=2048;", b"TPEA=4.000;MCAC=1024;", b"TPEA=??;MCAC=2048;", b""])
def test_settings_that_did_not_take_are_told(mouth: Mouth, read_back: bytes) -> None:
    mouth.settings = read_back
    with pytest.raises(ConfigMismatch, match="asked for"):
        mouth.open().configure(EdsSettings(2048, 4e-6))


@pytest.mark.parametrize("settings", [EdsSettings(1000), EdsSettings(2048, 200e-6)], ids=["channels", "peaking time"])
def test_settings_that_it_does_not_have_are_not_sent(mouth: Mouth, settings: EdsSettings) -> None:
    eds = mouth.open()
    with pytest.raises(LimitRefused):
        eds.configure(settings)
    assert mouth.requests == []


@pytest.mark.parametrize(
    ("live_s", "text"), [(1.5, b"PRET=1.5;"), (0.1, b"PRET=0.1;"), (0.21, b"PRET=0.3;"), (0.3, b"PRET=0.3;")]
)
def test_a_start_stops_clears_presets_and_enables(mouth: Mouth, live_s: float, text: bytes) -> None:
    mouth.open().start(live_s)
    assert mouth.requests == [(0xF0, 0x03, b""), (0xF0, 0x01, b""), (0x20, 0x04, text), (0xF0, 0x02, b"")]


def test_too_short_a_time_is_refused(mouth: Mouth) -> None:
    with pytest.raises(LimitRefused, match=r"0\.1 s"):
        mouth.open().start(0.05)


def test_an_acquisition_goes_on_until_the_live_time_is_reached(mouth: Mouth) -> None:
    eds = mouth.open()
    eds.start(1.0)
    mouth.status = status(500, 400, 0.5, enabled=True)
    assert eds.acquiring()
    mouth.requests.clear()
    mouth.status = status(1000, 800, 1.0, enabled=False)
    assert eds.acquiring(), "only 0.8 s of live time"
    assert mouth.requests[1:] == [(0x20, 0x04, b"PRET=1.3;"), (0xF0, 0x02, b"")]
    mouth.status = status(1300, 1040, 1.3, enabled=False)
    assert not eds.acquiring()
    assert eds.spectrum().live_time_s == pytest.approx(1.04)


@pytest.mark.parametrize(
    "found",
    [status(1000, 400, 0.4, enabled=False), status(10**6, 10, 10.0, enabled=False)],
    ids=["stopped by somebody", "hardly anything gets through"],
)
def test_an_acquisition_is_not_carried_on_for_ever(mouth: Mouth, found: bytes) -> None:
    eds = mouth.open()
    eds.start(1.0)
    mouth.status = found
    assert not eds.acquiring()


def test_a_stop_is_not_undone(mouth: Mouth) -> None:
    eds = mouth.open()
    eds.start(1.0)
    eds.stop()
    mouth.status = status(1000, 500, 1.0, enabled=False)
    assert not eds.acquiring()


def test_a_spectrum_with_its_times(mouth: Mouth) -> None:
    eds = mouth.open({"channel_width_eV": 5.0, "offset_eV": -20.0, "calibrated_channels": 4096})
    mouth.clock.sleep_until(50.0)
    eds.start(2.0)
    enabled_s = 50.0 + 3.5 * mouth.delay_s
    mouth.status = status(4000, 3000, 2.0, enabled=False)
    mouth.clock.sleep_until(60.0)
    found = eds.spectrum()
    assert found.counts.dtype == np.uint32
    assert (len(found.counts), found.counts[5], found.counts[299]) == (2048, 70005, 299)
    assert (found.channel_width_eV, found.offset_eV) == (10.0, -20.0), "half the channels, twice the width"
    assert (found.live_time_s, found.real_time_s) == (1.5, 2.0)
    assert (found.input_rate_Hz, found.output_rate_Hz) == (2000.0, 1500.0)
    assert found.start_s == pytest.approx(enabled_s)
    assert found.end_s == pytest.approx(enabled_s + 2.0)
    assert found.time_uncertainty_s == pytest.approx(mouth.delay_s / 2 + 1e-3)


@pytest.mark.parametrize(("share", "pid2"), [(False, 0x21), (True, 0x20)])
def test_the_claim_is_kept(mouth: Mouth, share: bool, pid2: int) -> None:
    mouth.open({"share": share}).keep_alive()
    assert mouth.requests == [(0xF0, pid2, b"")]


def test_safe_is_read_back(mouth: Mouth) -> None:
    eds = mouth.open()
    assert eds.make_safe().safety is Safety.CONFIRMED
    assert mouth.requests == [(0xF0, 0x03, b""), (0x01, 0x01, b"")]
    mouth.status = status(enabled=True)
    assert eds.make_safe().safety is Safety.UNSAFE
    mouth.links[0].cut = True
    mouth.status = status(enabled=False)
    assert eds.make_safe().safety is Safety.CONFIRMED, "over the second link"
    mouth.links[1].cut = True
    assert eds.make_safe().safety is Safety.UNKNOWN


def test_refusals_have_a_meaning(mouth: Mouth) -> None:
    eds = mouth.open()
    mouth.spoil = lambda _: build_packet(0xFF, 0x05, b"MCAC=777;")
    with pytest.raises(ProtocolError, match=r"bad parameter.*MCAC=777;"):
        eds.configure(EdsSettings())
    mouth.spoil = unchanged
    assert not eds.acquiring(), "the next exchange is right"


def spoil_checksum(packet: bytes) -> bytes:
    return packet[:-1] + bytes([packet[-1] ^ 1])


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda _: b"", TransportTimeout),
        (lambda packet: packet[:100], FramingError),
        (spoil_checksum, FramingError),
        (lambda _: b"not a packet at all", FramingError),
        (lambda _: build_packet(0x82, 0x07, b"TPEA=4.000;"), StaleReply),
    ],
    ids=["silence", "a lost datagram", "a wrong checksum", "garbage", "another answer"],
)
def test_a_bad_wire_is_the_right_error_and_then_right_again(mouth: Mouth, spoil: Spoil, error: type[Exception]) -> None:
    eds = mouth.open()
    before_s = mouth.clock.now()
    mouth.spoil = spoil
    with pytest.raises(error):
        eds.spectrum()
    assert mouth.clock.now() - before_s < 1.5
    mouth.spoil = unchanged
    assert eds.spectrum().counts[299] == 299


def test_a_late_answer_is_never_taken_for_the_next_one(mouth: Mouth) -> None:
    eds = mouth.open()
    mouth.delay_s = 1.2
    mouth.status = status(1, 1, 1.0, enabled=False)
    with pytest.raises(TransportTimeout):
        eds.spectrum()
    mouth.status = status(2, 2, 2.0, enabled=False)
    mouth.delay_s = 0.9
    assert eds.spectrum().real_time_s == 2.0
