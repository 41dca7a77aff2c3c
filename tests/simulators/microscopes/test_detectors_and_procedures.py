"""Detectors as TESCAN lists them, and automatic procedures that return at once and take their time."""

import pytest
from support.bare_world import BareWorld
from support.sharksem_client import SharkSemClient

from operando.simulators.microscopes import TescanMicroscope, TescanSettings

WAIT_PROCEDURE = 0x0800


def with_beam_on() -> tuple[BareWorld, SharkSemClient]:
    world = BareWorld()
    client = SharkSemClient(TescanMicroscope(world, TescanSettings(blanker=2)))
    client.do("HVBeamOn")
    client.do("DtSelect", 0, 1)
    client.do("DtEnable", 0, 1, 16)
    client.pass_time(1.0)
    return world, client


def test_detectors_by_name_and_number() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    listed = client.ask("DtEnumDetectors").map()
    numbers = {listed[f"det.{index}.name"]: listed[f"det.{index}.detector"] for index in range(len(listed) // 2)}
    assert (numbers["SE"], numbers["BSE"], numbers["BSE Q4"], numbers["In-Beam SE"]) == ("1", "8", "7", "10")
    assert "0" not in numbers.values()
    assert client.ask("DtGetChannels").integers() == (8,)
    assert [client.ask("DtGetSelected", channel).integers()[0] for channel in range(8)] == [0] * 8
    client.do("DtSelect", 3, 8)
    assert client.ask("DtGetSelected", 3).integers() == (8,)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("DtSelect", (0, 11)),
        ("DtSelect", (8, 1)),
        ("DtGetSelected", (8,)),
        ("DtEnable", (0, 1, 12)),
        ("DtGetGainBlack", (0,)),
        ("ScSetBlanker", (3,)),
        ("GetCentering", (3,)),
    ],
    ids=["no such detector", "no such channel", "channel asked", "12 bits", "detector 0", "blanker 3", "no centering"],
)
def test_wrong_values_are_ignored(name: str, values: tuple[int, ...]) -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.send(name, *values, flags=0x0001)
    assert client.wait_reply(patience_s=5.0) is None


@pytest.mark.parametrize(("name", "seconds"), [("AutoWD", 20.0), ("AutoWDFine", 8.0)])
def test_autofocus_finds_the_best_working_distance(name: str, seconds: float) -> None:
    world, client = with_beam_on()
    client.do("HVSetVoltage", 10000.0)
    client.do(name, 0)
    began = client.now
    assert client.ask("IsBusy", WAIT_PROCEDURE).integers() == (1,)
    assert (world.beam.on_specimen, world.beam.dwelling_at) == (True, None)
    found = client.ask("GetWD", flags=WAIT_PROCEDURE)
    assert found.at - began == pytest.approx(seconds, abs=0.01)
    assert world.beam.settings.working_distance_m == pytest.approx(10.5e-3, abs=8e-6)
    assert found.numbers()[0] == pytest.approx(10.5 - 0.04, abs=8e-3)
    assert not world.beam.on_specimen


def test_autofocus_keeps_its_range_and_needs_a_free_scanner() -> None:
    _, client = with_beam_on()
    client.do("AutoWD", 0, 9.0, 10.2)
    assert client.ask("GetWD", flags=WAIT_PROCEDURE).numbers() == [10.2]
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 0, 1000)
    client.send("AutoWD", 0)
    assert client.ask("IsBusy", WAIT_PROCEDURE).integers() == (0,)


def test_without_a_beam_autofocus_finds_nothing() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("DtSelect", 0, 1)
    client.do("AutoWD", 0)
    assert client.ask("GetWD", flags=WAIT_PROCEDURE).numbers() == [10.0]


def test_with_the_beam_blanked_autofocus_finds_nothing() -> None:
    _, client = with_beam_on()
    client.do("ScSetBlanker", 1)
    client.do("AutoWD", 0)
    assert client.ask("GetWD", flags=WAIT_PROCEDURE).numbers() == [10.0]


def test_no_scan_starts_while_a_procedure_runs() -> None:
    _, client = with_beam_on()
    client.do("AutoColumn", 0)
    assert client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 1000).integers()[0] < 0
    assert client.ask("ScScanXY", 2, 100, 100, 0, 0, 99, 99, 1, 1000, flags=WAIT_PROCEDURE).integers() == (0,)


def test_automatic_signal_fills_the_scale() -> None:
    _, client = with_beam_on()
    client.open_data()
    client.do("DtAutoSignal", 0)
    gain, black = client.ask("DtGetGainBlack", 1, flags=WAIT_PROCEDURE).numbers()
    assert gain > 60.0
    assert black == pytest.approx(53.0, abs=0.5)
    client.ask("ScScanXY", 1, 64, 48, 0, 0, 63, 47, 1, 10_000)
    pixels = client.receive(1, (0,), 64 * 48)[0].pixels
    assert min(pixels) < 0.1 * 65535
    assert max(pixels) > 0.8 * 65535


def test_automatic_stigmators_are_a_version_3_command() -> None:
    _, client = with_beam_on()
    client.do("SetCentering", 4, 9.0, 9.0)
    client.do("AutoStigmators", 0)
    assert client.ask("GetCentering", 4, flags=WAIT_PROCEDURE).numbers() == [0.5, 0.3]


def test_identity_and_session() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    assert client.ask("TcpGetSWVersion").texts() == ["Version 1.2.3.1, build 6173"]
    assert client.ask("TcpGetDevice").texts() == ["42"]
    assert client.ask("TcpGetModel").texts() == ["simulated MIRA"]
    assert client.ask("IsLicenseValid", "SharkSEM RCA").integers() == (1,)
    header = client.ask("GetImgHdr", 0, 1024, 1e-6, 0, 1, 2.5e-7).texts()[0]
    assert "PixelSizeX=250e-9\n" in header
    assert "DwellTime=1e-6\n" in header
