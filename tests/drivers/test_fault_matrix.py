"""Every rule of faults on every protocol: right value or right error by the deadline, and the next exchange right."""

import pytest
from support.wires import PROBES, WireProbe, cell, rules

from operando.simulators.faults import Direction

CELLS = [
    pytest.param(probe, rule, message, id=f"{probe.protocol}: message {message} {rule}")
    for probe in PROBES
    for rule in rules(probe)
    for message in (1, 2)
]


@pytest.mark.parametrize(("probe", "rule", "message"), CELLS)
def test_a_fault_ends_in_the_right_value_or_an_error_and_the_next_exchange_is_right(
    probe: WireProbe, rule: str, message: int
) -> None:
    found = cell(probe, rule, message)
    assert not found.defect, found


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.protocol)
def test_the_question_has_one_right_answer(probe: WireProbe) -> None:
    bench, faults = probe.open()
    assert probe.ask(bench) == probe.ask(bench)
    assert faults.met[Direction.REPLIES] > 0
    bench.close()
