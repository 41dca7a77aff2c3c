"""What the documentation shows of reading a run works on a run of the simulated laboratory."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

from operando.protocols import open_run

PAGE = Path(__file__).parents[3] / "docs" / "reading.md"
TWO_CYCLES = (
    HEAD
    + """\
cycling:
  - repeat: 2
    steps:
      - {name: charge, step: Charge at C/10 for 3 minutes}
      - {name: discharge, step: Discharge at C/10 for 1 minute}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  overview:
    {regions: [anode], detectors: [SE, BSE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when:
  - {every: 1 min, during: [charge], capture: overview}
"""
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("simulated") / "run"
    laboratory = SimulatedBench.open()
    outcome = laboratory.run(TWO_CYCLES, place)
    laboratory.bench.close()
    assert outcome.exit_code == 0, outcome.reason
    return str(place)


@pytest.fixture(scope="module")
def shown() -> dict[str, Callable[[str], object]]:
    """The functions of the page by name."""
    names: dict[str, Callable[[str], object]] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(PAGE), "exec"), names)
    return names


def test_look(folder: str, shown: dict[str, Callable[[str], object]], capsys: pytest.CaptureFixture[str]) -> None:
    shown["look"](folder)
    told = capsys.readouterr().out
    assert told.startswith("a test completed\n")
    assert "charge 2 0.0059" in told or "charge 2 0.006" in told


def test_compare(folder: str, shown: dict[str, Callable[[str], object]], capsys: pytest.CaptureFixture[str]) -> None:
    shown["compare"](folder)
    told = capsys.readouterr().out
    assert "every 1 min 5000.0 0.0012" in told
    assert "(48, 64)" in told


def test_score(folder: str, shown: dict[str, Callable[[str], object]], capsys: pytest.CaptureFixture[str]) -> None:
    shown["score"](folder)
    assert "voltage_V_true" in capsys.readouterr().out
    run = open_run(folder)
    truth = {state.number: state for state in run.truth if state.of == "frame" and state.moment == "start"}
    for frame in run.frames:
        assert frame.state.voltage_at_start_V == pytest.approx(truth[frame.number].values["voltage_V"], abs=5e-4)
        assert float(frame.lines()["voltage_V"][0]) == pytest.approx(truth[frame.number].values["voltage_V"], abs=5e-4)


def test_follow(folder: str, shown: dict[str, Callable[[str], object]]) -> None:
    assert shown["follow"](folder) == len(open_run(folder).frames) >= 8
