"""The laboratory is furnished with what the simulated bench names, all in one world."""

import struct

import pytest

from operando.drivers.clock import VirtualClock
from operando.drivers.documents import parse_document
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import Address, LinkContext
from operando.simulators.benches import simulated_bench
from operando.simulators.furnish import furnish
from operando.simulators.laboratory import Laboratory, WorldSettings
from operando.simulators.links import SimulatedLinks


def named_on_the_bench() -> set[str]:
    """The places of the addresses in the shipped bench file, without their doors."""
    data = parse_document(simulated_bench(), "bench.yaml").data
    assert isinstance(data, dict)
    addresses = [entry["address"] for entry in data["instruments"].values()]
    return {address.removeprefix("sim://").partition("/")[0] for address in addresses}


def test_every_instrument_of_the_bench_is_there() -> None:
    laboratory = furnish(WorldSettings())
    assert named_on_the_bench() == {"potentiostat", "sem", "eds", "box"}
    assert named_on_the_bench() <= set(laboratory.instruments)


def test_settings_of_the_bench_file_make_the_world() -> None:
    laboratory = Laboratory.from_settings({"preset": "fine", "seed": 3})
    assert laboratory.world.settings == WorldSettings(preset="fine", seed=3)
    assert laboratory.truth is laboratory.world.truth


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"preset": "corse"}, "did you mean 'coarse'"),
        ({"seed": -1}, "seed: must be at least 0"),
        ({"sed": 1}, "'seed'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigMismatch, match=says):
        Laboratory.from_settings(settings)


def test_gauge_on_the_wire_reads_the_box_of_the_world() -> None:
    links = SimulatedLinks(LinkContext(VirtualClock(), {"preset": "coarse", "seed": 1}))
    link = links.open(Address.parse("sim://box"))
    # KELLER 33X, Modbus RTU: read P1 as float, in bar
    link.write(bytes.fromhex("01 03 00 02 00 02 65 CB"))
    reply = b""
    while len(reply) < 9:
        reply += link.read(0.2)
    (pressure_bar,) = struct.unpack(">f", reply[3:7])
    assert pressure_bar == pytest.approx(links.laboratory.world.box.pressure_Pa(0.0) / 1e5, rel=1e-3)
    link.close()


def test_instrument_that_is_not_there_is_named() -> None:
    links = SimulatedLinks(LinkContext(VirtualClock(), {}))
    with pytest.raises(ConfigMismatch, match="no simulated instrument 'balance'"):
        links.open(Address.parse("sim://balance"))
