"""`operando run PROTOCOL --bench BENCH`."""

import math
from pathlib import Path

from operando.protocols.cli.launch import Launch
from operando.protocols.cli.shipped_or_file import program_named, script_for

__all__ = ["run_protocol"]


def run_protocol(
    protocol: Path,
    bench: str,
    out: Path | None,
    *,
    override: str,
    operator: str,
    json: bool,
    live: bool = False,
    alerts: bool = False,
    pace: float = math.inf,
    answers: Path | None = None,
) -> int:
    """Run a protocol; returns the exit code."""
    program = program_named(protocol)
    script = script_for(program, answers)
    launch = Launch(
        program, bench, override=override, operator=operator, live=live, pace=pace, alerts=alerts, answers=script
    )
    code, _ = launch.go(out, json=json)
    return code
