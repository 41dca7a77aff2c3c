"""Connecting, and what is said where the vendor's library is missing."""

from pathlib import Path

import pytest
from support.biologic_bench import BioLogicBench, step
from support.one_instrument import context_for

from operando.drivers.clock import RealClock, VirtualClock
from operando.drivers.errors import ConfigMismatch, LimitRefused, TransportClosed
from operando.drivers.links import Address, LinkContext
from operando.drivers.potentiostats.biologic import open_biologic
from operando.drivers.potentiostats.biologic.loading import EClibLinks, load_eclib
from operando.drivers.roles import Galvanostatic, OpenCircuit, RunningStep


def test_connecting_asks_and_changes_nothing() -> None:
    bench = BioLogicBench()
    driver = bench.open(accepted=False)
    assert bench.fake.calls == ["connect", "plugged", "channel_infos"]
    assert bench.cell.drives == []
    assert driver.capabilities.current_range_A == (-0.1, 0.1)
    assert driver.running() is None


def test_the_identity_is_that_of_device_channel_and_library() -> None:
    identity = BioLogicBench().open().identify()
    assert (identity.vendor, identity.model, identity.serial) == ("BioLogic", "SP-150, channel 1", "8000")
    assert identity.firmware == "608, library 6.08"


def test_channels_may_have_gaps_between_them() -> None:
    bench = BioLogicBench()
    assert bench.open(channel=4).identify().model == "SP-150, channel 4"
    with pytest.raises(ConfigMismatch, match=r"no channel 2.*Plugged are: 1, 4"):
        bench.open(channel=2)


def test_a_technique_that_runs_is_found_and_not_disturbed() -> None:
    bench = BioLogicBench()
    bench.open().start(step(Galvanostatic(240e-6)))
    bench.wait(100.0)
    another = bench.open(accepted=False)
    found = another.running()
    assert isinstance(found, RunningStep) and found.step is None
    assert found.elapsed_s == pytest.approx(100.0, abs=1.0)
    assert bench.channel.state == 1 and len(bench.cell.drives) == 1


def test_a_driver_that_nobody_answers_for_starts_nothing() -> None:
    bench = BioLogicBench()
    driver = bench.open(accepted=False)
    with pytest.raises(LimitRefused, match="never been on hardware"):
        driver.start(step(OpenCircuit()))
    assert "load_technique" not in bench.fake.calls


def test_a_device_that_is_not_there() -> None:
    bench = BioLogicBench()
    bench.device.reachable = False
    with pytest.raises(TransportClosed, match=r"-201: cannot connect \(cannot establish connection\)"):
        bench.open()


def test_without_windows_it_is_said_what_is_missing_and_where_it_comes_from() -> None:
    with pytest.raises(ConfigMismatch, match=r"library for Windows.*OEM package.*observed-ec-lab"):
        load_eclib(Path("C:/nowhere"), None)


def test_without_the_package_it_is_said_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigMismatch, match=r"no EClib64\.dll in .*OEM package"):
        load_eclib(tmp_path, lambda _: BioLogicBench().fake)


def test_a_library_without_its_functions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "EClib64.dll").touch()

    class Empty:
        def __getattr__(self, name: str) -> object:
            raise AttributeError(f"function {name!r} not found")

    with pytest.raises(ConfigMismatch, match=r"cannot be used: function 'BL_GetLibVersion' not found"):
        load_eclib(tmp_path, lambda _: Empty())


def test_a_library_that_is_there_is_loaded_from_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "EClib64.dll").touch()
    asked: list[str] = []

    def loader(path: str) -> object:
        asked.append(path)
        return BioLogicBench().fake

    assert load_eclib(tmp_path, loader).version() == "6.08"
    assert asked == [str(tmp_path / "EClib64.dll")]


def test_the_scheme_has_no_wire() -> None:
    links = EClibLinks(LinkContext(RealClock()))
    for way in (links.open, links.prepare):
        with pytest.raises(ConfigMismatch, match="no wire"):
            way(Address.parse("eclib://USB0"))


def test_an_address_without_a_library_is_refused() -> None:
    with pytest.raises(ConfigMismatch, match="no library behind tcp://"):
        open_biologic(context_for([], VirtualClock()))


@pytest.mark.parametrize(("firmware", "words"), [(1, "has no kernel"), (0, "has no kernel")], ids=["of EC-Lab", "none"])
def test_a_channel_without_the_kernel_is_left_alone(firmware: int, words: str) -> None:
    bench = BioLogicBench()
    bench.channel.firmware_code = firmware
    driver = bench.open()
    with pytest.raises(Exception, match=words):
        driver.start(step(OpenCircuit()))
    assert bench.channel.firmware_code == firmware


def test_the_kernel_is_loaded_at_a_start_if_that_is_allowed() -> None:
    bench = BioLogicBench()
    bench.channel.firmware_code = 1
    driver = bench.open(load_firmware=True)
    assert "load_firmware" not in bench.fake.calls
    driver.start(step(OpenCircuit()))
    assert bench.channel.firmware_code == 5 and bench.channel.state == 1
