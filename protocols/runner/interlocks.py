"""Acts on what the interlocks find: beam and cell go safe side by side, neither waits for the other."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import anyio
from pydantic import JsonValue

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, OperandoError
from operando.drivers.roles import HighVoltage, Instrument, Reading, SafeState, Safety
from operando.drivers.seam import Seam
from operando.protocols.interlocks import Action, Finding, NotCleared, Phase, RulesOfRun, Source
from operando.protocols.record import RunRecord
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.phases_past import latched
from operando.protocols.runner.steering import Steering

__all__ = ["BeamForbidden", "InterlockTrip", "Interlocks"]

RETRY_S = 5.0


class InterlockTrip(OperandoError):
    """An interlock has tripped whose action is to end the run."""


class BeamForbidden(InstrumentError):
    """No beam may reach the specimen now; the capture that needs it is given up."""


class Interlocks:
    """Does what the tripped rules say, at once, and lets the operator clear them.

    Args:
        rules: of this run.
        bench: with the instruments that are acted on.
        seam: through which they are made safe, apart from everything else that waits for them.
        commands: for what else is commanded.
        record: of the run.
        steering: holds the cycling.
        uses_beam: whether this run takes pictures; another's beam is left alone until the end of the run.
        phase: in which it begins.
    """

    def __init__(
        self,
        rules: RulesOfRun,
        bench: Bench,
        seam: Seam,
        commands: Commands,
        record: RunRecord,
        steering: Steering,
        *,
        uses_beam: bool,
        phase: Phase = Phase.OBSERVE,
    ) -> None:
        self.rules = rules
        self.judge = judge = rules.judge(phase)
        self._bench = bench
        self._seam = seam
        self._commands = commands
        self._record = record
        self._steering = steering
        self.uses_beam = uses_beam
        """Whether this run takes pictures; another's beam is left alone, but over a box that is closed or vented."""
        self._woken = anyio.Event()
        self._keeping_beam_off = False
        self._told: dict[int, SafeState] = {}
        self._followers: list[Callable[[Source, Reading], None]] = []
        self.beam_went_off: Callable[[], None] = lambda: None
        """Told when the beam was blanked behind the back of whoever uses it."""
        steering.guard(lambda: judge.tripped(Action.HOLD_CYCLING), self.acknowledge)

    @property
    def phase(self) -> Phase:
        return self.judge.phase

    def enter(self, phase: Phase) -> None:
        """Go on to the next phase, by whose rules everything is judged from now on."""
        self.judge.enter(phase)
        self._told.clear()
        self._wake()
        self.check()

    def go_on_in(self, phase: Phase) -> None:
        """An earlier process had entered this phase; what had latched stays."""
        self.judge.enter(phase)

    def restore(self, events: Iterable[Mapping[str, JsonValue]]) -> None:
        """What had latched in an earlier process, and nobody has cleared, is still tripped; nothing is told again."""
        for rule, (why, time_s) in latched(events).items():
            self.judge.restore(rule, why, time_s)
        self._wake()

    def leak_tested(self, place: str, *, passed: bool, why: str) -> None:
        """A leak test is over."""
        self.judge.leak_tested(place, passed=passed, why=why)
        self.check()

    @contextmanager
    def followed_by(self, take: Callable[[Source, Reading], None]) -> Iterator[None]:
        """Somebody sees each reading, too, while the block lasts."""
        self._followers.append(take)
        try:
            yield
        finally:
            self._followers.remove(take)

    def take(self, source: Source, reading: Reading) -> None:
        """Take in a reading; `check` judges it."""
        self.judge.take(source, reading)
        for follower in self._followers:
            follower(source, reading)

    def check(self) -> None:
        """Judge what is known now, wake whoever acts on it, and record what is new."""
        findings = self.judge.judge(self._bench.clock.now())
        if findings or self._beam_should_go_off():
            self._wake()
        self._note(findings)

    def acknowledge(self, rule: str, who: str, reason: str) -> None:
        """Clear a rule that has latched.

        Raises:
            NotCleared: if it has not tripped, its condition still holds, or no reason is given.
        """
        if not reason.strip():
            raise NotCleared(f"interlock {rule!r} is not cleared without a reason", remedy="Say what was mended.")
        trip = self.judge.acknowledge(rule, self._bench.clock.now())
        self._record.event(
            self._bench.clock.now(), "interlock", "cleared", reason, who=who, rule=rule, tripped_by=trip.why
        )
        self._told.clear()
        self._wake()
        if Action.HOLD_CYCLING in trip.rule.actions and not self.judge.tripped(Action.HOLD_CYCLING):
            self._steering.continue_cycling(who, f"interlock {rule!r} is cleared: {reason}")

    async def act(self) -> None:
        """Do what the rules say, until cancelled.

        Raises:
            InterlockTrip: once beam and cell have been made safe, if a rule ends the run.
        """
        async with anyio.create_task_group() as tasks:
            while True:
                woken = self._woken
                if self._beam_should_go_off():
                    self._keeping_beam_off = True
                    tasks.start_soon(self._keep_beam_off)
                if why := self.judge.tripped(Action.END_RUN):
                    await self._end_run(why)
                if (why := self.judge.tripped(Action.HOLD_CYCLING)) and not self._steering.cycling_held:
                    self._steering.hold_cycling("interlock", why)
                await woken.wait()

    async def beam_off(self, why: str) -> bool:
        """Blank the beam and switch the high voltage off; whether both were confirmed."""
        blanked = await self._blank(why)
        return await self._high_voltage_off() and blanked

    async def _end_run(self, why: str) -> None:
        with anyio.CancelScope(shield=True):
            async with anyio.create_task_group() as tasks:
                if self.uses_beam:
                    tasks.start_soon(self._blank, why)
                if self._bench.has_potentiostat:
                    tasks.start_soon(self._make_safe, self._bench.potentiostat, why)
                if self._bench.control_potentiostat is not None:
                    tasks.start_soon(self._make_safe, self._bench.control_potentiostat, why)
        raise InterlockTrip(
            why, remedy="Look at what each instrument has said of its safety; mend the cause before the next run."
        )

    def _beam_should_go_off(self) -> bool:
        return self.uses_beam and not self._keeping_beam_off and bool(self.judge.beam_forbidden())

    async def _keep_beam_off(self) -> None:
        """Blank the beam, try again until that is confirmed, and see to it until the beam may be on again."""
        blanked = high_voltage_off = False
        try:
            while why := self.judge.beam_forbidden():
                woken = self._woken
                if not blanked:
                    blanked = await self._blank(why)
                if self.judge.tripped(Action.HIGH_VOLTAGE_OFF) and not high_voltage_off:
                    high_voltage_off = await self._high_voltage_off()
                done = blanked and (high_voltage_off or not self.judge.tripped(Action.HIGH_VOLTAGE_OFF))
                with anyio.move_on_after(math.inf if done else RETRY_S):
                    await woken.wait()
        finally:
            self._keeping_beam_off = False

    async def _blank(self, why: str) -> bool:
        self.beam_went_off()
        blanked = await self._make_safe(self._bench.column, why)
        scan_ended = await self._make_safe(self._bench.scanner, why)
        return blanked and scan_ended

    async def _make_safe(self, role: Instrument, why: str) -> bool:
        no_answer = SafeState(role.name, Safety.UNKNOWN, "no answer in time")
        state = await self._seam.call_apart(lambda: self._bench.make_one_safe(role), no_answer)
        if self._told.get(id(role)) != state:
            self._told[id(role)] = state
            self._record.event(self._bench.clock.now(), "interlock", str(state.safety), str(state), reason=why)
        return state.safety is Safety.CONFIRMED

    async def _high_voltage_off(self) -> bool:
        column = self._bench.column
        try:
            await self._commands.effect(
                column, "high voltage off", lambda: column.switch_high_voltage(False), sync=True
            )
            return await self._commands.ask(column, column.high_voltage) is HighVoltage.OFF
        except InstrumentError:
            return False  # its outcome is in the journal; it is tried again

    def _wake(self) -> None:
        woken, self._woken = self._woken, anyio.Event()
        woken.set()

    def _note(self, findings: Sequence[Finding]) -> None:
        for found in findings:
            self._record.event(
                self._bench.clock.now(),
                "interlock",
                found.kind,
                f"{found.rule.name}: {found.why}",
                rule=found.rule.name,
                phase=str(self.judge.phase),
                actions=[str(action) for action in found.rule.actions],
                cleared_by=found.rule.cleared_by,
            )
