"""What the page says of the control cell."""

from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue
from support.made_up_record import write_run

from operando.protocols.live.documents import Documents
from operando.protocols.live.look import Look
from operando.protocols.live.sections.cell import cell
from operando.protocols.reading import Event, RunStatus, open_run


def look_at(folder: Path, *events: Event) -> Look:
    return Look(open_run(folder), Documents(None, None, None), RunStatus.RUNNING, (), events, 0.0)


def said(look: Look) -> JsonValue:
    told = cell(look)
    assert isinstance(told, dict)
    return told["control"]


def test_a_run_without_one_says_nothing(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    assert said(look_at(tmp_path / "run")) is None


def test_its_voltage_and_what_it_does(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    write_run(tmp_path / "run" / "control")
    look = look_at(tmp_path / "run")
    control = look.run.control
    assert control is not None
    voltage_V = float(control.samples[-1]["voltage_V"])
    assert str(said(look)).startswith(f"{voltage_V:.4f} V, ")
    assert str(said(replace(look, status=RunStatus.CLOSED))).endswith("no step runs")


def test_its_failure(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    write_run(tmp_path / "run" / "control")
    failed = Event(5.0, "control cell", "failed", "TransportClosed: gone", {})
    assert said(look_at(tmp_path / "run", failed)) == "failed: TransportClosed: gone"
