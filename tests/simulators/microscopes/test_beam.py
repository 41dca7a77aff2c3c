"""High voltage, vacuum interlock, optics, and the blanker: what the world's beam does."""

import pytest
from support.bare_world import BareWorld
from support.sharksem_client import SharkSemClient

from operando.simulators.microscopes import TescanMicroscope, TescanSettings


def with_beam_on(settings: TescanSettings | None = None) -> tuple[BareWorld, TescanMicroscope, SharkSemClient]:
    world = BareWorld()
    microscope = TescanMicroscope(world, settings)
    client = SharkSemClient(microscope)
    client.do("HVBeamOn")
    client.pass_time(1.0)
    return world, microscope, client


def reached(world: BareWorld) -> bool:
    return world.beam.on_specimen


def start_scan(client: SharkSemClient, single: int) -> None:
    client.do("DtSelect", 0, 1)
    client.do("DtEnable", 0, 1, 8)
    assert client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, single, 10000).integers() == (0,)


def test_the_beam_comes_on_in_its_time() -> None:
    world = BareWorld()
    client = SharkSemClient(TescanMicroscope(world))
    assert client.ask("HVGetBeam").integers() == (0,)
    client.do("HVBeamOn")
    assert client.now < 0.01
    client.pass_time(0.6)
    assert client.ask("HVGetBeam").integers() == (1000,)
    assert not reached(world)
    assert client.ask("HVGetBeam", flags=0x400).integers() == (1,)
    assert client.now == pytest.approx(0.7, abs=0.02)
    assert reached(world)
    assert world.beam.settings.voltage_V == 5000.0
    assert client.ask("HVGetEmission").numbers() == [64.1667]
    client.do("HVBeamOff")
    assert client.ask("HVGetBeam").integers() == (0,)
    assert not reached(world)
    assert world.beam.settings.voltage_V == 0.0


def test_without_vacuum_the_beam_is_silently_not_switched_on() -> None:
    world = BareWorld()
    world.chamber.air = True
    client = SharkSemClient(TescanMicroscope(world))
    assert client.ask("VacGetStatus").integers() == (1,)
    client.do("HVBeamOn")
    client.pass_time(5.0)
    assert client.ask("HVGetBeam").integers() == (0,)


def test_venting_and_a_lost_vacuum_take_the_beam_away() -> None:
    world, _, client = with_beam_on()
    client.do("VacVent")
    assert client.ask("HVGetBeam").integers() == (0,)
    assert client.ask("VacGetStatus").integers() == (3,)
    client.do("VacPump")
    assert client.ask("VacGetStatus").integers() == (0,)
    client.do("HVBeamOn")
    client.pass_time(1.0)
    assert reached(world)
    world.chamber.air = True
    world.advance(client.now + 6.0)
    assert not reached(world)


def test_pressures() -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    assert client.ask("VacGetPressure", 0).texts() == ["0.04"]
    assert client.ask("VacGetPressure", 3).texts() == ["nan"]
    microscope.faults.nan_pressure = True
    assert client.ask("VacGetPressure", 0).texts() == ["nan"]
    assert client.ask("ArlGetType").integers() == (0,)
    assert client.ask("Arl2GetStatus").integers() == (-2, 0)


def test_limits_are_kept_silently() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("SetWD", 0.5)
    client.do("SetViewField", 400.0)
    client.do("SetBeamCurrent", 1e9)
    client.do("HVSetVoltage", 50000.0)
    asked = [client.ask(name).numbers()[0] for name in ("GetViewField", "GetWD", "GetBeamCurrent", "HVGetVoltage")]
    assert asked == [50.0, 2.0, 400_000.0, 30_000.0]


def test_the_view_field_shifts_a_little_with_the_working_distance() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("SetWD", 15.0)
    assert client.ask("GetViewField").numbers() == [1.005]


def test_another_energy_has_another_focus_field_and_centering() -> None:
    world, _, client = with_beam_on()
    client.do("SetCentering", 4, 3.0, -2.0)
    at_5kV = world.beam.settings
    client.do("HVSetVoltage", 10000.0)
    at_10kV = world.beam.settings
    assert client.ask("GetWD").numbers() == [10.0]
    assert at_10kV.working_distance_m - at_5kV.working_distance_m == pytest.approx(40e-6)
    assert at_10kV.field_width_m / at_5kV.field_width_m == pytest.approx(1.02)
    assert at_10kV.stigmators == pytest.approx((0.0, 0.0))
    assert client.ask("GetCentering", 4).numbers() == [1.5, -0.2]
    client.do("HVSetVoltage", 5000.0)
    assert client.ask("GetCentering", 4).numbers() == [3.0, -2.0]
    assert world.beam.settings == at_5kV


def test_a_centering_that_is_not_stored_is_lost_with_the_energy() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("SetCentering", 4, 3.0, -2.0, 0)
    assert client.ask("GetCentering", 4).numbers() == [3.0, -2.0]
    client.do("HVSetVoltage", 5000.0)
    assert client.ask("GetCentering", 4).numbers() == [0.5, 0.3]


