"""Which run this is."""

from pydantic import JsonValue

from operando.protocols.live.look import Look

__all__ = ["identity"]


def identity(look: Look) -> JsonValue:
    """Run, sample, batch, operator, start; whether it is simulated; the regions and captures there are."""
    header, program = look.run.header, look.documents.program
    return {
        "run_id": header.run_id,
        "title": header.title,
        "sample": header.sample.name,
        "batch": header.sample.batch,
        "operator": header.operator,
        "institution": header.institution,
        "simulated": header.simulated,
        "start_unix_s": header.start_unix_s,
        "nominal_capacity_C": header.sample.nominal_capacity_C,
        "elements": list(header.sample.elements),
        "regions": list(program.regions) if program else [],
        "captures": list(program.captures) if program else [],
        "voltage_limits_V": list(program.safety.voltage_V) if program and program.safety else None,
        "unreadable": list(look.documents.unreadable),
    }
