"""How often samples are taken where a trigger may fire whose capture wants to know what was before its event."""

from dataclasses import replace

from operando.drivers.roles import Recording
from operando.protocols.program import Program, Trigger
from operando.protocols.trigger_conditions import AfterEndOf, BeforeEndOf, StartOf, parts_of

__all__ = ["may_fire_in", "pace_in"]


def may_fire_in(trigger: Trigger, step_name: str) -> bool:
    """Whether a trigger may fire in steps of a name."""
    named = [part.step for part in parts_of(trigger.condition) if isinstance(part, StartOf | BeforeEndOf | AfterEndOf)]
    return (not trigger.during or step_name in trigger.during) and (not named or step_name in named)


def pace_in(program: Program, step_name: str, recording: Recording) -> Recording:
    """How a step is recorded: as it says, or faster for a capture whose `before` wants it so."""
    paces = [
        before.every_s
        for trigger in program.triggers
        if (before := program.captures[trigger.capture].before) is not None
        and before.every_s is not None
        and may_fire_in(trigger, step_name)
    ]
    return replace(recording, every_s=min([recording.every_s, *paces]))
