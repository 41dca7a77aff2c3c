"""The real drivers over real wires: everything that a run needs, on the served bench as it was written."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.served import PATIENT_S, Served, bench_of, serving

from operando.drivers.bench import Bench, open_bench
from operando.drivers.roles import (
    EdsSettings,
    FrameRequest,
    Galvanostatic,
    Guard,
    OpenCircuit,
    Quality,
    Recording,
    Safety,
    Samples,
    Step,
    StepEndReason,
)
from operando.drivers.waiting import wait_for

GUARD = Guard(voltage_V=(2.5, 4.35), current_A=(-1e-3, 1e-3), maximum_duration_s=30.0)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="module")
def bench(served: Served) -> Iterator[Bench]:
    """One bench for all tests, because only one client at a time may hold the potentiostat and the spectrometer."""
    with open_bench(served.bench) as opened:
        yield opened


def test_the_bench_lives_in_real_time_and_every_instrument_tells_who_it_is(bench: Bench) -> None:
    assert not bench.clock.virtual
    models = {role.name: role.identify().model for role in bench.all()}
    assert models == {
        "potentiostat": "EmStat4 HR",
        "sem": "simulated MIRA",
        "eds": "DP5",
        "box gauge": "33X (5.20)",
    }


def test_the_gauges_tell_the_pressure_that_is_true(served: Served, bench: Bench) -> None:
    box = bench.pressures["box"].pressure()
    chamber = bench.pressures["chamber"].pressure()
    truth = served.control.order(state=True)
    assert (box.quality, chamber.quality) == (Quality.OK, Quality.OK)
    assert box.value == pytest.approx(truth["box_pressure_Pa"], abs=20.0)
    assert chamber.value == pytest.approx(truth["chamber_pressure_Pa"], rel=0.1)


def _finish(bench: Bench, step: Step) -> list[Samples]:
    bench.potentiostat.start(step)
    polled: list[Samples] = []

    def ended() -> bool:
        polled.append(bench.potentiostat.poll())
        return polled[-1].end is not None

    wait_for(bench.clock, ended, PATIENT_S, every_s=0.02)
    return polled


def test_a_rest_step_takes_as_long_as_it_should_and_gives_every_sample(bench: Bench) -> None:
    polled = _finish(bench, Step(1, OpenCircuit(), GUARD, duration_s=1.0, recording=Recording(every_s=0.1)))
    block = np.concatenate([samples.block for samples in polled])
    end = polled[-1].end
    assert end is not None
    assert end.reason is StepEndReason.TIME
    assert end.elapsed_s == pytest.approx(1.0)
    np.testing.assert_allclose(block["elapsed_s"], np.arange(1, 11) * 0.1, atol=1e-3)
    np.testing.assert_array_equal(np.diff(block["sequence"]), 1)


def test_the_cell_is_on_during_a_charge_and_off_when_the_bench_was_left(tmp_path: Path) -> None:
    with serving(tmp_path, bench_of(potentiostat="emstat4-hr sim://potentiostat")) as served:
        with open_bench(served.bench) as bench:
            bench.potentiostat.start(Step(2, Galvanostatic(120e-6), GUARD, duration_s=20.0, recording=Recording(0.1)))
            wait_for(bench.clock, lambda: len(bench.potentiostat.poll().block) > 0, PATIENT_S, every_s=0.02)
            during = served.control.order(state=True)
        after = served.control.order(state=True)
    assert (during["cell_is_on"], during["script_runs"], during["current_A"]) == (True, True, pytest.approx(120e-6))
    assert (after["cell_is_on"], after["script_runs"], after["current_A"]) == (False, False, 0.0)
    assert {state.safety for state in bench.safe_states} == {Safety.CONFIRMED}


def test_the_next_program_is_let_in_at_once_by_a_spectrometer_that_binds_to_one_host(tmp_path: Path) -> None:
    with serving(tmp_path, bench_of(eds="amptek-dp5 sim://eds")) as served:
        for _ in range(2):
            with open_bench(served.bench) as bench:
                assert bench.eds.identify().serial == "12345"


def test_everything_can_be_made_safe_and_says_so(served: Served, bench: Bench) -> None:
    states = bench.make_safe()
    assert {state.instrument for state in states} == {"potentiostat", "sem", "eds", "box gauge"}
    assert {state.safety for state in states} == {Safety.CONFIRMED}
    truth = served.control.order(state=True)
    assert (truth["cell_is_on"], truth["beam_on_specimen"]) == (False, False)


def test_a_small_frame_of_two_detectors_arrives_whole(bench: Bench) -> None:
    bench.scanner.start(FrameRequest(("SE", "BSE"), (64, 48), 1e-6))
    wait_for(bench.clock, lambda: bench.scanner.progress().complete, PATIENT_S, every_s=0.02)
    images = bench.scanner.images()
    assert [(image.detector, image.pixels.shape) for image in images] == [("SE", (48, 64)), ("BSE", (48, 64))]


def test_a_short_spectrum_counts_for_as_long_as_it_was_asked_to(bench: Bench) -> None:
    bench.eds.configure(EdsSettings(channels=256, peaking_time_s=1e-6))
    bench.eds.start(0.2)
    wait_for(bench.clock, lambda: not bench.eds.acquiring(), PATIENT_S, every_s=0.02)
    spectrum = bench.eds.spectrum()
    assert spectrum.counts.shape == (256,)
    assert spectrum.live_time_s == pytest.approx(0.2)
