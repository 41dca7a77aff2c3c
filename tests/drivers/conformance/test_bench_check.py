"""`operando bench check`: the words, the exit codes and the folder."""

import json
from pathlib import Path

import pytest
from support.broken_drivers import breaking
from support.broken_drivers.beams import HighVoltageStays
from support.broken_drivers.readings import Celsius, CloseFails
from support.broken_drivers.steps import AbortIgnored, SafeWithoutAsking
from typer.testing import CliRunner

from operando.drivers.conformance import session as sessions
from operando.drivers.conformance.subject import Subject
from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import SafeState, Safety
from operando.protocols.cli.app import app


def check(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["bench", "check", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def broken(monkeypatch: pytest.MonkeyPatch, kind: type) -> None:
    monkeypatch.setattr(sessions, "Subject", lambda bench, answers, wires: Subject(bench, answers, breaking(kind)))


def test_a_good_bench_passes_and_what_nobody_allowed_is_told(tmp_path: Path) -> None:
    code, said = check("sim", "--out", str(tmp_path / "v"), "--only", "stage", "--only", "pressure")
    assert code == 0 and "passed" in said
    assert "not allowed" in said and "--allow move" in said
    assert {path.name for path in (tmp_path / "v").iterdir()} == {"index.html", "junit.xml", "verdict.json"}


def test_a_broken_promise_is_exit_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken(monkeypatch, Celsius)
    code, said = check("sim", "--out", str(tmp_path / "v"), "--only", "thermometer", "--json")
    told = [json.loads(line) for line in said.splitlines()]
    assert code == 1 and told[-1]["passed"] is False
    assert [one["id"] for one in told if one.get("outcome") == "broken"] == ["thermometer.reads[box]"]


def test_a_driver_that_fails_to_let_go_is_told_by_name_and_the_verdict_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken(monkeypatch, CloseFails)
    code, said = check("sim", "--out", str(tmp_path / "v"), "--only", "thermometer.identity", "--json")
    written = json.loads((tmp_path / "v" / "verdict.json").read_text(encoding="utf-8"))
    found = {one["id"]: one["instrument"] for one in written["results"] if one["outcome"] == "broken"}
    assert code == 1 and written["passed"] is False and all(name in said for name in found)
    assert found == {"bench.closes[box gauge]": "box gauge", "bench.closes[sem]": "sem"}


def test_what_cannot_be_switched_off_after_the_last_check_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Stuck(HighVoltageStays):
        def switch_high_voltage(self, on: bool) -> None:
            if not on:
                raise RuntimeError("stuck")
            super().switch_high_voltage(on)

    broken(monkeypatch, Stuck)
    only = ("--only", "column.applies_conditions", "--allow", "beam")
    assert check("sim", "--out", str(tmp_path / "v"), *only)[0] == 1
    written = json.loads((tmp_path / "v" / "verdict.json").read_text(encoding="utf-8"))
    assert [result["id"] for result in written["results"] if result["outcome"] == "broken"] == ["bench.undoes"]


def test_after_disobedience_nothing_more_is_energised(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken(monkeypatch, AbortIgnored)
    arguments = ("--out", str(tmp_path / "v"), "--only", "potentiostat", "--allow", "current", "--json")
    code, said = check("sim", *arguments)
    outcomes = {one["id"]: one["outcome"] for one in map(json.loads, said.splitlines()) if "id" in one}
    after = list(outcomes.values())[list(outcomes).index("potentiostat.aborts") + 1 :]
    assert code == 1 and outcomes["potentiostat.aborts"] == "broken"
    assert set(after) <= {"stopped", "kept", "not offered"} and after.count("stopped") > 10


def test_a_bench_that_is_not_confirmed_safe_is_exit_4(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class NeverSafe(SafeWithoutAsking):
        def make_safe(self) -> SafeState:
            return SafeState("potentiostat", Safety.UNKNOWN, "who knows")

    broken(monkeypatch, NeverSafe)
    code, _ = check("sim", "--out", str(tmp_path / "v"), "--only", "pressure")
    assert code == 0, "what was only read is left as it was"
    code, _ = check("sim", "--out", str(tmp_path / "w"), "--allow", "current", "--only", "potentiostat.rests")
    assert code == 4


def test_a_verdict_replaces_an_older_one_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "record").mkdir()
    (tmp_path / "record" / "metadata.json").write_text("{}", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for taken, named in (("record", "metadata.json"), ("file", "a file")):
        with pytest.raises(ConfigMismatch, match=f"is taken by what is no verdict: {named}"):
            check("sim", "--only", "pressure.identity", "--out", str(tmp_path / taken))
    assert [path.name for path in (tmp_path / "record").iterdir()] == ["metadata.json"]
    (tmp_path / "empty").mkdir()
    for _ in range(2):
        assert check("sim", "--only", "pressure.identity", "--out", str(tmp_path / "empty"))[0] == 0


def test_wrong_words_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigMismatch, match="'beams' cannot be allowed"):
        check("sim", "--allow", "beams", "--out", str(tmp_path))
    with pytest.raises(ConfigMismatch, match="no check begins with nothing"):
        check("sim", "--only", "nothing", "--out", str(tmp_path))


def test_roles_that_nobody_plays_are_told_not_skipped(tmp_path: Path) -> None:
    code, said = check("sim", "--out", str(tmp_path / "v"), "--only", "force")
    assert code == 0 and "nobody on this bench plays the role of force" in said
