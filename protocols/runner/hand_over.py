"""The microscope is lent to a person and taken back: what was set, what was changed, and what the regions were given.

While somebody else holds it the run only reads. Two things stand above that: an interlock that trips, and the safe end
of the run.
"""

from collections.abc import Callable, Mapping
from functools import partial

import anyio
from pydantic import JsonValue

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, TransportError
from operando.drivers.roles import Blanking, HighVoltage
from operando.protocols.program import Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.away_dose import AwayDose, Reading, places_of
from operando.protocols.runner.beam import COLUMN_PATIENCE_S, Beam
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.microscope_settings import MicroscopeSettings, differences, read_settings
from operando.protocols.runner.stage_move import move_stage
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.unknown_dose import UnknownDose
from operando.protocols.runner.waiting import until

__all__ = ["HandOver", "lent"]

READ_EVERY_S = 2.0
KIND = "somebody else"
"""Of the dose that is booked for the time away."""


class HandOver:
    """Lends the microscope and takes it back. The imaging flow calls it, and does nothing else meanwhile.

    Args:
        bench: with a microscope.
        commands: through which it is reached.
        record: of the run.
        steering: says who has it, and for how long.
        beam: that the captures use; its account is told what was given.
        unknown: regions whose dose nobody knows.
        regions: of the program.
        cycle: of the cell.
    """

    def __init__(
        self,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        steering: Steering,
        beam: Beam,
        unknown: UnknownDose,
        regions: Mapping[str, Region],
        cycle: Callable[[], int],
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._steering = steering
        self._beam = beam
        self._unknown = unknown
        self._regions = regions
        self._cycle = cycle
        self._waited_for = ""
        self.unseen_since_s: float | None = None
        """Since when somebody else holds it, or held it and nothing is booked: an earlier process was killed."""

    async def until_taken_back(self) -> None:
        """Let go, read until it is taken back, compare, restore. A microscope that refuses ends no run.

        Raises:
            TransportError: if the microscope is lost while it is made ready, compared or restored.
        """
        who, clock = self._steering.lent_to or KIND, self._bench.clock
        before: MicroscopeSettings | None = None
        if self.unseen_since_s is None:
            try:
                before = await self._let_go(who)
            except TransportError:
                raise
            except InstrumentError as error:
                self._not_lent(who, error)
                return
        away = AwayDose(
            places_of(self._regions.values(), self._beam.placed),
            clock.now() if self.unseen_since_s is None else self.unseen_since_s,
        )
        self.unseen_since_s = None
        try:
            while self._steering.lent_to:
                await self._read(away)
                with anyio.move_on_after(READ_EVERY_S):
                    await self._steering.changed()
        finally:  # a run that ends meanwhile has it in its account, too
            away.end(clock.now())
            self._book(away, who)
        try:
            await self._take_back(before, who)
        except InstrumentError as error:
            self._not_restored(f"{type(error).__name__}: {error}", who)
            if isinstance(error, TransportError):
                raise
            await self._blank()  # nobody knows how it was left; if it cannot be blanked the run ends

    def waited_for(self) -> None:
        """The run has nothing else to do than to wait until it is given back, if it is lent; told once each time."""
        who = self._steering.lent_to
        if who and who != self._waited_for:
            said = f"the run waits until {who} gives the microscope back: its last pictures are not taken yet"
            self._note("waits for microscope", said, who=who)
        self._waited_for = who

    def _not_lent(self, who: str, error: InstrumentError) -> None:
        """It cannot be left in a known state: the run keeps it, and says so."""
        why = f"the microscope could not be made ready for {who}: {type(error).__name__}: {error}"
        self._note("not handed over", why, who=who)
        if self._steering.lent_to:
            self._steering.take_back("operando", why)

    def _not_restored(self, what: str, who: str) -> None:
        why = f"not as it was before: {what}"
        self._beam.forget()
        self._note("not restored", why, who=who)
        self._steering.pause_imaging("operando", why)

    async def _let_go(self, who: str) -> MicroscopeSettings:
        """Blanked and parked, in a state that is written down."""
        column, scanner = self._bench.column, self._bench.scanner
        await self._commands.effect(scanner, "stop scan", scanner.stop)
        await self._beam.rest()
        settings = await read_settings(self._bench, self._commands)
        blanking = await self._commands.effect(
            column, "blank", lambda: column.blank(Blanking.ALWAYS), sync=True, why=f"handed over to {who}"
        )
        blanked = "blanked" if blanking is Blanking.ALWAYS else f"NOT blanked: the blanker says {blanking}"
        said = f"{who} holds the microscope; the beam is {blanked} and parked; the run only reads from here on"
        self._note("handed over", said, who=who, settings=settings.values)
        return settings

    async def _read(self, away: AwayDose) -> None:
        """A reading that fails is none: the time until the next one is not known."""
        column, stage = self._bench.column, self._bench.stage
        try:
            high_voltage = await self._commands.ask(column, column.high_voltage)
            conditions = await self._commands.ask(column, column.conditions)
            position = await self._commands.ask(stage, stage.position)
            absorbed_A = None
            if column.capabilities.measures_absorbed_current:
                absorbed_A = await self._commands.ask(column, column.absorbed_current_A)
        except InstrumentError:
            return
        away.read(Reading(self._bench.clock.now(), position, conditions, high_voltage, absorbed_A))

    def _book(self, away: AwayDose, who: str) -> None:
        """What was given as far as it can be known; the rest is not known, and is said to be."""
        given = away.given_C_per_m2
        for region, dose_C_per_m2 in given.items():
            self._beam.dose.add(self._regions[region], dose_C_per_m2, self._cycle(), KIND)
        told = ", ".join(f"{region} {dose:.4g} C/m^2" for region, dose in given.items()) or "none of the regions"
        if away.absorbed_unknown:
            told += " (no absorbed current is measured: the beam is taken to have been on)"
        said = f"while {who} held the microscope, the beam was at most on: {told}"
        self._note("dose meanwhile", said, who=who, unknown_s=away.unknown_s, given_C_per_m2=dict(given))
        if away.unknown_s > 0.0:
            why = f"for {away.unknown_s:.0f} s of the time in which {who} held the microscope it could not be read"
            self._unknown.mark(self._regions, why)

    async def _take_back(self, before: MicroscopeSettings | None, who: str) -> None:
        found = await read_settings(self._bench, self._commands)
        if before is None:
            said = f"{who} has given it back; what was set before is not known any more, all is set anew"
            self._note("taken back", said, who=who, settings=found.values, changed=[])
            await self._own()
            self._note("restored", "the beam is blanked outside scans; each capture sets what it needs", who=who)
            return
        changed = list(differences(before, found, self._tolerance_m))
        said = f"{who} has given it back; changed: {'; '.join(changed) or 'nothing'}"
        self._note("taken back", said, who=who, settings=found.values, changed=list(changed))
        await self._restore(before, found, who)

    async def _restore(self, before: MicroscopeSettings, found: MicroscopeSettings, who: str) -> None:
        """Everything that the protocol owns as it was; what is not restored is said, and imaging pauses."""
        await self._own()
        await self._set(before, found)
        left = list(differences(before, await read_settings(self._bench, self._commands), self._tolerance_m))
        self._beam.forget()
        if left:
            self._not_restored("; ".join(left), who)
        else:
            self._note("restored", "every setting is as it was before", who=who)

    async def _own(self) -> None:
        """The beam is the run's again, and kept from the specimen outside scans."""
        column, scanner = self._bench.column, self._bench.scanner
        await self._blank()
        await self._commands.effect(scanner, "stop scan", scanner.stop)
        if scanner.capabilities.scans_externally:
            await self._commands.effect(scanner, "scan by itself", lambda: scanner.scan_externally(False))
        await self._commands.effect(column, "blank outside scans", lambda: column.blank(Blanking.OUTSIDE_SCANS))

    async def _blank(self) -> None:
        column = self._bench.column
        await self._commands.effect(column, "blank", lambda: column.blank(Blanking.ALWAYS), sync=True)

    async def _set(self, before: MicroscopeSettings, found: MicroscopeSettings) -> None:
        column, stage, detectors = self._bench.column, self._bench.stage, self._bench.detectors
        if before.high_voltage is HighVoltage.ON and found.high_voltage is not HighVoltage.ON:
            await self._beam.switch_on()
        await self._commands.effect(column, "restore beam conditions", lambda: column.apply(before.conditions))
        await until(
            self._commands,
            self._bench.clock,
            column,
            lambda: not column.busy(),
            what="the change of beam conditions",
            at_most_s=COLUMN_PATIENCE_S,
        )
        for name, settings in before.detectors.items():
            if found.detectors.get(name) != settings:
                await self._commands.effect(
                    detectors,
                    "restore detector",
                    partial(detectors.apply, name, settings),
                    detector=name,
                    gain_percent=settings.gain_percent,
                    black_percent=settings.black_percent,
                )
        if before.stage != found.stage:
            await move_stage(self._commands, self._bench.clock, stage, before.stage)

    @property
    def _tolerance_m(self) -> float:
        return self._bench.stage.capabilities.arrival_tolerance_m

    def _note(self, kind: str, message: str, **details: JsonValue) -> None:
        self._record.event(self._bench.clock.now(), "imaging", kind, message, **details)


async def lent(steering: Steering, who: str, reason: str = "") -> None:
    """For a step of a protocol: hand the microscope over, and return once it was taken back.

    Raises:
        ConfigMismatch: if the run takes no pictures, or somebody has the microscope already.
    """
    steering.hand_over(who, reason)
    while steering.lent_to:
        await steering.changed()