def test_enumerations() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    centerings = client.ask("EnumCenterings").map()
    assert (centerings["cen.4.name"], centerings["cen.4.count"]) == ("Stigmator", "2")
    assert client.ask("EnumGeometries").map()["geom.0.unit"] == "mm"
    client.do("SetImageShift", 0.01, -0.02)
    assert client.ask("GetGeometry", 0).numbers() == [0.01, -0.02]
    client.do("SetImageRot", 30.0)
    assert client.ask("GetImageRot").numbers() == [30.0]
    parameters = client.ask("GetDeviceParams", 1).map()
    assert parameters["HV"] == "5e3"
    assert parameters["ChamberPressure"] == "40e-3"
    assert parameters["StageZ"] == "90e-3"
    assert client.ask("GetDeviceParams", 0).map()["SerialNumber"] == "42"


BLANKER_CASES = {
    "never, at rest": (0, False, True),
    "never, scanning": (0, True, True),
    "always, at rest": (1, False, False),
    "always, scanning": (1, True, False),
    "outside scans, at rest": (2, False, False),
    "outside scans, scanning": (2, True, True),
}


@pytest.mark.parametrize("case", BLANKER_CASES)
def test_blanker_modes(case: str) -> None:
    mode, scanning, reaches = BLANKER_CASES[case]
    world, _, client = with_beam_on()
    client.do("ScSetBlanker", mode)
    assert client.ask("ScGetBlanker").integers() == (mode,)
    if scanning:
        start_scan(client, single=0)
        client.pass_time(0.01)
    assert reached(world) == reaches
    assert (world.beam.dwelling_at is None) == scanning


@pytest.mark.parametrize(("single", "goes_on"), [(1, False), (0, True)], ids=["single", "continuous"])
def test_a_client_that_dies_in_a_scan(single: int, goes_on: bool) -> None:
    world, _, client = with_beam_on()
    client.do("ScSetBlanker", 2)
    start_scan(client, single)
    client.pass_time(0.02)
    client.control.disconnect(client.now)
    assert reached(world)
    world.advance(client.now + 5.0)
    assert reached(world) == goes_on


def test_to_unblank_takes_most_of_a_second() -> None:
    world, _, client = with_beam_on(TescanSettings(blanker=1))
    client.do("ScSetBlanker", 0)
    assert not reached(world)
    assert client.ask("IsBusy", 0x400).integers() == (1,)
    client.pass_time(0.85)
    assert not reached(world)
    client.pass_time(0.1)
    assert reached(world)


def test_a_blanker_mode_asked_for_in_a_scan_counts_after_it() -> None:
    world, _, client = with_beam_on()
    start_scan(client, single=0)
    client.do("ScSetBlanker", 1)
    assert client.ask("ScGetBlanker").integers() == (1,)
    client.pass_time(1.0)
    assert reached(world)
    client.do("ScStopScan")
    assert not reached(world)


def test_a_blanker_mode_asked_for_during_the_live_image_counts_after_it() -> None:
    world, _, client = with_beam_on(TescanSettings(gui_scanning=True))
    client.do("ScSetBlanker", 1)
    assert reached(world)
    client.do("GUISetScanning", 0)
    assert not reached(world)


def test_external_scanning_stops_a_scan_and_only_always_blanks() -> None:
    world, _, client = with_beam_on(TescanSettings(blanker=2))
    start_scan(client, single=0)
    client.do("ScSetExternal", 1)
    assert client.ask("IsBusy", 0x100).integers() == (0,)
    assert (world.beam.on_specimen, world.beam.dwelling_at) == (True, None)
    client.do("ScSetBlanker", 1)
    assert not reached(world)


def test_the_parked_beam_and_the_absorbed_current() -> None:
    world, _, client = with_beam_on()
    client.do("ScSetBeamPos", 0.25, 1.5)
    assert world.beam.dwelling_at == (0.25, 1.0)
    assert client.ask("GetIAbsorbed").numbers() == [0.0]
    start_scan(client, single=0)
    assert client.ask("GetIAbsorbed").numbers() == pytest.approx([80.0])


def test_the_operators_live_image_needs_no_client_and_stands_in_the_way() -> None:
    world, _, client = with_beam_on(TescanSettings(blanker=2, gui_scanning=True))
    assert reached(world)
    client.do("DtEnable", 0, 1)
    assert client.ask("ScScanXY", 1, 64, 64, 0, 0, 63, 63, 1, 1000).integers()[0] < 0
    client.do("GUISetScanning", 0)
    assert client.ask("GUIGetScanning").integers() == (0,)
    assert not reached(world)
    start_scan(client, single=1)


def test_an_operator_changes_the_energy_and_the_gun_trips() -> None:
    world, microscope, client = with_beam_on()
    microscope.operator_sets_voltage(20000.0, now=client.now)
    client.pass_time(0.5)
    assert client.ask("HVGetBeam").integers() == (1000,)
    client.pass_time(10.0)
    assert client.ask("HVGetVoltage").numbers() == [20000.0]
    microscope.trip_beam(client.now)
    assert client.ask("HVGetBeam").integers() == (0,)
    assert not reached(world)
