"""Takes a run from one phase of the box's way to the next, and refuses what a phase does not allow.

operando neither pumps, vents, opens nor carries anything: people do, gauges confirm.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from pydantic import JsonValue

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, OperandoError
from operando.drivers.roles import Instrument
from operando.protocols.interlocks import Phase, limits_of, shipped_rules
from operando.protocols.journalled_step import step_from
from operando.protocols.phases import Confirmed, Deed, EntryGate, PhaseDescription, deed_of, described
from operando.protocols.program import EnterPhase, Program
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam_kept_off import BeamKeptOff
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.interlocks import Interlocks
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.phases_past import passed_leak_test
from operando.protocols.runner.sensors import PERIOD_S, Sensors

__all__ = ["PHASE", "PhaseForbids", "PhaseNotReached", "Phases", "Wait"]

PHASE = "phase"
"""Source of the events, and word of the journal."""

BEAM_DEEDS = (
    "unblank for X-rays",
    "scan",
    "scan (beam test)",
    "scan (focus)",
    "scan of the sample",
    "count X-rays",
    "autofocus",
    "apply beam conditions",
    "restore beam conditions",
)
OF_MICROSCOPE = frozenset({Deed.BEAM, Deed.HIGH_VOLTAGE, Deed.STAGE})
DEEDS: Mapping[str, Deed] = {
    "move stage": Deed.STAGE,
    "high voltage on": Deed.HIGH_VOLTAGE,
    "blank outside scans": Deed.BEAM,
    **dict.fromkeys(BEAM_DEEDS, Deed.BEAM),
}
"""What each command does that a phase may forbid; what ends something, or makes it safe, is allowed always."""
START_STEP = "start step"
PERIOD_ON_THE_WAY_S = 10.0
"""Between readings of a gauge while the box is on its way."""

Wait = Callable[[float, Callable[[], bool]], Awaitable[None]]


class PhaseForbids(InstrumentError):
    """Something was to be commanded that the phase does not allow; it was not sent."""


class PhaseNotReached(OperandoError):
    """The next phase could not begin in time, and the protocol says that this ends the run."""


class Phases:
    """Knows where the box is, as far as a run can.

    Args:
        program: whose entries are followed; without any everything stays as in `observe`.
        bench: whose limits count.
        record: of the run.
        interlocks: judge by the phase.
        sensors: are read more often while the box is on its way.
        observer: told of each phase.
        commands: through which the high voltage is looked at.
    """

    def __init__(
        self,
        program: Program,
        bench: Bench,
        record: RunRecord,
        interlocks: Interlocks,
        sensors: Sensors,
        observer: Observer,
        commands: Commands,
    ) -> None:
        self.used = program.has_phases
        self._bench = bench
        self._record = record
        self._interlocks = interlocks
        self._sensors = sensors
        self._observer = observer
        self._beam = BeamKeptOff(bench, commands, record, interlocks, observer)
        self._limits = limits_of(bench.file, program.safety)
        way = [action for action in program if isinstance(action, EnterPhase)]
        self._begins_with = way[0] if way else None
        visits = [action for action in way if _observes(action)]
        self._last_at_microscope = max((visit.number for visit in visits), default=0)
        self.visit = visits[0] if visits else None
        """The entry of the protocol with which the box first comes to stand open in the microscope."""
        self._entered = self._ends = self._leaving = self._unconfirmed = False
        self.confirmed = Confirmed()
        """Told of each answer to a question that confirms."""
        self._must_be_off = False
        """Whether nobody may switch the high voltage on now."""
        self.looks_first = False
        """Whether an earlier process was killed as the visit began: cell and beam are looked at before any picture."""
        self._begin_observing: Callable[[], Awaitable[None]] = _nothing
        self._end_observing: Callable[[bool], Awaitable[None]] = _nothing_more

    @property
    def phase(self) -> Phase:
        return self._interlocks.phase

    @property
    def description(self) -> PhaseDescription:
        """Of the phase that the run is in."""
        return described()[self.phase]

    @property
    def cell_connected(self) -> bool:
        """Whether the cell hangs on the potentiostat, so that it may rest, recorded, while people are waited for."""
        return not self.used or self.description.cell_connected

    @property
    def at_microscope(self) -> bool:
        """Whether pictures may be taken."""
        return not self.used or Deed.BEAM in self.description.allows

    def parking_forbidden(self) -> str:
        """Why no session may end here: where no beam is allowed, the sample could not be found again."""
        if self._unconfirmed:
            return (
                "nobody has confirmed yet that the box stands open in the microscope, and the run is parked until then"
            )
        if self.at_microscope and self._ends:
            return f"the phase {str(self.phase)!r} ends: its last pictures are taken, and the box is closed next"
        if self.at_microscope:
            return ""
        return (
            f"in the phase {str(self.phase)!r} the microscope may not look at the sample, and without a last look it "
            "could not be found again"
        )

    def lending_forbidden(self) -> str:
        """Why nobody else may have the microscope now: what he switches on would meet a box that is closed or moved."""
        if self._unconfirmed:
            return "nobody has confirmed yet that the box stands open in the microscope"
        if self.at_microscope and not self._ends:
            return ""
        return f"the phase {str(self.phase)!r} needs the beam off, and the box is closed, carried or vented"

    def refuse(self, instrument: Instrument, action: str, details: Mapping[str, JsonValue]) -> None:
        """Called before each command with an effect, with what the journal will have of it.

        Raises:
            PhaseForbids: if the phase does not allow it.
        """
        if not self.used:
            return
        deed = DEEDS.get(action)
        if action == START_STEP:
            deed = deed_of(step_from(details["step"]).technique)
        ends = self._leaving and deed in OF_MICROSCOPE
        if deed is None or (deed in self.description.allows and not ends):
            return
        why = "it ends, the next one needs no beam" if ends else self.description.what
        if self._unconfirmed:
            why = "nobody has confirmed yet where the box is"
        raise PhaseForbids(
            f"the phase {str(self.phase)!r} does not allow: {action} ({why})",
            where=instrument.name,
            remedy="It was not sent. Let the protocol enter a phase that allows it first.",
        )

    def take_up(
        self, phase: str, events: Sequence[Mapping[str, JsonValue]], *, looked: bool, comes_back: bool = False
    ) -> None:
        """Go on in the phase in which an earlier process was killed, with what had tripped and was tested there.

        Where the box is after days is not known: until it is confirmed, nothing is allowed, as in the glovebox.

        Args:
            phase: that was entered last; empty if none was.
            events: of the record.
            looked: whether cell and beam were looked at in the open box.
            comes_back: whether the run was parked, and the box has travelled.
        """
        self._interlocks.restore(events)
        if not self.used or not phase:
            return
        if comes_back:
            self._unconfirmed = True
            self._interlocks.go_on_in(Phase.GLOVEBOX)
            return
        self._interlocks.go_on_in(Phase(phase))
        self.looks_first = self.at_microscope and not looked
        self.confirmed.restore(events, phase)
        if place := passed_leak_test(events):
            self._interlocks.leak_tested(place, passed=True, why="")
        self._tell(self.description, "taken up")

    def begin(
        self, begin_observing: Callable[[], Awaitable[None]], end_observing: Callable[[bool], Awaitable[None]]
    ) -> None:
        """The flows begin; gauges are read as often as the phase needs it.

        Args:
            begin_observing: what is done when the microscope may be used.
            end_observing: what is done before it may not be used any more; told whether that is for good.
        """
        self._begin_observing, self._end_observing = begin_observing, end_observing
        if self.used:
            self._record.phase = str(self.phase)
            self._set_pace()

    def _set_pace(self) -> None:
        self._sensors.read_every(PERIOD_S if self.at_microscope else PERIOD_ON_THE_WAY_S)

    async def prepare(self, action: EnterPhase, wait: Wait) -> str:
        """Leave the microscope if the next phase does not allow its use, and wait until the phase may begin.

        Args:
            action: which phase, and how long that is waited for.
            wait: lets time pass, at most so long, until something is over.

        Returns:
            Why it may not begin; empty if it may.
        """
        if self.at_microscope and Deed.BEAM not in described()[action.phase].allows:
            self._ends = True
            await self._end_observing(action.number > self._last_at_microscope)
            self._leaving = True
            await self.keep_beam_off()
        return await self.wait_for(action, wait)

    async def keep_beam_off(self) -> None:
        """The beam is blanked and the high voltage off, both read back, before anything else is done.

        Raises:
            DeviceFault: if that is not confirmed in time.
        """
        if self._interlocks.uses_beam or self.description.cell_connected:
            taken_up = not self._leaving and self.description.keeps_beam_off
            await self._beam.keep_off(self.phase, should_be_off=taken_up)
        self._must_be_off = self._leaving or self.description.keeps_beam_off

    async def follow(self) -> None:
        """See to it, until cancelled, that nobody leaves the high voltage on over a box that people close or open."""
        if self.used:
            await self._beam.follow(lambda: self.phase if self._must_be_off else None)

    async def wait_for(self, action: EnterPhase, wait: Wait) -> str:
        """Wait until the phase may begin, at most so long as the protocol says; why it may not, empty if it may.

        Raises:
            PhaseNotReached: if a person should have confirmed something before it, and nobody has. The first phase of
                a run is where people have put the box.
        """
        clock, judge = self._bench.clock, self._interlocks.judge
        since_s, box_volume_m3 = clock.now(), self._bench.file.box.volume
        begun = action.phase is self.phase  # by an earlier process, which was killed before the entry was done
        confirmed = begun or action == self._begins_with or bool(self.confirmed)
        description = described()[action.phase]
        gate = EntryGate(description, judge, self._limits, box_volume_m3, since_s, confirmed=confirmed)
        if gate.unconfirmed:
            raise PhaseNotReached(
                f"the phase {str(action.phase)!r} does not begin: {gate.blocked(since_s)}",
                remedy="Everything was made safe, and the box stays where it is. Ask with `confirm: true`, without "
                "`otherwise` and `ends_run_if`: `operando check` finds such a question.",
            )
        with self._interlocks.followed_by(gate.take):
            await self._sensors.read_all()
            why = gate.blocked(clock.now())
            if not why:
                return ""
            self._record.event(clock.now(), PHASE, "waits", f"{action.phase}: {why}", line=action.line)
            await wait(action.at_most_s, lambda: not gate.blocked(clock.now()))
            return gate.blocked(clock.now())

    async def go_on(self, action: EnterPhase) -> None:
        """The phase begins; people may have been waited for, and the high voltage is looked at once more.

        Raises:
            DeviceFault: if the phase needs beam and high voltage off, and they are not.
        """
        self._must_be_off = described()[action.phase].keeps_beam_off
        if self._must_be_off:
            await self._beam.keep_still_off(action.phase)
        else:
            await self._beam.switched()
        self._ends = self._leaving = False
        self._record.progress(self._bench.clock.now(), PHASE, phase=str(action.phase), action=action.number)
        self._record.phase = str(action.phase)
        self.confirmed.phase_begins()
        if self._entered or action.phase is not self.phase:
            self._interlocks.enter(action.phase)
        self._entered = True
        self._set_pace()
        self._tell(described()[action.phase], "entered")
        if self.at_microscope:
            await self._begin_observing()

    def back_at_microscope(self) -> None:
        """People and gauges have confirmed that the box stands open in the microscope again."""
        self._unconfirmed = False
        self._interlocks.enter(Phase.OBSERVE)
        self._set_pace()
        self._tell(self.description, "taken up")

    def leaving_after(self, look: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
        """The last look of a visit: once it is over nothing that the microscope does is begun until the next phase.

        The next phase may have to be waited for, and timers and people go on asking for pictures.
        """

        async def looking(occasion: str) -> None:
            await look(occasion)
            self._leaving = True

        return looking

    @property
    def ends_in_microscope(self) -> bool:
        """Whether a run that ends now leaves the box in a microscope whose high voltage may be on."""
        return self.used and self.description.cell_connected

    def not_reached(self, action: EnterPhase, why: str) -> PhaseNotReached:
        """What is said when it did not begin in time."""
        return PhaseNotReached(
            f"the phase {str(action.phase)!r} could not begin within {action.at_most_s:g} s: {why}",
            remedy="Mend that; everything was made safe, and the box stays where it is.",
        )

    def _tell(self, description: PhaseDescription, kind: str) -> None:
        now = self._bench.clock.now()
        self._record.phase = str(description.phase)
        allows = ", ".join(deed for deed in Deed if deed in description.allows) or "nothing"
        said = f"{description.phase}: {description.what}; allowed: {allows}"
        warnings = [f"{name}: {shipped_rules()[name].why}" for name in description.tell]
        self._record.event(now, PHASE, kind, said, phase_entered=str(description.phase), warnings=[*warnings])
        self._observer.message(now, said)
        for warning in warnings:
            self._observer.message(now, f"WARNING: {warning}")


def _observes(action: EnterPhase) -> bool:
    return Deed.BEAM in described()[action.phase].allows


async def _nothing() -> None:
    pass


async def _nothing_more(last: bool) -> None:
    del last
