"""Everything that a report is made from: the run, and the documents that it was run by."""

from dataclasses import dataclass
from pathlib import Path

from operando.drivers.bench import BenchFile, load_bench_file
from operando.drivers.documents import DocumentError
from operando.protocols.document import parse_protocol
from operando.protocols.program import Program
from operando.protocols.reading import Event, Run, RunStatus, open_run
from operando.protocols.record import RunHeader
from operando.protocols.record.metadata import METADATA, RunMetadata
from operando.protocols.report.cycles import CycleCapacity, capacity_by_cycle
from operando.protocols.report.region_dose import RegionDose, dose_by_region

__all__ = ["Material", "read_material"]

COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Material:
    """A run as far as it was acknowledged when it was opened.

    Args:
        status: closed, running or killed, at that moment.
        environment: versions of programs, as the record has them.
        metadata: the answers of `metadata.json`; None if it was not written yet.
        program, bench: None if this version cannot read the documents of that run; `unreadable` says why.
    """

    run: Run
    status: RunStatus
    environment: str
    metadata: RunMetadata | None
    program: Program | None
    bench: BenchFile | None
    unreadable: tuple[str, ...]

    @property
    def header(self) -> RunHeader:
        return self.run.header

    @property
    def simulated(self) -> bool:
        return self.run.header.simulated

    @property
    def ending(self) -> Event | None:
        """The event that says how the run ended; None while it runs, or if it was killed."""
        endings = [event for event in self.run.events if event.source == "run" and "exit_code" in event.details]
        return endings[-1] if endings else None

    @property
    def completed(self) -> bool:
        """Whether the protocol was carried out to its end."""
        return self.ending is not None and self.ending.kind == COMPLETED

    @property
    def end_s(self) -> float:
        """Run time of the last thing that is recorded."""
        samples, run = self.run.samples, self.run
        last_sample_s = float(samples["time_s"][-1]) if samples.size else 0.0
        ends = [row.end_s for row in run.frames.rows] + [row.end_s for row in run.spectra.rows]
        return max([last_sample_s, *ends, *(event.time_s for event in run.events[-1:])])

    def cycles(self) -> list[CycleCapacity]:
        """Capacity by cycle."""
        return capacity_by_cycle(self.run.samples, ended=self.completed)

    def doses(self) -> list[RegionDose]:
        """Dose by region."""
        run, budget = self.run, self.program.dose if self.program else None
        return dose_by_region(run.frames.rows, run.spectra.rows, run.exposures, budget)


def read_material(folder: Path) -> Material:
    """Open a record, running, closed or left by a kill.

    Raises:
        RecordError: if the folder is no record.
    """
    run = open_run(folder)
    unreadable: list[str] = []
    program, bench = _program(run, unreadable), _bench(run.header, unreadable)
    metadata = _metadata(folder, unreadable)
    environment = folder / "environment.txt"
    return Material(
        run=run,
        status=run.status,
        environment=environment.read_text(encoding="utf-8") if environment.is_file() else "",
        metadata=metadata,
        program=program,
        bench=bench,
        unreadable=tuple(unreadable),
    )


def _program(run: Run, unreadable: list[str]) -> Program | None:
    try:
        return parse_protocol(run.header.protocol_text, run.header.protocol_file, run.folder / "attachments")
    except DocumentError as error:
        unreadable.append(f"protocol: {error}")
        return None


def _bench(header: RunHeader, unreadable: list[str]) -> BenchFile | None:
    try:
        return load_bench_file(header.bench_text, "bench.yaml")[1]
    except DocumentError as error:
        unreadable.append(f"bench file: {error}")
        return None


def _metadata(folder: Path, unreadable: list[str]) -> RunMetadata | None:
    if not (folder / METADATA).is_file():
        return None
    try:
        return RunMetadata.read(folder)
    except ValueError as error:
        unreadable.append(f"{METADATA}: {error}")
        return None
