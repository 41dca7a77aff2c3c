"""Never yet on hardware: nothing with an effect reaches a real link until somebody answers for its driver."""

from pathlib import Path

import pytest
from support.served import serving

from operando.drivers import Blanking, Safety, open_bench
from operando.drivers.errors import LimitRefused


def test_a_bench_that_nobody_accepted_is_read_and_left_exactly_as_it_was(tmp_path: Path) -> None:
    """The same served instruments twice: once as simulators, once as if they were hardware."""
    with serving(tmp_path) as served:
        with open_bench(served.bench) as bench:
            bench.column.blank(Blanking.OUTSIDE_SCANS)
        text = served.bench.read_text(encoding="utf-8")
        strange = tmp_path / "strange.yaml"
        strange.write_text(text.replace("simulated: true", "simulated: false"), encoding="utf-8")
        with open_bench(strange) as bench:
            assert bench.pressures["box"].pressure().value > 0.0, "reading is allowed"
            with pytest.raises(LimitRefused, match="accept_untested_on_hardware"):
                bench.column.blank(Blanking.NEVER)
            with pytest.raises(LimitRefused):
                bench.stage.move_to(bench.stage.position())
        assert {state.safety for state in bench.safe_states} == {Safety.UNKNOWN}
        assert all("left as it was" in state.detail for state in bench.safe_states)


def test_accepting_a_driver_opens_its_gate(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        text = served.bench.read_text(encoding="utf-8")
        accepted = tmp_path / "accepted.yaml"
        answer = "accept_untested_on_hardware: {by: A. Scientist, on: 2026-11-22}"
        accepted.write_text(text.replace("simulated: true", answer), encoding="utf-8")
        with open_bench(accepted) as bench:
            assert bench.column.blank(Blanking.OUTSIDE_SCANS) is Blanking.OUTSIDE_SCANS
        assert {state.safety for state in bench.safe_states} == {Safety.CONFIRMED}
