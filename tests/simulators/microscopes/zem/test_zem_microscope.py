"""The simulated ZEM: literal messages, manners while it is busy, and pictures of the world's specimen."""

import numpy as np
import pytest
from support.bare_world import BareWorld
from support.zem_mouth import framed

from operando.simulators.engine import Conversation
from operando.simulators.microscopes.zem import ZemMicroscope, ZemSettings

CLIENT = "127.0.0.1:41367"


class Room:
    """A microscope in a bare world, and clients of it."""

    def __init__(self, settings: ZemSettings | None = None) -> None:
        self.world = BareWorld()
        self.microscope = ZemMicroscope(self.world, settings)
        self.now = 0.0

    def client(self) -> Conversation:
        return self.microscope.connect("", 49152, self.now)

    def ask(self, text: str, client: Conversation | None = None) -> bytes:
        """The reply to a command with its arguments, 10 ms later."""
        client = client or self.client()
        client.feed(framed(f"${text},{CLIENT},"), self.now)
        self.now += 0.01
        return b"".join(client.collect(self.now))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.microscope.reach(self.now)

    def switch_on(self) -> None:
        self.ask("SetHV_ON:")
        self.wait(6.0)

    def picture(self) -> bytes:
        server = self.microscope.connect("image", 49153, self.now)
        data = b"".join(server.collect(self.now))
        assert server.closed
        return data


@pytest.mark.parametrize(
    ("datagram", "reply"),
    [
        (b"$GetMag:,127.0.0.1:41367,5976%", b"$GetMag:500,6008%"),
        (b"$SetMag:1000,127.0.0.1:41367,BE71%", b"$SetMag:Acknowledge,Error Code:0,AC1E%"),
        (b"$GetStagePos:,127.0.0.1:41367,1796%", b"$GetStagePos:0.000000,0.000000,CD1B%"),
        (
            b"$SetStagePos:10.000000,-5.000000,127.0.0.1:41367,F886%",
            b"$SetStagePos:Acknowledge,Error Code:0,699D%",
        ),
    ],
)
def test_messages_of_the_sheet(datagram: bytes, reply: bytes) -> None:
    room = Room()
    client = room.client()
    client.feed(datagram, 0.0)
    assert client.collect(0.01) == [reply]


def test_the_scan_info_of_the_sheet() -> None:
    room = Room()
    room.ask("SetMag:1000")
    assert room.ask("GetScanInfo:") == b"$GetScanInfo:127.000000,0.000000,4939%"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SetMag:1", "Acknowledge,Error Code:1"),
        ("SetMag:many", "Acknowledge,Error Code:1"),
        ("SetWD:2.0", "Acknowledge,Error Code:1"),
        ("SetStagePos:99999.0,0.0", "Acknowledge,Error Code:1"),
        ("Snap:0,9,0,0", "Acknowledge,Error Code:1"),
        ("Snap:0,1,0,9", "Acknowledge,Error Code:1"),
        ("MakeCoffee:", "Invalid command"),
        ("SetHV_ON:", ""),
        ("StatusCheck:", "Idle"),
    ],
)
def test_refusals_and_others(text: str, value: str) -> None:
    assert Room().ask(text) == framed(f"${text.partition(':')[0]}:{value},")


def test_a_wrong_checksum_is_told_and_what_has_no_form_is_not_answered() -> None:
    room = Room()
    client = room.client()
    client.feed(b"$GetMag:,127.0.0.1:41367,0000%", 0.0)
    assert client.collect(0.01) == [framed("$GetMag:Acknowledge,Error Code:4,")]
    client.feed(b"hello", 0.02)
    assert client.collect(0.1) == []


def test_without_vacuum_there_is_no_beam() -> None:
    room = Room()
    room.world.chamber.air = True
    room.switch_on()
    assert room.ask("GetHvStatus:") == framed("$GetHvStatus:0,")
    room.world.chamber.air = False
    room.switch_on()
    assert room.ask("GetHvStatus:") == framed("$GetHvStatus:1,")
    assert room.world.beam.on_specimen
    room.world.chamber.air = True
    room.wait(2.0)
    assert not room.world.beam.on_specimen


def test_a_picture_comes_when_it_is_over_and_others_wait_meanwhile() -> None:
    room = Room()
    room.switch_on()
    client = room.client()
    assert room.ask("Snap:0,5,0,3", client) == b""
    assert room.ask("StatusCheck:") == framed("$StatusCheck:Busy,")
    assert room.ask("SetMag:1000") == framed("$SetMag:Acknowledge,Error Code:3,")
    assert room.ask("Snap:0,5,0,3") == framed("$Snap:Acknowledge,Error Code:3,")
    room.wait(0.2 + 128 * 128 * 3.2e-6)
    assert client.collect(room.now + 0.01) == [framed("$Snap:Simulated Zem Service:0.0.0.0:61558,7,128,128,")]
    pixels = np.frombuffer(room.picture(), "<u2").reshape(128, 128)
    rows, columns = np.mgrid[:128, :128]
    expected = (0.02 + 0.38 * (rows + columns / 1000) / 1000) * 65535
    np.testing.assert_allclose(pixels, expected, atol=1.0)
    ((exposure, lines),) = room.world.exposures
    assert (exposure.detectors, exposure.pixels, lines) == (("SE",), (128, 128), range(128))
    assert exposure.beam.field_width_m == pytest.approx(254e-6)


def test_without_high_voltage_a_picture_is_dark() -> None:
    room = Room(ZemSettings(sixteen_bits=False))
    room.ask("Snap:0,1,0,3")
    room.wait(1.0)
    assert set(room.picture()) == {round(0.02 * 255)}
    assert not room.world.exposures


def test_a_cancelled_picture_is_answered_and_not_taken() -> None:
    room = Room()
    room.switch_on()
    client = room.client()
    room.ask("Snap:0,7,0,0", client)
    assert room.ask("SnapCancel:") == framed("$SnapCancel:Acknowledge,Error Code:0,")
    assert client.collect(room.now) == [framed("$Snap:Acknowledge,Error Code:2,")]
    room.wait(10.0)
    assert not room.world.exposures


def test_the_stage_takes_its_time_and_the_beam_follows() -> None:
    room = Room(ZemSettings(stage_scatter_um=0.0))
    room.switch_on()
    room.ask("SetStagePos:2000.0,0.0")
    assert room.ask("GetStgStatus:") == framed("$GetStgStatus:0,")
    room.wait(0.5)
    assert 0.0 < room.microscope.instrument.position_um(room.now)[0] < 2000.0
    room.wait(1.0)
    assert room.ask("GetStagePos:") == framed("$GetStagePos:2000.000000,0.000000,")
    assert room.world.beam.stage.x_m == pytest.approx(2e-3)


def test_autofocus_finds_the_specimen() -> None:
    room = Room()
    room.switch_on()
    room.ask("AutoFocus:")
    assert room.ask("CheckAutoFocus:") == framed("$CheckAutoFocus:1,")
    room.wait(9.0)
    assert room.ask("CheckAutoFocus:") == framed("$CheckAutoFocus:0,")
    assert room.microscope.instrument.working_distance_mm == pytest.approx(10.5, abs=0.02)


def test_a_handshake_and_a_model() -> None:
    room = Room(ZemSettings(model="ZEM18"))
    client = room.client()
    client.feed(framed(f"$ZepTools handshake request,{CLIENT},"), room.now)
    room.wait(0.01)
    (reply,) = client.collect(room.now)
    assert reply.startswith(b"$ZepTools Handshake")
    assert room.ask("GetModel:") == framed("$GetModel:ZEM18,")
