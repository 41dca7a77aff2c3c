"""What the run was run by: its protocol and its bench file, and what follows from them before anything is measured."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operando.drivers.bench import BenchFile, load_bench_file
from operando.drivers.documents import DocumentError
from operando.protocols.interlocks import Band, rules_of_run
from operando.protocols.plan import Plan, plan
from operando.protocols.program import Program

if TYPE_CHECKING:
    from operando.protocols.reading import Run

__all__ = ["Documents", "SensorLimits", "read_documents"]

SensorLimits = dict[tuple[str, str], tuple[float | None, float | None]]
"""Lowest and highest value allowed, SI, by place and quantity."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a run; None where this version cannot read them, and `unreadable` says why."""

    program: Program | None
    plan: Plan | None
    bench: BenchFile | None
    unreadable: tuple[str, ...] = ()

    def sensor_limits(self, gauges: Collection[str], thermometers: Collection[str]) -> SensorLimits:
        """The narrowest limits that the interlocks of this run set for each sensor."""
        if self.program is None or self.bench is None:
            return {}
        rules = rules_of_run(self.program.interlocks, self.bench, self.program.safety, gauges, thermometers)
        limits: SensorLimits = {}
        for rule in rules.rules:
            for band in (condition for condition in rule.when if isinstance(condition, Band)):
                place = (band.source.place, band.source.quantity)
                low, high = limits.get(place, (None, None))
                lowest = [each for each in (low, band.lowest) if isinstance(each, float)]
                highest = [each for each in (high, band.highest) if isinstance(each, float)]
                limits[place] = (max(lowest, default=None), min(highest, default=None))
        return limits


def read_documents(run: "Run") -> Documents:
    """Read the protocol and the bench file that the record keeps."""
    from operando.protocols.document import parse_protocol

    unreadable: list[str] = []
    program: Program | None = None
    bench: BenchFile | None = None
    header = run.header
    try:
        program = parse_protocol(header.protocol_text, header.protocol_file, run.folder / "attachments")
    except DocumentError as error:
        unreadable.append(f"protocol: {error}")
    try:
        bench = load_bench_file(header.bench_text, "bench.yaml")[1]
    except DocumentError as error:
        unreadable.append(f"bench file: {error}")
    return Documents(program, plan(program) if program else None, bench, tuple(unreadable))
