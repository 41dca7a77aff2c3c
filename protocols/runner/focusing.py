"""Focuses by rule: when it is due, on a spot that is sacrificed, within its dose; each time is in the record."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError
from operando.drivers.roles import Image
from operando.protocols.focus import FocusRule, Lens
from operando.protocols.focus.judge import SharpnessJudge, SharpnessJudgeFailed
from operando.protocols.focus.look import focus_look
from operando.protocols.focus.place import focus_spots
from operando.protocols.plan.fields import FieldVisit
from operando.protocols.program import Capture, Program, Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.focus_memory import FAILED, FOCUSED, GIVEN_UP, LEFT_OFF, FocusMemory
from operando.protocols.runner.focus_pictures import FocusPictures
from operando.protocols.runner.focus_record import FocusRecord, Occasion
from operando.protocols.runner.focus_search import FocusSearch
from operando.protocols.runner.in_words import in_words
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.sharpness_watch import SharpnessWatch
from operando.protocols.runner.urgency import GiveWay, Urgency

__all__ = ["Focusing", "focusing_of"]


class Focusing:
    """Keeps the regions of a program in focus.

    Args:
        rule: of the program.
        program: with the regions.
        bench: with a microscope.
        commands: through which it is commanded.
        record: of the run.
        beam: asks what was found here for each region.
        urgency: whoever is called off gives way.
    """

    def __init__(
        self,
        rule: FocusRule,
        program: Program,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        beam: Beam,
        urgency: Urgency,
    ) -> None:
        self._rule = rule
        self._bench = bench
        self._beam = beam
        self._commands = commands
        self._dose = beam.dose
        self._spots = focus_spots(program)
        self._memory = FocusMemory()
        self._told = FocusRecord(rule, record, bench.clock)
        self._judge = SharpnessJudge()
        self._pictures = FocusPictures(bench, commands, beam.dose, self._judge, urgency)
        self._watch = SharpnessWatch(bench.clock, self._judge)
        beam.by_rule = True
        beam.lens_of = self._lens_of

    def close(self) -> None:
        """End the process that judges."""
        self._judge.close()

    def carry_on(self, events: Iterable[Mapping[str, object]]) -> None:
        """Begin with what an earlier process has recorded."""
        self._memory.carry_on(events)

    async def put_right(self) -> None:
        """Set the lens as it was before a focusing that a killed process had begun; nothing if there is none."""
        unended, column = self._memory.unended, self._bench.column
        if unended is None:
            return
        found = await self._commands.ask(column, column.conditions)
        if found.voltage_V == unended.voltage_V:  # a lens belongs to its beam energy
            await self._beam.set_lens(unended.lens)
            self._beam.forget()
            self._told.put_right(unended.lens)
        self._memory.unended = None

    async def frame(self, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        """See a frame of a capture; if it has become less sharp, its region is focused before the next."""
        if self._rule.when_sharpness_falls is not None and visit.region in self._spots:
            chosen = next((image for image in images if image.detector == self._rule.detector), images[0])
            try:
                await self._watch.frame(visit, chosen)
            except SharpnessJudgeFailed as error:
                self._told.not_judged(visit.region, in_words(error))

    async def before(self, request: CaptureRequest, region: Region, *, looked_at: bool, cycle: int) -> None:
        """Focus for a region if that is due, before a field of it is visited.

        A capture that has promised to begin in time is not delayed by it, and a working distance that the protocol
        gives is not touched.

        Raises:
            GiveWay: if something more urgent waits; the lens is set as it was.
            InstrumentError: if the microscope fails.
        """
        capture = request.capture
        if request.start_within_s is not None or capture.beam.working_distance_m is not None:
            return
        why = self._due(region, capture, asked=capture.refocus and not looked_at)
        if not why:
            return
        began_s = self._bench.clock.now()
        spot = self._spots.get(region.name)
        why_not = self._forbidden(spot, region, capture, cycle)
        if spot is None or why_not:
            self._told.not_begun(region.name, capture, why, why_not)
            self._over(self._place(region.name), capture.beam.voltage_V, None)
            return
        await self._focus(self._occasion(region, capture, spot, why), cycle)
        request.spent_s -= self._bench.clock.now() - began_s  # the next of its kind need not focus

    def _due(self, region: Region, capture: Capture, *, asked: bool) -> str:
        voltage_V = capture.beam.voltage_V
        tried_s = self._memory.tried_s(self._place(region.name), voltage_V)
        since_s = None if tried_s is None else self._bench.clock.now() - tried_s
        return self._rule.due(since_s, self._watch.fallen(region.name, voltage_V), asked=asked)

    def _forbidden(self, spot: Region | None, region: Region, capture: Capture, cycle: int) -> str:
        """Why it must not be started; empty if it may."""
        if spot is None:
            return "there is no room beside the region that no other region reaches"
        look = focus_look(self._rule, capture, region, self._bench.scanner.capabilities)
        if not look.enough:
            allowed = self._rule.largest_dose_C_per_m2
            return f"one focusing takes {look.dose_C_per_m2:.3g} C/m^2 at least, {allowed:g} C/m^2 are allowed"
        budget = self._rule.budget_C_per_m2
        spent = budget is not None and self._dose.total_C_per_m2(spot.name) + look.dose_C_per_m2 > budget
        if spent or not self._dose.room_for(spot, look.dose_C_per_m2, cycle):
            return f"the dose budget of {spot.name} is spent"
        return ""

    def _occasion(self, region: Region, capture: Capture, spot: Region, why: str) -> Occasion:
        look = focus_look(self._rule, capture, region, self._bench.scanner.capabilities)
        detector = self._rule.detector or (*capture.detectors, *self._bench.detectors.available())[0]
        return Occasion(region.name, capture, replace(spot, width_m=look.field_width_m), look, detector, why)

    async def _focus(self, one: Occasion, cycle: int) -> None:
        choice, beam = one.capture.beam, self._beam
        await beam.ensure_on()
        await beam.go_to(one.spot, None, one.look.pixels[1] / one.look.pixels[0])
        await beam.apply(choice, one.spot, one.detector, cycle=cycle, refocus=False)
        await beam.settle()
        start = await beam.lens()
        dose_before = self._dose.total_C_per_m2(one.spot.name)
        self._told.begins(one, start)
        search = FocusSearch(
            self._rule,
            self._bench.column.capabilities.working_distance_m,
            beam.set_lens,
            lambda: self._pictures.sharpness(one.spot, one.look, one.detector, cycle),
        )
        kind, lens = FAILED, start
        try:
            if self._rule.by == "microscope":
                reach_m = self._rule.range_m
                await search.by_microscope(start, lambda: beam.autofocus(one.detector, one.spot, reach_m, cycle))
            else:
                await search.run(start)
            if search.found.lens is None:
                await beam.set_lens(start)
            kind = FOCUSED if search.found.lens is not None else GIVEN_UP
            lens = search.found.lens or start
        except SharpnessJudgeFailed as error:
            search.found.why = in_words(error)
            await beam.set_lens(start)
            kind = GIVEN_UP
        except GiveWay as call:
            search.found.why = f"something more urgent waits: {call}"
            await self._pictures.stop()
            await beam.set_lens(start)
            kind = LEFT_OFF
            raise
        except InstrumentError as error:
            search.found.why = in_words(error)
            raise
        finally:
            given = self._dose.total_C_per_m2(one.spot.name) - dose_before
            self._told.ended(kind, one, lens, start, search.found, given)
            if kind in (FOCUSED, GIVEN_UP):
                self._over(one.spot.name, choice.voltage_V, search.found.lens)

    def _over(self, place: str, voltage_V: float, found: Lens | None) -> None:
        """It was tried: not again before it is due anew."""
        self._memory.tried(place, voltage_V, self._bench.clock.now(), found)
        served = {region for region in self._spots if self._place(region) == place}
        self._watch.focused(served, voltage_V)

    def _lens_of(self, region: str, voltage_V: float) -> Lens | None:
        return self._memory.lens(self._place(region), voltage_V)

    def _place(self, region: str) -> str:
        """Where a region is focused, by name; its own name if there is no room, or if it is such a place itself."""
        spot = self._spots.get(region)
        return spot.name if spot is not None else region


def focusing_of(
    program: Program, bench: Bench, commands: Commands, record: RunRecord, beam: Beam, urgency: Urgency
) -> Focusing | None:
    """Focuses the regions of a run, if the program has a rule for that; None if it has none."""
    rule = program.focus
    return None if rule is None else Focusing(rule, program, bench, commands, record, beam, urgency)
