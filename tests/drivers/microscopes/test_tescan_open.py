"""Opening a TESCAN microscope: read-only, version first, options strict."""

import pytest
from pydantic import JsonValue
from support.sharksem_script import ScriptedSem, Value, open_scripted

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, ProtocolError, TransportClosed
from operando.drivers.roles import Identity

READ_ONLY = {
    "TcpGetVersion",
    "TcpGetSWVersion",
    "TcpGetDevice",
    "TcpGetModel",
    "EnumCenterings",
    "DtEnumDetectors",
    "StgGetLimits",
    "TcpRegDataPort",
}


@pytest.fixture
def sem() -> ScriptedSem:
    return ScriptedSem(VirtualClock())


def asked_while_opening(sem: ScriptedSem, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    take = sem.take

    def note(command: str, body: bytes, identifier: int) -> list[bytes]:
        asked.append(command)
        return take(command, body, identifier)

    monkeypatch.setattr(sem, "take", note)
    open_scripted(sem)
    return asked


def test_opening_asks_and_never_changes(sem: ScriptedSem, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_while_opening(sem, monkeypatch)
    assert asked[0] == "TcpGetVersion"
    assert set(asked) == READ_ONLY


def test_the_model_is_asked_for_only_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "TcpGetModel" not in asked_while_opening(ScriptedSem(VirtualClock(), "3.2.9"), monkeypatch)


@pytest.mark.parametrize("version", ["2.0.21", "1.9.9", "0.0.0"])
def test_an_old_server_is_refused_before_it_is_asked_for_more(version: str) -> None:
    sem = ScriptedSem(VirtualClock(), version)
    with pytest.raises(ConfigMismatch, match=f"speaks SharkSEM {version}, this driver needs 2.0.22"):
        open_scripted(sem)
    assert sem.names() == ["TcpGetVersion"]
    assert all(link.dead for link in sem.links)


@pytest.mark.parametrize("version", ["", "three", "3.2", "3.x.1"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ConfigMismatch, match="is no version of the SharkSEM protocol"):
        open_scripted(ScriptedSem(VirtualClock(), version))


def test_roles_and_identity(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    address = "tcp://sem:8300"
    firmware = "Version 1.2.3.1, build 6173, SharkSEM 3.2.20"
    assert {role.identify() for role in roles.all()} == {Identity("TESCAN", "MIRA", "42", firmware, address)}
    assert {role.name for role in roles.all()} == {"sem"}
    assert [role.connection for role in roles.all()] == ["sem"] * 4 + ["sem watch"]
    assert list(roles.pressures) == ["chamber"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"detector": {}}, "unknown key 'detector'; did you mean 'detectors'"),
        ({"colour": 1}, "unknown key 'colour'; allowed here: data, detectors, channels"),
        ({"line_flyback": 20}, "line_flyback: 20 has no unit"),
        ({"detectors": {}}, "detectors: needs at least 1 entries"),
        ({"voltage": ["1 kV"]}, "voltage"),
    ],
)
def test_options_are_strict(sem: ScriptedSem, options: dict[str, JsonValue], says: str) -> None:
    with pytest.raises(ConfigMismatch, match=says) as caught:
        open_scripted(sem, options)
    assert "line_flyback" in caught.value.remedy
    assert sem.links == []


def test_a_detector_that_the_microscope_does_not_have_is_refused_with_those_it_has(sem: ScriptedSem) -> None:
    with pytest.raises(ConfigMismatch, match="no detector 'In-Beam SE'") as caught:
        open_scripted(sem, {"detectors": {"SE": "In-Beam SE"}})
    assert "BSE, SE" in caught.value.remedy
    assert all(link.dead for link in sem.links)


def test_detectors_go_by_the_names_of_the_bench_file(sem: ScriptedSem) -> None:
    detectors = open_scripted(sem, {"detectors": {"backscattered": "BSE"}}).detectors
    assert detectors is not None
    assert detectors.available() == ("backscattered",)


@pytest.mark.parametrize("answer", [[-1], [1]])
def test_a_refused_data_port_is_an_error(sem: ScriptedSem, answer: list[Value]) -> None:
    sem.values["TcpRegDataPort"] = answer
    with pytest.raises(ProtocolError, match="refuses the data port"):
        open_scripted(sem)
    assert len(sem.given_up) == 1, "the port that was prepared is free again"
    assert all(link.dead for link in sem.links)


def test_the_data_connection_is_made_from_the_port_that_was_announced(sem: ScriptedSem) -> None:
    open_scripted(sem)
    (data,) = sem.data_links()
    assert str(data.address) == "tcp://sem:8301"


def test_a_server_without_centerings_has_no_stigmator(sem: ScriptedSem) -> None:
    sem.silent.add("EnumCenterings")
    column = open_scripted(sem).column
    assert column is not None
    assert column.conditions().stigmators == (0.0, 0.0)
    assert "GetCentering" not in sem.names()


def test_closing_any_role_lets_go_of_all_wires_for_good(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    assert roles.stage is not None
    for role in roles.all():
        role.close()
    assert len(sem.links) == 3
    assert all(link.dead for link in sem.links)
    with pytest.raises(TransportClosed):
        roles.stage.position()
