"""Safe means confirmed: read back on a connection of its own, unknown when nobody answers."""

import pytest
from support.sharksem_script import SETTERS, ScriptedSem, open_scripted

from operando.drivers.bench.roles import Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ProtocolError
from operando.drivers.roles import FrameProgress, FrameRequest, Instrument, Safety


@pytest.fixture
def sem() -> ScriptedSem:
    return ScriptedSem(VirtualClock())


def role(roles: Roles, name: str) -> Instrument:
    found: Instrument | None = getattr(roles, name)
    assert found is not None
    return found


SAFE = [
    ("column", [("ScStopScan",), ("ScSetBlanker", 1), ("ScGetBlanker",), ("IsBusy", 0x900)], "beam blanked"),
    ("stage", [("StgStop",), ("StgIsBusy",)], "stage stands"),
    ("scanner", [("ScStopScan",), ("GUISetScanning", 0), ("IsBusy", 0x100)], "no scan runs"),
    ("detectors", [], "detectors need no safe state"),
]


@pytest.mark.parametrize(("name", "told", "detail"), SAFE, ids=[row[0] for row in SAFE])
def test_the_safe_state_is_confirmed(sem: ScriptedSem, name: str, told: list[tuple[object, ...]], detail: str) -> None:
    state = role(open_scripted(sem), name).make_safe()
    assert (state.instrument, state.safety, state.detail) == ("sem", Safety.CONFIRMED, detail)
    assert sem.told == told


@pytest.mark.parametrize("name", ["column", "stage", "scanner"])
def test_it_works_although_nobody_accepted_the_driver_and_the_control_connection_is_dead(
    sem: ScriptedSem, name: str
) -> None:
    roles = open_scripted(sem, accepted=False)
    sem.links[0].dead = True
    assert role(roles, name).make_safe().safety is Safety.CONFIRMED


@pytest.mark.parametrize(
    ("name", "question", "detail"),
    [
        ("stage", "StgIsBusy", "the instrument does not confirm: stage stands"),
        ("scanner", "IsBusy", "the instrument does not confirm: no scan runs"),
        ("column", "IsBusy", "the instrument does not confirm: high voltage off, because a procedure scans"),
    ],
)
def test_what_goes_on_is_unsafe(sem: ScriptedSem, name: str, question: str, detail: str) -> None:
    roles = open_scripted(sem)
    sem.values[question] = [1]
    state = role(roles, name).make_safe()
    assert (state.safety, state.detail) == (Safety.UNSAFE, detail)
    assert sem.clock.now() < 5.0, "the bench waits 5 s for everybody"


def test_the_high_voltage_goes_off_when_a_procedure_scans_on(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    sem.values["IsBusy"] = [1]
    sem.values["HVGetBeam"] = [0]
    state = role(roles, "column").make_safe()
    assert (state.safety, state.detail) == (Safety.CONFIRMED, "high voltage off, because a procedure scans")
    assert [row[0] for row in sem.told][-3:] == ["IsBusy", "HVBeamOff", "HVGetBeam"]


def test_a_blanker_that_does_not_obey_is_unsafe(sem: ScriptedSem, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = open_scripted(sem)
    monkeypatch.delitem(SETTERS, "ScSetBlanker")
    assert role(roles, "column").make_safe().safety is Safety.UNSAFE


@pytest.mark.parametrize("name", ["column", "stage", "scanner"])
def test_a_dead_link_is_unknown_and_a_link_that_returns_is_made_safe(sem: ScriptedSem, name: str) -> None:
    roles = open_scripted(sem)
    sem.unplugged = True
    sem.cut()
    assert role(roles, name).make_safe().safety is Safety.UNKNOWN
    sem.unplugged = False
    assert role(roles, name).make_safe().safety is Safety.CONFIRMED


def test_a_scan_that_begins_while_the_microscope_is_made_safe_is_ended(
    sem: ScriptedSem, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner = open_scripted(sem).scanner
    assert scanner is not None
    take = sem.take

    def made_safe_just_before(command: str, body: bytes, identifier: int) -> list[bytes]:
        if command == "ScScanXY":
            assert scanner.make_safe().safety is Safety.CONFIRMED
        return take(command, body, identifier)

    monkeypatch.setattr(sem, "take", made_safe_just_before)
    with pytest.raises(ProtocolError, match="made safe while the scan began"):
        scanner.start(FrameRequest(("SE",), (20, 10), 1e-6))
    after_start = sem.names()[sem.names().index("ScScanXY") :]
    assert after_start == ["ScScanXY", "ScStopScan", "DtEnable"]
    assert scanner.progress() == FrameProgress({}, 0, False)


def test_a_link_that_broke_unnoticed_is_opened_anew_at_once(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    sem.cut()
    assert role(roles, "column").make_safe().safety is Safety.CONFIRMED


@pytest.mark.parametrize("name", ["column", "stage", "scanner"])
def test_silence_is_unknown(sem: ScriptedSem, name: str) -> None:
    roles = open_scripted(sem)
    sem.silent |= {"ScGetBlanker", "StgIsBusy", "IsBusy"}
    state = role(roles, name).make_safe()
    assert state.safety is Safety.UNKNOWN
    assert sem.clock.now() < 5.0


def test_a_scan_that_was_made_safe_does_not_go_on(sem: ScriptedSem) -> None:
    sem.values["GUIGetScanning"] = [1]
    roles = open_scripted(sem)
    assert roles.scanner is not None
    roles.scanner.start(FrameRequest(("SE",), (20, 10), 1e-6, frames=5))
    roles.scanner.make_safe()
    sem.told.clear()
    assert roles.scanner.progress() == FrameProgress({}, 0, False)
    roles.scanner.stop()
    assert ("GUISetScanning", 1) not in sem.told, "the operator's live image stays off"
