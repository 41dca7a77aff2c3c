"""The rules that a run is judged by on a bench, and those that cannot be judged there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operando.protocols.interlocks.judge import Judge
from operando.protocols.interlocks.limits import CellLimits, frozen_after_s, limits_of, looked_up
from operando.protocols.interlocks.phases import Phase
from operando.protocols.interlocks.rules import Rule
from operando.protocols.interlocks.shipped import shipped_rules

if TYPE_CHECKING:
    from operando.drivers.bench import BenchFile

__all__ = ["RulesOfRun", "rules_of_run"]


@dataclass(frozen=True, slots=True)
class RulesOfRun:
    """Rules with their limits, and the names of those that were asked for and mean nothing on this bench, with why."""

    rules: tuple[Rule, ...]
    not_judged: tuple[tuple[str, str], ...]
    bench: "BenchFile"

    def judge(self, phase: Phase = Phase.OBSERVE) -> Judge:
        """Who judges by them."""
        return Judge(self.rules, phase, self.bench.box.volume, frozen_after_s(self.bench))


def rules_of_run(
    named: Iterable[Rule],
    bench: "BenchFile",
    safety: CellLimits | None,
    gauges: Collection[str],
    thermometers: Collection[str],
    *,
    with_phases: bool = False,
) -> RulesOfRun:
    """Look up the limits of the rules that a protocol names and of those that are judged in every run.

    Args:
        named: by the protocol.
        bench: sets the limits.
        safety: limits of the cell; None if no step is run.
        gauges: places whose pressure is measured.
        thermometers: places whose temperature is measured.
        with_phases: whether the protocol has phases.
    """
    chosen = {rule.name: rule for rule in named}
    for name, rule in shipped_rules().items():
        if rule.always or (with_phases and rule.with_phases):
            chosen.setdefault(name, rule)
    limits = limits_of(bench, safety)
    rules, not_judged = [], []
    for rule in chosen.values():
        missing = [] if rule.always else _not_measured(rule, gauges, thermometers)
        found = looked_up(rule, limits)
        if missing:
            not_judged.append((rule.name, f"no instrument of the bench measures the {' and the '.join(missing)}"))
        elif found is not None:
            rules.append(found)
        elif not rule.always:
            not_judged.append((rule.name, "neither bench nor protocol sets a limit for it"))
    return RulesOfRun(tuple(rules), tuple(not_judged), bench)


def _not_measured(rule: Rule, gauges: Collection[str], thermometers: Collection[str]) -> list[str]:
    measured = {"pressure": gauges, "temperature": thermometers}
    return sorted(
        str(source)
        for source in rule.sources
        if source.quantity in measured and source.place not in measured[source.quantity]
    )
