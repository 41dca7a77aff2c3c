"""A bench with two potentiostats: one has the cell in the beam, the one that the file names the control cell."""

import pytest

from operando.drivers.bench import Bench, load_bench_file
from operando.drivers.bench.open import connect_bench
from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch
from operando.simulators.benches import control_bench, simulated_bench

NAMED = "potentiostat: control potentiostat"


def opened(text: str) -> Bench:
    return connect_bench(*load_bench_file(text))


def test_each_cell_has_its_potentiostat() -> None:
    bench = opened(control_bench())
    assert bench.potentiostat.name == "potentiostat"
    assert bench.control_potentiostat is not None
    assert bench.control_potentiostat.name == "control potentiostat"
    assert bench.has_potentiostat
    assert [role.name for role in bench.all()][:2] == ["potentiostat", "control potentiostat"]
    assert bench.potentiostat.identify().serial != bench.control_potentiostat.identify().serial


def test_most_benches_have_no_control_cell() -> None:
    assert opened(simulated_bench()).control_potentiostat is None


def test_leaving_the_bench_makes_both_safe() -> None:
    with opened(control_bench()) as bench:
        pass
    assert {"potentiostat", "control potentiostat"} <= {state.instrument for state in bench.safe_states}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param("potentiostat: contrl", "unknown instrument 'contrl'", id="unknown"),
        pytest.param("potentiostat: eds", "'eds' is no potentiostat; allowed: potentiostat, control", id="no pot"),
        pytest.param(f"{NAMED}\n  colour: blue", "colour", id="unknown key"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(named: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as refused:
        opened(control_bench().replace(NAMED, named))
    (problem,) = refused.value.problems
    assert problem.where.startswith("control_cell.")
    assert problem.line > 20


def test_two_potentiostats_of_which_none_has_the_control_cell() -> None:
    text = control_bench()
    begin, end = text.index("control_cell:"), text.index("stage:")
    bench = opened(text[:begin] + text[end:])
    with pytest.raises(ConfigMismatch, match="2 instruments in the role of potentiostat"):
        _ = bench.potentiostat
