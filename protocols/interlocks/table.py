"""The rules as a table for people; `docs/safety.md` holds the one of the shipped rules."""

from collections.abc import Iterable

from operando.protocols.interlocks.conditions import Always, Band, Change, Condition, Difference, Leak, Limit, Report
from operando.protocols.interlocks.phases import Phase
from operando.protocols.interlocks.rules import Rule

__all__ = ["rules_table"]

HEAD = ("rule", "in these phases", "trips when", "does", "cleared by", "judged")


def rules_table(rules: Iterable[Rule]) -> str:
    """Markdown, one row for each rule."""
    rows = [HEAD, tuple("---" for _ in HEAD)]
    for rule in rules:
        phases = ", ".join(phase for phase in Phase if phase in rule.phases)
        when = "; or ".join(map(_words, rule.when))
        judged = "always" if rule.always else "with phases, or if named" if rule.with_phases else "if named"
        rows.append((rule.name, phases, when, ", ".join(rule.actions), rule.cleared_by, judged))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _words(condition: Condition) -> str:
    match condition:
        case Always():
            return "always"
        case Report():
            return f"the {condition.source.place} reports {', '.join(condition.words)}"
        case Leak():
            return f"the {condition.place} leaks more than `{condition.largest}`" + (
                ", or has not been tested" if condition.tested else ""
            )
        case Difference():
            return f"{condition.source} and {condition.other} differ by more than `{condition.largest}`"
        case Change():
            sides = _sides(("rises", condition.rise_per_s), ("falls", condition.fall_per_s), " faster than ")
            return f"the {condition.source} {sides}"
        case Band():
            sides = _sides(("falls", condition.lowest), ("rises", condition.highest), " beyond ")
            lasting = "" if condition.lasting_s == 0.0 else f" for `{condition.lasting_s}`"
            again = "" if condition.again_highest is None else f", clear again below `{condition.again_highest}`"
            stable = "" if condition.stable_s == 0.0 else f" after {condition.stable_s:g} s"
            return f"the {condition.source} {sides}{lasting}{again}{stable}"


def _sides(first: tuple[str, Limit | None], second: tuple[str, Limit | None], word: str) -> str:
    return " or ".join(f"{verb}{word}`{limit}`" for verb, limit in (first, second) if limit is not None)
