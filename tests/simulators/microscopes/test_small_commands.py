"""Commands with a small effect or none: that they answer, in the right form, and change what they say."""

import pytest
from support.bare_world import BareWorld
from support.sharksem_client import SharkSemClient

from operando.simulators.microscopes import TescanMicroscope, TescanSettings

INTEGERS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "HVGetIndex": ((), (1000,)),
    "HVGetFilTime": ((), (0,)),
    "SMGetMode": ((), (0,)),
    "ScGetExternal": ((), (0,)),
    "ScLUTSrcGet": ((), (1,)),
    "DtStateGet": ((8,), (0,)),
    "VacGetVPMode": ((), (0,)),
    "ArlGetStatus": ((), (-2,)),
    "StgCalibrateEx": ((), (0,)),
}


@pytest.mark.parametrize("name", INTEGERS)
def test_integers(name: str) -> None:
    asked, answered = INTEGERS[name]
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    assert client.ask(name, *asked).integers() == answered


@pytest.mark.parametrize(
    ("name", "asked", "answered"),
    [
        ("HVGetHeating", (), [0.0]),
        ("VacGetVPPress", (), [0.0]),
        ("GetSpotSize", (), [4.0]),
        ("GetCentering", (0,), [0.0, 0.0]),
        ("ScLUTParGet", (2,), [0.0, 100.0, 1.0]),
    ],
    ids=["heating", "low vacuum", "spot", "centering", "look-up table"],
)
def test_numbers(name: str, asked: tuple[int, ...], answered: list[float]) -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    assert client.ask(name, *asked).numbers() == answered


def test_maps() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    assert client.ask("HVEnumIndexes").map() == {"hv.0.min": "200", "hv.0.max": "30000", "hv.0.value": "5000"}
    assert client.ask("SMEnumModes").map()["mode.2.name"] == "FIELD"
    assert client.ask("PresetEnum").texts() == [""]
    assert client.ask("DtStateEnum").texts() == [""]
    assert client.ask("GetDeviceParams", 7).texts() == [""]


def test_changes_that_can_be_read_back() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("SetGeometry", 2, 12.0, 0.0)
    assert client.ask("GetGeometry", 2).numbers() == [12.0, 0.0]
    assert client.ask("GetGeomLimits", 9).integers()[0] == -1
    client.do("SMSetMode", 2)
    assert client.ask("SMGetMode").integers() == (2,)
    client.do("ScSetExternal", 1)
    assert client.ask("ScGetExternal").integers() == (1,)
    client.do("ScSetBlanker", 1, 2)
    assert client.ask("ScGetBlanker", 1).integers() == (2,)
    assert client.ask("ScGetBlanker").integers() == (0,)


def test_motion_with_an_answer() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    assert client.ask("StgMoveEx", 1.0).integers() == (0,)
    assert client.ask("StgMoveEx", 1.0).integers() == (-6,)


def test_the_index_of_the_voltage_while_it_changes() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("HVBeamOn")
    client.pass_time(1.0)
    assert client.ask("HVGetIndex").integers() == (0,)
    client.do("HVSetVoltage", 10000.0, 1)
    assert client.ask("HVGetIndex").integers() == (1001,)


def test_switching_off_while_switching_on() -> None:
    world = BareWorld()
    client = SharkSemClient(TescanMicroscope(world))
    client.do("HVBeamOn")
    client.do("HVBeamOff")
    client.pass_time(2.0)
    assert client.ask("HVGetBeam").integers() == (0,)
    assert not world.beam.on_specimen


def test_an_older_server_knows_no_changing_beam() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld(), TescanSettings(version="2.0.22")))
    client.do("HVBeamOn")
    assert client.ask("HVGetBeam").integers() == (0,)


def test_a_message_too_large_to_be_one_puts_the_stream_out_of_step() -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    client.control.feed(b"GetWD".ljust(16, b"\0") + b"\xff\xff\xff\x7f" + bytes(12), 0.0)
    assert client.wait_reply(patience_s=1.0) is None
    assert client.ask("GetWD").numbers() == [10.0]
