"""A recording of a judged bench is judged like the bench: the same ids, the same outcomes, long after it is gone."""

import json
from pathlib import Path

import pytest
from support.served import bench_of, serving
from typer.testing import CliRunner

from operando.drivers.bench import load_bench_file
from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject, Verdict
from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.app import app

SERVED = bench_of(cell="emstat4-hr sim://potentiostat", box="keller-33x sim://box")
QUICK = ("potentiostat.identity", "potentiostat.second", "potentiostat.aborts", "pressure.identity", "pressure.reads")
FEWEST = {"sim": 100, "sim-holder": 100, "sim-keithley": 100, "sim-zem": 50}


def judged(bench: Path | str, wires: Path | None = None, only: tuple[str, ...] = ()) -> Verdict:
    session = JudgedSession(Subject(bench, wires=wires), list(Permission))
    for case in session.cases(only):
        session.judge(case)
    return session.finish()


def outcomes(verdict: Verdict) -> list[tuple[str, Outcome, str]]:
    return [(result.id, result.outcome, result.message) for result in verdict.results]


@pytest.mark.parametrize("bench", list(FEWEST))
def test_a_replay_of_a_simulated_bench_keeps_what_the_bench_kept(bench: str, tmp_path: Path) -> None:
    wires = tmp_path / "wires.jsonl"
    recorded = judged(bench, wires)
    replayed = judged(wires.with_suffix(".bench.yaml"))
    assert outcomes(replayed) == outcomes(recorded)
    assert replayed.passed and replayed.confirmed_safe and replayed.counts[Outcome.KEPT] >= FEWEST[bench]
    _, file = load_bench_file(wires.with_suffix(".bench.yaml"))
    assert all(entry.address.startswith("replay://") for entry in file.instruments.values())


def test_a_replay_of_served_instruments_keeps_what_they_kept_in_real_time(tmp_path: Path) -> None:
    wires = tmp_path / "wires.jsonl"
    with serving(tmp_path, SERVED) as served:
        recorded = judged(served.bench, wires, QUICK)
    replayed = judged(wires.with_suffix(".bench.yaml"), only=QUICK)
    assert outcomes(replayed) == outcomes(recorded)
    assert replayed.passed and len(replayed.results) == len(QUICK)


def test_what_was_never_recorded_is_told(tmp_path: Path) -> None:
    """A replay cannot be asked what nobody has asked the instrument."""
    wires = tmp_path / "wires.jsonl"
    judged("sim", wires, ("pressure.identity",))
    replayed = judged(wires.with_suffix(".bench.yaml"), only=("stage.arrives",))
    (result,) = replayed.results
    assert result.outcome is Outcome.BROKEN and "record once more" in result.detail


def test_the_command_line_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = {}
    for command in (["bench", "identify", "sim", "--wires", "a.jsonl"], ["bench", "identify", "a.bench.yaml"]):
        done = CliRunner().invoke(app, [*command, "--json"])
        assert done.exit_code == 0, done.output
        said[command[2]] = [json.loads(line) for line in done.stdout.splitlines()]
    told = [[one[word] for word in ("instrument", "vendor", "model", "serial")] for one in said["sim"]]
    again = [[one[word] for word in ("instrument", "vendor", "model", "serial")] for one in said["a.bench.yaml"]]
    assert told == again and len(told) == 4

    check = ["bench", "check", "--only", "pressure", "--json"]
    done = CliRunner().invoke(app, [*check, "sim", "--wires", "b.jsonl", "--out", "v"])
    assert done.exit_code == 0, done.output
    replayed = CliRunner().invoke(app, [*check, "b.bench.yaml", "--out", "v2"])
    assert replayed.exit_code == 0, replayed.output
    assert replayed.stdout.splitlines()[:-1] == done.stdout.splitlines()[:-1]


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    wires = tmp_path / "wires.jsonl"
    wires.write_text("mine")
    done = CliRunner().invoke(app, ["bench", "identify", "sim", "--wires", str(wires)])
    assert isinstance(done.exception, ConfigMismatch) and wires.read_text() == "mine"
