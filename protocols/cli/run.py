"""`operando run PROTOCOL --bench BENCH`."""

import math
from pathlib import Path

from operando.protocols.cli.launch import Launch
from operando.protocols.document import load_protocol

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
) -> int:
    """Run a protocol; returns the exit code."""
    launch = Launch(
        load_protocol(protocol), bench, override=override, operator=operator, live=live, pace=pace, alerts=alerts
    )
    code, _ = launch.go(out, json=json)
    return code
