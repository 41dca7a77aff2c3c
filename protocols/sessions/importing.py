"""Takes cycling elsewhere into the record of a run: samples, spectra and steps, marked as what they are.

The file itself is kept first. An import that a kill has cut off is finished from that copy the next time, and what is
in the record already is not written twice.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.collector import ObservedCollector
from operando.drivers.potentiostats.observed.steps import FollowedSteps, PlacedRow
from operando.drivers.roles import ObservedStep
from operando.protocols.program import Program
from operando.protocols.record import RunRecord, open_samples, read_events, read_journal
from operando.protocols.record.sessions import ImportedFile, parked_sessions, session_folder
from operando.protocols.sessions.consent import Consent
from operando.protocols.sessions.elsewhere import CLOCK_UNCERTAINTY_S, Elsewhere, ElsewhereFile, read_elsewhere
from operando.protocols.sessions.plausible import CellLeft, objections, require_free_time

__all__ = ["Import", "Imported"]

BEGUN, DONE = "import begun", "imported"
"""What the journal calls it."""
FOLDER = "elsewhere"
"""Of the files, in that of the session to which they lead."""


@dataclass(frozen=True, slots=True)
class Imported:
    """All files since the session before, and the cycles that they have."""

    files: tuple[ImportedFile, ...]

    @property
    def cycles(self) -> int:
        """Cycles in which charge has passed."""
        return sum(file.last_cycle - file.first_cycle + 1 for file in self.files)


@dataclass(frozen=True, slots=True)
class StepOver:
    """The last row of a step: its run time, and what had passed by then."""

    time_s: float
    elapsed_s: float
    charge_C: float


class Import:
    """Imports files into a record that is about to begin another session.

    Args:
        record: of the run, reopened.
        program: of the run.
        now_s: run time.
        consent: somebody's word that the files are of this cell; None if nobody has given it.
    """

    def __init__(self, record: RunRecord, program: Program, now_s: float, consent: Consent | None) -> None:
        self._record = record
        self._program = program
        self._now_s = now_s
        self._consent = consent
        self._parked = parked_sessions(record.folder)[-1]
        self._number = self._parked.number + 1

    def of(self, files: Sequence[ElsewhereFile]) -> Imported:
        """Import what is new, and tell everything that was imported since the session before.

        Raises:
            ConfigMismatch: if a file cannot be of this cell, or of this time; nothing of any of them was imported.
            RecordError: if the record cannot be written.
        """
        begun, done = self._earlier()
        for sha256 in begun.keys() - {file.sha256 for file in done}:
            done.append(self._write(self._kept(begun[sha256]), begun[sha256]))
        read = [read_elsewhere(file, self._record.header.start_unix_s) for file in files]
        new = {one.sha256: one for one in read if one.sha256 not in begun}
        wanted = sorted(new.values(), key=lambda one: one.from_s)
        self._judge(wanted, done)
        done += [self._begin(one) for one in wanted]
        return Imported(tuple(sorted(done, key=lambda file: file.from_s)))

    def _earlier(self) -> tuple[dict[str, dict[str, JsonValue]], list[ImportedFile]]:
        begun: dict[str, dict[str, JsonValue]] = {}
        done: list[ImportedFile] = []
        for entry in read_journal(self._record.folder):
            details = entry.get("details")
            if entry.get("entry") != "progress" or not isinstance(details, dict):
                continue
            if details.get("session") != self._number:
                continue
            if entry["what"] == BEGUN:
                begun[str(details["sha256"])] = details
            elif entry["what"] == DONE:
                done.append(ImportedFile.model_validate(details["imported"]))
        return begun, done

    def _judge(self, files: Sequence[Elsewhere], done: Sequence[ImportedFile]) -> None:
        left = self._cell_left(done)
        require_free_time(files, left, self._now_s)
        before = left
        for file in files:
            against = list(objections(file, before, self._program))
            if against and self._consent is None:
                raise ConfigMismatch(
                    f"this is hardly cycling of the cell of this run: {'; '.join(against)}",
                    where=file.name,
                    remedy="Look whether it is the right file; if it is, say why with --import-confirmed.",
                )
            if against and self._consent is not None:
                said = f"{file.name}: {'; '.join(against)}; {self._consent.who}: {self._consent.reason}"
                self._event(self._now_s, "import confirmed by a person", said, who=self._consent.who)
            before = CellLeft(file.to_s, file.rows[-1].voltage_V)

    def _cell_left(self, done: Sequence[ImportedFile]) -> CellLeft:
        samples = open_samples(self._record.folder)
        latest_s = max([self._parked.to_s, *(file.to_s for file in done)])
        return CellLeft(latest_s, float(samples["voltage_V"][-1]) if samples.size else float("nan"))

    def _begin(self, file: Elsewhere) -> ImportedFile:
        folder = session_folder(self._record.folder, self._number) / FOLDER
        self._record.disk.make_folder(folder)
        path = folder / f"{file.sha256[:8]}_{file.name}"
        self._record.disk.write_whole(path, file.data)
        samples = open_samples(self._record.folder)
        details: dict[str, JsonValue] = {
            "session": self._number,
            "file": path.relative_to(self._record.folder).as_posix(),
            "name": file.name,
            "sha256": file.sha256,
            "origin_s": file.origin_s,
            "first_step": self._last_step() + 1,
            "cycles_before": int(samples["cycle"].max()) if samples.size else 0,
        }
        self._record.progress(self._now_s, BEGUN, **details)
        self._record.sync()
        return self._write(file, details)

    def _last_step(self) -> int:
        """The last step of the record; one that was ended at once has no samples."""
        started = (event for event in read_events(self._record.folder) if event["kind"] == "step started")
        return max((int(str(event["step"])) for event in started), default=0)

    def _kept(self, details: dict[str, JsonValue]) -> Elsewhere:
        """The copy of a file whose import was cut off, placed where it was placed then."""
        path = self._record.folder / str(details["file"])
        read = read_elsewhere(ElsewhereFile(path, "UTC"), self._record.header.start_unix_s)
        return Elsewhere(str(details["name"]), read.data, read.program, float(str(details["origin_s"])), read.rows)

    def _write(self, file: Elsewhere, details: dict[str, JsonValue]) -> ImportedFile:
        first_step, cycles_before = int(str(details["first_step"])), int(str(details["cycles_before"]))
        rows = _converted(file, first_step, cycles_before)
        block, points, steps = rows.block, rows.points, rows.steps
        there = open_samples(self._record.folder)
        if not (there["step"] >= first_step).any():
            block["sequence"] = np.arange(block.size) + (int(there["sequence"].max()) + 1 if there.size else 0)
            self._record.samples(block)
        known = {event.get("step") for event in read_events(self._record.folder) if event["kind"] == "step ended"}
        for step in steps:
            if step.number not in known:
                cycle = rows.cycle_of[step.number]
                self._record.impedance(points[points["step"] == step.number], step.number, cycle)
                self._note_step(step, cycle, rows.ends[step.number], str(details["file"]))
        imported = ImportedFile(
            file=str(details["file"]),
            sha256=file.sha256,
            program=file.program,
            from_s=file.from_s,
            to_s=file.to_s,
            samples=int(block.size),
            impedance_points=int(points.size),
            first_step=first_step,
            last_step=steps[-1].number,
            first_cycle=cycles_before + 1,
            last_cycle=cycles_before + rows.cycles,
            charge_C=float(sum(end.charge_C for end in rows.ends.values())),
        )
        self._record.progress(self._now_s, DONE, session=self._number, imported=imported.model_dump(mode="json"))
        self._record.sync()
        return imported

    def _note_step(self, step: ObservedStep, cycle: int, end: StepOver, file: str) -> None:
        told: dict[str, JsonValue] = {"step": step.number, "imported": True, "file": file}
        begins = f"{step.name}, imported"
        self._record.event(step.time_s, "cycling", "step started", begins, cycle=cycle, line=0, **told)
        self._record.event(
            end.time_s,
            "cycling",
            "step ended",
            f"{begins}: as the other program has recorded it",
            reason="imported",
            elapsed_s=end.elapsed_s,
            charge_C=end.charge_C,
            detail="",
            why="",
            **told,
        )

    def _event(self, time_s: float, kind: str, message: str, **details: JsonValue) -> None:
        self._record.event(time_s, "session", kind, message, **details)


@dataclass(frozen=True, slots=True)
class _Converted:
    """A file as the record takes it: samples, impedance points, steps and how each ended, and the number of cycles."""

    block: NDArray[np.void]
    points: NDArray[np.void]
    steps: tuple[ObservedStep, ...]
    ends: dict[int, StepOver]
    cycle_of: dict[int, int]
    cycles: int


def _converted(file: Elsewhere, first_step: int, cycles_before: int) -> _Converted:
    """Steps are numbered on from those of the run, and so are the cycles in which charge has passed."""
    collector, followed = ObservedCollector(), FollowedSteps()
    placed = [followed.place(row) for row in file.rows]
    for one in placed:
        collector.add(one, file.origin_s + one.row.elapsed_s, CLOCK_UNCERTAINTY_S)
    taken, ends = collector.take(), _ends(placed, file.origin_s, first_step)
    charged = sorted({one.row.cycle for one in placed if one.name in ("charge", "discharge", "hold")})
    block, points = taken.block, taken.impedance
    block["cycle"] = cycles_before + np.searchsorted(charged, block["cycle"], "right")
    block["step"] += first_step - 1
    points["step"] += first_step - 1
    first = {one.step + first_step - 1: one.row.cycle for one in reversed(placed)}
    cycle_of = {step: cycles_before + bisect_right(charged, cycle) for step, cycle in first.items()}
    steps = tuple(replace(step, number=step.number + first_step - 1) for step in taken.begun)
    return _Converted(block, points, steps, ends, cycle_of, len(charged))


def _ends(placed: Sequence[PlacedRow], origin_s: float, first_step: int) -> dict[int, StepOver]:
    return {
        one.step + first_step - 1: StepOver(origin_s + one.row.elapsed_s, one.elapsed_s, one.charge_C) for one in placed
    }
