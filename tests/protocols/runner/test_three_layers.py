"""Three limits stand one behind the other; each ends a cell's excursion alone, with the other two switched off.

What is asked is the simulated cell, not the runner.
"""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD
from support.witness import Witness

from operando.drivers.roles import Guard
from operando.protocols.interlocks import Judge
from operando.protocols.record import read_events
from operando.protocols.runner import Ending, RunOptions, RunOutcome
from operando.protocols.runner import cycling as cycling_module
from operando.protocols.runner.watch import Watch

LIMIT_V = 3.6
TOLERATED_S = 2.0
PROTOCOL = (
    HEAD.replace("4.35 V", f"{LIMIT_V} V").replace("host_tolerates: 10 s", f"host_tolerates: {TOLERATED_S:g} s")
    + "cycling:\n  - Charge at C/5 for 1 hour\n"
)
WIDE = (-5.0, 5.0)


def blind_instrument(mocker: MockerFixture) -> None:
    """The guard that the instrument is given is so wide that it never trips."""

    def wide(voltage_V: tuple[float, float], current_A: tuple[float, float], maximum_duration_s: float) -> Guard:
        return Guard(WIDE, (-1e-2, 1e-2), maximum_duration_s)

    mocker.patch.object(cycling_module, "Guard", wide)


def blind_host(mocker: MockerFixture) -> None:
    """The host's watch sees nothing."""
    for method in ("samples", "silence", "step_ended"):
        mocker.patch.object(Watch, method, lambda *_: None)


def blind_interlocks(mocker: MockerFixture) -> None:
    """No rule ever trips."""
    mocker.patch.object(Judge, "judge", lambda *_: ())


def excursion(folder: Path) -> tuple[RunOutcome, Witness]:
    bench = SimulatedBench.open()
    witness = Witness(bench, every_s=0.25, until_s=1500.0)
    return bench.run(PROTOCOL, folder, RunOptions(wait_for_links_s=0.0)), witness


def outside_s(witness: Witness) -> float:
    """How long current flowed into the cell beyond its limit."""
    outside = [seen for seen in witness.seen if seen.voltage_V > LIMIT_V + 2e-3 and seen.current_A > 1e-6]
    return outside[-1].time_s - outside[0].time_s if outside else 0.0


def test_the_instrument_alone(tmp_path: Path, mocker: MockerFixture) -> None:
    blind_host(mocker)
    blind_interlocks(mocker)
    _, witness = excursion(tmp_path / "run")
    assert max(seen.voltage_V for seen in witness.seen) > LIMIT_V - 2e-3, "the cell got there"
    assert outside_s(witness) <= 0.5
    ends = [str(event["message"]) for event in read_events(tmp_path / "run") if event["kind"] == "step ended"]
    assert any("voltage limit" in end for end in ends)


@pytest.mark.parametrize(("host", "words"), [(True, "was outside its limits"), (False, "interlock 'cell window'")])
def test_the_host_alone_and_the_interlocks_alone(host: bool, words: str, tmp_path: Path, mocker: MockerFixture) -> None:
    blind_instrument(mocker)
    if host:
        blind_interlocks(mocker)
    else:
        blind_host(mocker)
    outcome, witness = excursion(tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), outcome.reason
    assert words in outcome.reason
    assert outside_s(witness) <= 3 * TOLERATED_S + 1.0
    assert witness.seen[-1].current_A == 0.0 or bench_is_open(witness)


def bench_is_open(witness: Witness) -> bool:
    now = witness.bench.bench.clock.now()
    witness.bench.world.advance(now)
    return witness.bench.world.cell.measure(now)[1] == 0.0


def test_with_all_three_blind_the_cell_leaves_its_window(tmp_path: Path, mocker: MockerFixture) -> None:
    """Otherwise the tests above would show nothing."""
    blind_instrument(mocker)
    blind_host(mocker)
    blind_interlocks(mocker)
    _, witness = excursion(tmp_path / "run")
    assert outside_s(witness) > 60.0
