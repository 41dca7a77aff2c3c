"""Everything about a dry run on one sheet: sums, timeline, captures, regions, and what speaks against it."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from operando.protocols.check import Finding
from operando.protocols.cli.rehearsal.folding import timeline
from operando.protocols.cli.rehearsal.region_counts import region_counts
from operando.protocols.cli.rehearsal.tables import capture_table, dose_table, focus_table, timeline_table
from operando.protocols.plan import BenchFacts, Plan
from operando.protocols.plan.words import size_in_words, time_in_words
from operando.protocols.program import Program
from operando.protocols.report.wording import setting

__all__ = ["show_findings", "show_rehearsal"]

WIDE = 104
"""Characters from which on there is room for where a number comes from."""


def show_rehearsal(
    console: Console, program: Program, plan: Plan, facts: BenchFacts, findings: Sequence[Finding]
) -> None:
    """Print the sheet."""
    console.print(Text(plan.title, "bold"))
    console.print(_sums(program, plan))
    told = list(timeline(plan))
    wide = console.width >= WIDE
    tables = [timeline_table(told, wide=wide)] if told else []
    tables += [table for table in [capture_table(plan)] if table.row_count]
    tables += [dose_table(plan, region_counts(program, plan, facts), wide=wide)] if plan.regions else []
    tables += [focus_table(plan)] if plan.focusing else []
    for table in tables:
        console.print()
        console.print(table)
    console.print()
    show_findings(console, program.file, findings)
    if not findings:
        console.print("nothing speaks against it", style="green")


def _sums(program: Program, plan: Plan) -> Text:
    sample = program.sample
    capacity = sample.nominal_capacity_C
    cell = sample.name + (f", {setting(capacity / 3600.0, 'Ah')}" if capacity is not None else "")
    sums = [f"about {time_in_words(plan.duration_s)}", f"{plan.pictures} pictures", f"{plan.spectra} spectra"]
    return Text(f"{cell}\n" + "   ".join([*sums, f"{size_in_words(plan.bytes)} on disk"]))


def show_findings(console: Console, file: str, findings: Sequence[Finding]) -> None:
    """Errors first, each with its place, what is wrong, and what to do."""
    for finding in findings:
        style = "bold red" if finding.severity == "error" else "bold yellow"
        place = f"{file}:{finding.line}" if finding.line else file
        console.print(Text.assemble((finding.severity, style), f"  {place}"), soft_wrap=True)
        lines = Table.grid()
        lines.add_row(f"{finding.what[0].upper()}{finding.what[1:]}.")
        lines.add_row(Text(finding.remedy, "dim"))
        console.print(Padding(lines, (0, 0, 0, 2)))
