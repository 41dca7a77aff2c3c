"""`operando check PROTOCOL`."""

import json as json_module
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from operando.drivers.bench import open_bench
from operando.drivers.documents import DocumentError
from operando.protocols.check import bench_facts, check
from operando.protocols.cli.failures import WRONG_INPUT
from operando.protocols.cli.rehearsal import show_rehearsal
from operando.protocols.cli.shipped_or_file import program_named
from operando.protocols.cli.working import working
from operando.protocols.plan import plan

__all__ = ["run_check"]


def run_check(protocol: Path, bench: str, *, json: bool) -> int:
    """Validate, rehearse and print; 2 if the bench cannot do what the protocol asks.

    Connects to the bench to ask for its capabilities, which changes nothing.
    """
    try:
        program = program_named(protocol)
    except DocumentError as error:
        if json:
            problems = [asdict(problem) for problem in error.problems]
            print(json_module.dumps({"problems": problems}))  # noqa: T201  this is the output
            return WRONG_INPUT
        raise
    opened = open_bench(bench)
    try:
        facts = bench_facts(opened)
    finally:
        opened.close()
    console = Console(highlight=False)
    with working(console, "rehearsal", quiet=json):
        rehearsal = plan(program, facts)
        findings = check(program, facts, rehearsal)
    if json:
        told = [{"severity": f.severity, "line": f.line, "what": f.what, "remedy": f.remedy} for f in findings]
        print(json_module.dumps({"findings": told, "plan": rehearsal.as_json()}))  # noqa: T201  this is the output
    else:
        show_rehearsal(console, program, rehearsal, facts, findings)
    return WRONG_INPUT if any(finding.severity == "error" for finding in findings) else 0
