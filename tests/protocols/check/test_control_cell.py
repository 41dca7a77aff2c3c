"""Both potentiostats are asked whether they can do what the protocol wants."""

from dataclasses import replace

from support.bench_facts import BENCH
from support.protocols import program

from operando.drivers.potentiostats.methodscript_variants import EMSTAT4_LR
from operando.protocols.check import check
from operando.protocols.plan import plan

CONTROLLED = replace(BENCH, control_potentiostat=BENCH.potentiostat)


def test_a_control_potentiostat_that_can_is_not_mentioned() -> None:
    assert check(program(), CONTROLLED) == check(program(), BENCH)


def test_a_control_potentiostat_that_cannot_refuses_the_protocol() -> None:
    findings = check(program(), replace(BENCH, control_potentiostat=EMSTAT4_LR.capabilities))
    refused = [finding for finding in findings if finding.severity == "error"]
    assert refused
    assert all(finding.what.startswith("control cell: ") for finding in refused)
    assert any("the potentiostat reaches -3 to 3 V" in finding.what for finding in refused)


def test_a_protocol_that_cycles_nothing_leaves_the_control_cell_alone() -> None:
    imaging = replace(program(), cycling=(), imaging_only_s=600.0)
    told = [finding for finding in check(imaging, CONTROLLED) if "control cell" in finding.what]
    assert [finding.severity for finding in told] == ["warning"]


def test_two_cells_are_twice_the_samples() -> None:
    assert plan(program(), CONTROLLED).sample_bytes == 2 * plan(program(), BENCH).sample_bytes
