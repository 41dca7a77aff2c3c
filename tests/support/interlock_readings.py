"""Readings for interlocks, and the shipped rules of an ordinary bench."""

from dataclasses import replace

from operando.drivers.bench import load_bench_file
from operando.drivers.roles import Quality, Reading
from operando.protocols.interlocks import Judge, Phase, Rule, RulesOfRun, Source, rules_of_run, shipped_rules
from operando.protocols.program import Safety

__all__ = [
    "BENCH_TEXT",
    "BOX",
    "BOX_TEMPERATURE",
    "CELL_CURRENT",
    "CELL_TEMPERATURE",
    "CELL_VOLTAGE",
    "CHAMBER",
    "STACK",
    "judge",
    "reading",
    "rules",
]

CHAMBER = Source("chamber", "pressure")
BOX = Source("box", "pressure")
BOX_TEMPERATURE = Source("box", "temperature")
STACK = Source("stack", "pressure")
CELL_TEMPERATURE = Source("cell", "temperature")
CELL_VOLTAGE = Source("cell", "voltage")
CELL_CURRENT = Source("cell", "current")
SAFETY = Safety((2.8, 4.3), (-2.4e-4, 2.4e-4), host_tolerates_s=2.0)

BENCH_TEXT = """\
operando_bench: 1
name: a bench with every gauge
instruments: {}
stack: {lowest: 5 MPa, highest: 80 MPa, fastest_fall: 1 MPa/min}
box: {opens_within: 1 kPa}
cell: {lowest_temperature: 5 degC, highest_temperature: 60 degC}
record: {institution: TEST, operator: test}
"""

UNITS = {"pressure": "Pa", "temperature": "K", "voltage": "V", "current": "A"}


def reading(
    source: Source, value: float, at_s: float = 0.0, quality: Quality = Quality.OK, detail: str = ""
) -> Reading:
    """A reading at a time."""
    return Reading(value, UNITS[source.quantity], quality, at_s, at_s, detail)


def rules(named: tuple[Rule, ...] = (), bench_text: str = BENCH_TEXT) -> RulesOfRun:
    """All shipped rules and some more, with the limits of the bench."""
    _, bench = load_bench_file(bench_text)
    chosen = (*shipped_rules().values(), *named)
    return rules_of_run(chosen, bench, SAFETY, ("chamber", "box", "stack"), ("box", "cell"))


def judge(*only: str, phase: Phase = Phase.OBSERVE, bench_text: str = BENCH_TEXT) -> Judge:
    """Who judges by the shipped rules, or only by some of them, with every gauge read each second."""
    of_run = rules((), bench_text)
    chosen = tuple(rule for rule in of_run.rules if not only or rule.name in only)
    made = replace(of_run, rules=chosen).judge(phase)
    for source in sorted({source for rule in chosen for source in rule.sources}, key=str):
        made.readings.expect(source, 1.0, 0.0)
    return made
