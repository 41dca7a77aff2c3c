"""A script that answers in place of a person at the terminal (`--answers`)."""

from dataclasses import replace

from operando.drivers.bench import Bench
from operando.protocols.runner import RunOptions, Steering
from operando.protocols.runner.operator_script import OperatorScript, ScriptedPerson

__all__ = ["answered_by"]


def answered_by(script: OperatorScript | None, options: RunOptions, bench: Bench) -> RunOptions:
    """The options with a script for the operator, and for what people want meanwhile; as they are without one."""
    others = options.steered_by
    if script is None:
        return options

    def steered_by(steering: Steering) -> None:
        if others is not None:
            others(steering)
        script.steers(steering)

    person = ScriptedPerson(script, bench.clock, bench.links.people())
    return replace(options, operator=person, steered_by=steered_by)
