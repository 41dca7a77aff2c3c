"""Under a real clock pictures are drawn beside: the microscope answers meanwhile, and the pixels are the same."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from support.bare_world import BareWorld
from support.sharksem_client import ready_to_scan
from support.zem_mouth import framed

from operando.simulators.darkroom import AtOnce, Beside
from operando.simulators.microscopes.zem import ZemMicroscope

Drawn = TypeVar("Drawn")
PATIENT_S = 20.0


class ByHand:
    """A darkroom in which a picture is done when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def develop(self, draw: Callable[[], Drawn]) -> "Future[Drawn]":
        developed: Future[Drawn] = Future()
        self.waiting.append(lambda: developed.set_result(draw()))
        return developed

    def finish(self) -> None:
        self.waiting.pop(0)()


class Zem:
    """A microscope with high voltage on, and two clients."""

    def __init__(self, darkroom: AtOnce | ByHand) -> None:
        self.microscope = ZemMicroscope(BareWorld())
        self.microscope.darkroom = darkroom
        self.snaps = self.microscope.connect("", 49152, 0.0)
        self.asks = self.microscope.connect("", 49153, 0.0)
        self.now = 0.0
        self.say("SetHV_ON:")
        self.now += 6.0

    def say(self, text: str) -> bytes:
        self.asks.feed(framed(f"${text},127.0.0.1:41367,"), self.now)
        self.now += 0.01
        return b"".join(self.asks.collect(self.now))

    def snap(self) -> None:
        """Order a small picture, and wait until its last line is over."""
        self.snaps.feed(framed("$Snap:0,1,0,3,127.0.0.1:41367,"), self.now)
        self.now += 2.0

    def answer(self) -> bytes:
        self.now += 0.01
        return b"".join(self.snaps.collect(self.now))


def test_a_zem_answers_while_it_draws_and_says_when_the_picture_is_there() -> None:
    darkroom, at_once = ByHand(), Zem(AtOnce())
    zem = Zem(darkroom)
    zem.snap()
    at_once.snap()
    assert zem.answer() == b""
    assert b"Busy" in zem.say("StatusCheck:")
    assert b"Error Code:3" in zem.say("SetMag:1000"), "nothing is changed while it draws"
    darkroom.finish()
    assert zem.snaps.due() is not None
    zem.answer()
    assert b"$Snap:Simulated Zem Service" in zem.answer()
    assert b"Idle" in zem.say("StatusCheck:")
    at_once.answer()
    assert zem.microscope.picture == at_once.microscope.picture != b""


def test_a_picture_that_is_cancelled_while_it_is_drawn_is_never_shown() -> None:
    darkroom = ByHand()
    zem = Zem(darkroom)
    zem.snap()
    zem.answer()
    assert b"Error Code:0" in zem.say("SnapCancel:")
    darkroom.finish()
    assert b"Error Code:2" in zem.answer()
    assert zem.answer() == b"" == zem.microscope.picture
    assert b"Idle" in zem.say("StatusCheck:")


def scanned(darkroom: AtOnce | ByHand) -> list[bytes]:
    """The messages of a small scan, during which the voltage is asked for."""
    _, _, client = ready_to_scan(detectors=(1,), darkroom=darkroom)
    client.ask("ScScanXY", 7, 64, 48, 0, 0, 63, 47, 1, 10_000)
    client.pass_time(1.5)
    messages = client.image_messages()
    if isinstance(darkroom, ByHand):
        assert messages == []
        assert client.ask("HVGetVoltage").name == "HVGetVoltage", "it answers while it draws"
        darkroom.finish()
        messages = client.image_messages()
    return messages


def test_a_tescan_answers_while_it_draws_and_sends_the_same_picture() -> None:
    assert scanned(ByHand()) == scanned(AtOnce()) != []


def test_a_darkroom_of_its_own_draws_in_order_and_tells_of_each() -> None:
    drawn: list[str] = []
    told: list[int] = []
    darkroom = Beside(lambda: told.append(len(drawn)))

    def draw(name: str) -> str:
        drawn.append(name)
        return name

    names = ["first", "second", "third"]
    developed = [darkroom.develop(partial(draw, name)) for name in names]
    assert [one.result(PATIENT_S) for one in developed] == names == drawn
    darkroom.close()
    assert len(told) == 3
