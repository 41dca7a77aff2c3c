"""The protocol on the axis of time: what was, what is, and what is to come."""

from pydantic import JsonValue

from operando.protocols.live.look import Look, plain
from operando.protocols.live.outlook import stretches
from operando.protocols.live.sections.cell import rest_of_step_s

__all__ = ["timeline"]


def timeline(look: Look) -> JsonValue:
    """The stretches of the run, and when it should end."""
    documents = look.documents
    rest_s = rest_of_step_s(look)
    found = stretches(look.steps, documents.program, documents.plan, look.now_s, rest_s, ended=look.over)
    end_s = max((one.end_s for one in found), default=look.now_s)
    return {
        "now_s": look.now_s,
        "end_s": plain(end_s),
        "remaining_s": None if look.over else plain(max(0.0, end_s - look.now_s)),
        "stretches": [
            [one.name, one.kind, one.cycle, round(one.start_s, 1), round(one.end_s, 1), one.state] for one in found
        ],
    }
