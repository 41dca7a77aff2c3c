"""What of a run belongs to its sessions: how this one begins, how it ends, and what is written down for the next."""

from dataclasses import dataclass

from pydantic import JsonValue

from operando.drivers.bench import Bench
from operando.protocols.program import Program
from operando.protocols.record import RunRecord
from operando.protocols.record.parking import park_record
from operando.protocols.record.sessions import (
    ContinuedSession,
    ImportedFile,
    continued_sessions,
    parked_sessions,
    write_continued,
)
from operando.protocols.runner.cells import Cells
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.last_look import LastLook
from operando.protocols.runner.parking import Parking
from operando.protocols.runner.recognition import Recognised, Recognition, placing
from operando.protocols.runner.sample_look import SampleLook
from operando.protocols.runner.steering import Steering
from operando.protocols.sessions.consent import Consent

__all__ = ["Coming", "Sessions"]


@dataclass(frozen=True, slots=True)
class Coming:
    """A session that is about to begin.

    Args:
        imported: cycling elsewhere since the last session.
        cycles_elsewhere: in all, since the beginning of the run.
        consent: of a person who knows the sample; None if nobody has said anything.
    """

    imported: tuple[ImportedFile, ...] = ()
    cycles_elsewhere: int = 0
    consent: Consent | None = None


class Sessions:
    """The sessions of one run.

    Args:
        program: of the run.
        bench: open.
        record: of the run.
        commands: through which the microscope is reached.
        steering: says when the run is to be parked.
        imaging: None if the run takes no pictures.
        cells: as they stand.
        coming: the session that this process is to begin; None if one goes on.
    """

    def __init__(
        self,
        program: Program,
        bench: Bench,
        record: RunRecord,
        commands: Commands,
        steering: Steering,
        imaging: Imaging | None,
        cells: Cells,
        coming: Coming | None,
    ) -> None:
        self._program = program
        self._bench = bench
        self._record = record
        self._steering = steering
        self._imaging = imaging
        self._cells = cells
        self._coming = coming
        before = continued_sessions(record.folder)
        self._before = before[-1] if before else None
        self._look: SampleLook | None = None
        last_look: LastLook | None = None
        if imaging is not None:
            self._look = SampleLook(bench, commands, imaging.beam, program.regions.values(), cells.cycle)
            last_look = LastLook(program, bench, record, imaging, self._look)
            imaging.last_look = last_look.run
            if self._before is not None:
                imaging.beam.placed = placing(self._before)
        self._parking = Parking(bench.clock, steering, cells.rest, cells.stand, last_look)

    @property
    def coming(self) -> Coming | None:
        """The session that is about to begin; None once it has, or if one simply goes on."""
        return self._coming

    async def follow(self) -> None:
        """Until the run is parked, or cancelled.

        Raises:
            SessionOver: when it is.
        """
        await self._parking.follow()

    async def begin(self) -> None:
        """Recognise the sample, and begin the session; until that has a name in the record, the run stays parked.

        Raises:
            NotThisSample, SampleNotConfirmed, InstrumentError: if it is not to begin.
        """
        coming = self._coming
        if coming is None:
            return
        with self._steering.keeping_microscope("the run looks for the sample and its regions"):
            recognised = await self._recognised(coming)
        parked = parked_sessions(self._record.folder)[-1]
        now_s = self._bench.clock.now()
        placement, consent = recognised.placement, coming.consent
        confirmed = recognised.how == "confirmed" and consent is not None
        session = ContinuedSession(
            number=parked.number + 1,
            from_s=now_s,
            away_s=now_s - parked.to_s,
            from_wall=self._record.header.wall_text(now_s),
            recognised=recognised.how,
            who=consent.who if confirmed and consent else "",
            reason=consent.reason if confirmed and consent else "",
            rotation_rad=recognised.rotation_rad,
            turned_rad=placement.rotation_rad if placement else None,
            shift_m=placement.shift_m if placement else None,
            uncertainty_m=placement.middle_uncertainty_m if placement else None,
            regions=dict(recognised.regions),
            fiducials=dict(recognised.fiducials),
            imported=coming.imported,
            cycles_elsewhere=coming.cycles_elsewhere,
        )
        self._note_beginning(session)  # first: once the file has its name, what was asked of the last session is over
        self._record.sync()
        write_continued(self._record.disk, self._record.folder, session)
        self._coming, self._before = None, session
        if self._imaging is not None:
            self._imaging.beam.placed = placing(session)

    def park(self, now_s: float) -> None:
        """Seal the record, whose last events are written.

        Raises:
            RecordError: if that fails; the run is then not parked.
        """
        wish = self._steering.parking
        who, reason = (wish.who, wish.reason) if wish is not None else ("", "")
        park_record(self._record, now_s, who, reason, self._standing())

    async def _recognised(self, coming: Coming) -> Recognised:
        imaging, look = self._imaging, self._look
        if imaging is None or look is None or not self._program.regions:
            return Recognised("no regions", {})
        recognition = Recognition(self._program, self._bench, self._record, imaging, look, self._before, coming.consent)
        return await recognition.run()

    def _note_beginning(self, session: ContinuedSession) -> None:
        said = (
            f"session {session.number} begins, {session.away_s / 3600.0:.2f} h after session {session.number - 1} "
            f"was parked; sample: {session.recognised}; {len(session.imported)} files of cycling elsewhere"
        )
        self._record.event(session.from_s, "session", "continued", said, session=session.number, away_s=session.away_s)

    def _standing(self) -> dict[str, JsonValue]:
        standing: dict[str, JsonValue] = {"cell": self._cells.values}
        if self._imaging is not None:
            account, beam = self._imaging.beam.dose, self._imaging.beam
            regions = self._program.regions.values()
            unknown = self._imaging.unknown_dose.regions
            standing["dose"] = {
                one.name: {"given_C_per_m2": account.total_C_per_m2(one.name), "known": one.name not in unknown}
                for one in regions
            }
            standing["regions"] = {one.name: list(beam.aimed(one)) for one in regions}
        return standing
