"""The queue of each connection: first in first out, wait flags, the jump flag, and who is freed when."""

import pytest
from support.bare_world import BareWorld
from support.sharksem_client import SharkSemClient

from operando.simulators.microscopes import TescanMicroscope

SEND_RESPONSE, JUMP = 0x0001, 0x0002
WAIT_SCAN, WAIT_TRAVEL, WAIT_OPTICS, WAIT_PROCEDURE = 0x0100, 0x0200, 0x0400, 0x0800


def client_of(microscope: TescanMicroscope, now: float = 0.0) -> SharkSemClient:
    return SharkSemClient(microscope, now)


def test_a_waiting_command_holds_those_behind_it() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("StgMoveTo", 6.0, 13.5)
    client.send("StgGetPosition", flags=WAIT_TRAVEL)
    client.send("GetWD")
    first, second = client.wait_reply(), client.wait_reply()
    assert first is not None
    assert second is not None
    assert (first.name, second.name) == ("StgGetPosition", "GetWD")
    assert first.numbers()[0] == 6.0
    assert 2.0 < first.at < 3.0
    assert first.at < second.at < first.at + 0.01


def test_another_connection_is_not_held() -> None:
    microscope = TescanMicroscope(BareWorld())
    held, free = client_of(microscope), client_of(microscope)
    held.send("StgMoveTo", 6.0)
    held.send("GetWD", flags=WAIT_TRAVEL)
    assert free.ask("GetWD").at < 0.01
    free.do("StgStop")
    reply = held.wait_reply()
    assert reply is not None
    assert reply.at < 0.3


def test_stop_waits_behind_a_blocked_command_unless_it_jumps() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("StgMoveTo", 60.0)
    client.pass_time(1.0)
    client.send("GetWD", flags=WAIT_TRAVEL)
    client.send("StgStop")
    client.pass_time(1.0)
    client.send("StgStop", flags=JUMP)
    reply = client.wait_reply()
    assert reply is not None
    assert reply.at == pytest.approx(2.0, abs=0.01)


def test_a_synchronous_change_of_voltage_holds_the_queue_even_if_nothing_changes() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("HVSetVoltage", 5000.0, 0)
    client.send("HVGetVoltage")
    reply = client.wait_reply()
    assert reply is not None
    assert reply.numbers() == [5000.0]
    assert reply.at == pytest.approx(0.97, abs=0.01)


def test_a_jump_does_not_pass_the_command_that_is_being_executed() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("HVSetVoltage", 5000.0, 0)
    reply = client.ask("GetWD", flags=JUMP)
    assert reply.at > 0.97


def test_an_asynchronous_change_of_voltage_shows_as_busy_optics_and_can_be_aborted() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("HVSetVoltage", 15000.0, 1)
    assert client.ask("IsBusy", WAIT_OPTICS).integers() == (1,)
    assert client.ask("IsBusy", WAIT_TRAVEL).integers() == (0,)
    client.pass_time(1.0)
    client.do("HVStopAsyncProc")
    (voltage,) = client.ask("HVGetVoltage").numbers()
    assert 5000.0 < voltage < 15000.0
    assert client.ask("IsBusy", WAIT_OPTICS).integers() == (0,)


def test_delay_sets_wait_c_for_its_time() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("Delay", 2500)
    assert client.ask("GetWD", flags=WAIT_OPTICS).at == pytest.approx(2.5, abs=0.01)


def test_a_waiting_stop_lets_a_single_frame_finish() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.open_data()
    client.do("DtEnable", 0, 1, 8)
    client.do("DtSelect", 0, 1)
    assert client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 10000).integers() == (0,)
    started = client.now
    client.send("ScStopScan", flags=WAIT_SCAN | SEND_RESPONSE)
    reply = client.wait_reply()
    assert reply is not None
    assert reply.at == pytest.approx(started + 100 * (100 * 10e-6 + 30e-6), abs=0.01)
    assert len(client.receive(1, (0,), 10_000)[0].pixels) == 10_000


def test_every_command_is_answered_if_asked_to_and_echoes_its_identity() -> None:
    client = client_of(TescanMicroscope(BareWorld()))
    client.send("SetWD", 11.0, flags=SEND_RESPONSE, identity=4711)
    reply = client.wait_reply()
    assert reply is not None
    assert (reply.name, reply.identity, reply.body) == ("SetWD", 4711, b"")


def test_a_client_that_leaves_frees_its_queue_but_what_runs_goes_on() -> None:
    microscope = TescanMicroscope(BareWorld())
    leaving, staying = client_of(microscope), client_of(microscope)
    leaving.send("StgMoveTo", 6.0)
    leaving.send("SetWD", 20.0, flags=WAIT_TRAVEL)
    leaving.control.disconnect(0.5)
    staying.pass_time(10.0)
    assert staying.ask("StgGetPosition").numbers()[0] == 6.0
    assert staying.ask("GetWD").numbers() == [10.0]


def test_commands_go_on_in_time_although_nobody_collects() -> None:
    world = BareWorld()
    client = client_of(TescanMicroscope(world))
    client.send("HVBeamOn")
    client.send("HVSetVoltage", 10000.0)
    client.send("SetViewField", 0.5)
    world.advance(30.0)
    assert world.beam.settings.voltage_V == 10000.0
    assert world.beam.settings.field_width_m == pytest.approx(0.5e-3, rel=0.03)


def test_a_late_comer_is_answered_in_the_present() -> None:
    microscope = TescanMicroscope(BareWorld())
    early, late = client_of(microscope), client_of(microscope)
    early.send("HVSetVoltage", 5000.0)
    early.pass_time(0.98)
    reply = late.ask("HVGetVoltage")
    assert reply.numbers() == [5000.0]
    assert reply.at > 0.98
