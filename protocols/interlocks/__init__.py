"""Interlocks: rules as data, what judges readings by them, and what stays tripped until somebody clears it.

Nothing in here reaches an instrument; `operando.protocols.runner` reads the gauges and acts.
"""

from operando.protocols.interlocks.actions import KEEPS_BEAM_OFF, Action
from operando.protocols.interlocks.conditions import (
    Always,
    Band,
    BenchLimit,
    Change,
    Condition,
    Difference,
    Leak,
    Report,
    Source,
)
from operando.protocols.interlocks.entries import ConditionEntry, RuleEntry
from operando.protocols.interlocks.judge import Finding, Judge, NotCleared, Trip
from operando.protocols.interlocks.limits import condition_of, frozen_after_s, limits_of, looked_up
from operando.protocols.interlocks.of_run import RulesOfRun, rules_of_run
from operando.protocols.interlocks.phases import Phase
from operando.protocols.interlocks.rules import Rule, sources_of
from operando.protocols.interlocks.shipped import shipped_rules
from operando.protocols.interlocks.verdict import State, Verdict
from operando.protocols.interlocks.watches import watch_of

__all__ = [
    "KEEPS_BEAM_OFF",
    "Action",
    "Always",
    "Band",
    "BenchLimit",
    "Change",
    "Condition",
    "ConditionEntry",
    "Difference",
    "Finding",
    "Judge",
    "Leak",
    "NotCleared",
    "Phase",
    "Report",
    "Rule",
    "RuleEntry",
    "RulesOfRun",
    "Source",
    "State",
    "Trip",
    "Verdict",
    "condition_of",
    "frozen_after_s",
    "limits_of",
    "looked_up",
    "rules_of_run",
    "shipped_rules",
    "sources_of",
    "watch_of",
]
