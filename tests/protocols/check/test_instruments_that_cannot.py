"""A protocol for a lithium cell on instruments that cannot cycle one."""

from dataclasses import replace

from support.bench_facts import BENCH
from support.protocols import program

from operando.drivers.potentiostats.methodscript_variants import EMSTAT4_LR, EMSTAT_PICO, NEXUS, MethodScriptVariant
from operando.protocols.check import check


def errors(variant: MethodScriptVariant) -> list[str]:
    findings = check(program(), replace(BENCH, potentiostat=variant.capabilities))
    return [finding.what for finding in findings if finding.severity == "error"]


def test_a_pico_cannot_charge_and_every_reason_is_told() -> None:
    told = errors(EMSTAT_PICO)
    assert any("is at constant current, which the potentiostat cannot hold" in what for what in told)
    assert any("goes to 4.2 V, the potentiostat reaches -1.7 to 2 V" in what for what in told)
    assert any("safety window of 2.8 to 4.3 V is wider" in what for what in told)


def test_the_voltage_of_a_lithium_cell_is_beyond_an_emstat4_lr() -> None:
    assert any("the potentiostat reaches -3 to 3 V" in what for what in errors(EMSTAT4_LR))


def test_a_nexus_can() -> None:
    assert errors(NEXUS) == []
