"""A mixed bench: the potentiostat is served by one server, the microscope's world by another, and follows it."""

from pathlib import Path

import numpy as np
import pytest
from support.served import PATIENT_S, bench_of, serving

from operando.drivers.bench import load_bench_file, open_bench
from operando.drivers.roles import SAMPLE
from operando.drivers.waiting import wait_for
from operando.protocols.runner import RunOptions, Silent
from operando.protocols.runner.measured_current import ToldToTheWorld, told_to_the_world


class Heard(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.blocks = 0
        self.said: list[str] = []

    def samples(self, block: object) -> None:
        self.blocks += 1

    def message(self, time_s: float, text: str) -> None:
        self.said.append(text)


def block(current_A: float, time_s: float) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    samples = np.zeros(2, SAMPLE)
    samples["current_A"], samples["time_s"] = (0.0, current_A), (time_s - 0.5, time_s)
    return samples


def test_the_served_world_carries_the_current_that_another_server_measures(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    with serving(tmp_path / "real", bench_of(cell="emstat4-hr sim://potentiostat")) as real:
        potentiostat = real.instruments["cell"]["tcp"]
        mixed = bench_of(cell=f"emstat4-hr {potentiostat}", box="keller-33x sim://box")
        with serving(tmp_path, mixed) as world:
            _, file = load_bench_file(world.bench)
            assert file.measured_current_to is not None and file.instruments["cell"].address == potentiostat
            with open_bench(world.bench) as bench:
                heard = Heard()
                told = told_to_the_world(RunOptions(observer=heard), bench).observer
                told.samples(block(1e-4, 1.0))
                wait_for(bench.clock, lambda: _driven_A(world.control.order(state=True)) == 1e-4, PATIENT_S)
                told.samples(block(-2e-4, 2.0))
                wait_for(bench.clock, lambda: _driven_A(world.control.order(state=True)) == -2e-4, PATIENT_S)
                assert world.control.order(state=True)["current_A"] == pytest.approx(-2e-4)
        assert (heard.blocks, heard.said) == (2, [])


def test_a_world_that_does_not_listen_is_told_of_once_and_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "bench.yaml"
    with serving(tmp_path, bench_of(box="keller-33x sim://box")) as served:
        text = served.bench.read_text(encoding="utf-8") + "measured_current_to: tcp://127.0.0.1:1\n"
        path.write_text(text, encoding="utf-8")
        with open_bench(path) as bench:
            heard = Heard()
            told = told_to_the_world(RunOptions(observer=heard), bench).observer
            assert isinstance(told, ToldToTheWorld)
            times = iter(range(1, 1000))

            def complained() -> bool:
                told.samples(block(1e-4, float(next(times))))
                return bool(heard.said)

            wait_for(bench.clock, complained, PATIENT_S, every_s=0.05)
            told.samples(block(1e-4, 1000.0))
    assert len(heard.said) == 1 and "does not hear the measured current" in heard.said[0]


def test_a_bench_that_names_no_world_is_left_as_it_is() -> None:
    options = RunOptions()
    with open_bench("sim") as bench:
        assert told_to_the_world(options, bench) is options


def _driven_A(state: dict[str, object]) -> object:
    return state.get("measured_current_A")
