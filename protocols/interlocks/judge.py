"""Judges readings by rules: what has tripped, what is not permitted, and who may clear it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operando.drivers.errors import OperandoError
from operando.drivers.roles import Reading
from operando.protocols.interlocks.actions import KEEPS_BEAM_OFF, Action
from operando.protocols.interlocks.conditions import Always, Source
from operando.protocols.interlocks.phases import Phase
from operando.protocols.interlocks.readings import Readings
from operando.protocols.interlocks.rules import Rule, sources_of
from operando.protocols.interlocks.verdict import CLEAR, State, Verdict
from operando.protocols.interlocks.watches import LeakWatch, Watch, watch_of

__all__ = ["Finding", "Judge", "NotCleared", "Trip"]


class NotCleared(OperandoError):
    """An interlock that was to be cleared is not: nothing has tripped under this name, or its condition still holds."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A rule has tripped, when and why."""

    rule: Rule
    why: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the record has to know: a rule tripped, forbids while it cannot judge, or is clear again."""

    rule: Rule
    kind: str
    why: str
    trip: Trip | None = None


@dataclass(slots=True)
class _Judged:
    rule: Rule
    watches: tuple[Watch, ...]
    trip: Trip | None = None
    unknown: str = ""


class Judge:
    """Takes readings in and says what they mean. Nothing here is done to any instrument.

    Args:
        rules: with their limits looked up.
        phase: at the start.
        box_volume_m3: for the leak of the box.
        frozen_after_s: of sources that never repeat a value exactly for so long.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        phase: Phase = Phase.OBSERVE,
        box_volume_m3: float = 2e-4,
        frozen_after_s: Mapping[Source, float] | None = None,
    ) -> None:
        self.readings = Readings(frozen_after_s)
        self._judged = [
            _Judged(rule, tuple(watch_of(condition, self.readings, box_volume_m3) for condition in rule.when))
            for rule in rules
        ]
        self._phase = phase
        self._watching: dict[Source, list[Watch]] = {}
        for judged in self._judged:
            for condition, watch in zip(judged.rule.when, judged.watches, strict=True):
                for source in sources_of(condition):
                    self._watching.setdefault(source, []).append(watch)

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Everything that is judged, in any phase."""
        return tuple(judged.rule for judged in self._judged)

    @property
    def trips(self) -> tuple[Trip, ...]:
        """Everything that is tripped now."""
        return tuple(judged.trip for judged in self._judged if judged.trip is not None)

    def sources(self, actions: Iterable[Action] = tuple(Action)) -> frozenset[Source]:
        """What the rules of this phase with one of these actions look at."""
        wanted = set(actions)
        return frozenset(
            source for judged in self._of_phase() if wanted & set(judged.rule.actions) for source in judged.rule.sources
        )

    def take(self, source: Source, reading: Reading) -> None:
        """Take in a reading; `judge` says what it means."""
        self.readings.take(source, reading)
        for watch in self._watching.get(source, ()):
            watch.take(source, reading.end_s)

    def judge(self, now: float) -> tuple[Finding, ...]:
        """Judge every rule of the phase; returns what is new."""
        return tuple(found for judged in self._of_phase() if (found := self._judge_one(judged, now)) is not None)

    def tripped(self, action: Action) -> str:
        """Why an action is in force: the rules with it that have tripped; empty if none has."""
        return "; ".join(
            f"interlock {trip.rule.name!r}: {trip.why}" for trip in self.trips if action in trip.rule.actions
        )

    def forbids(self, *actions: Action) -> str:
        """Why what one of these actions prevents must not be; empty if nothing speaks against it.

        A rule that cannot be judged for lack of a reading forbids like one that has tripped.
        """
        for judged in self._judged:
            if not set(actions) & set(judged.rule.actions):
                continue
            if judged.trip is not None:
                return f"interlock {judged.rule.name!r}: {judged.trip.why}"
            if judged.unknown:
                return f"interlock {judged.rule.name!r}: {judged.unknown}"
        return ""

    def beam_forbidden(self) -> str:
        """Why no beam may reach the specimen; empty if it may."""
        return self.tripped(Action.END_RUN) or self.forbids(*KEEPS_BEAM_OFF)

    def enter(self, phase: Phase) -> None:
        """The next phase begins. What has latched stays; the rest is judged anew."""
        self._phase = phase
        for judged in self._judged:
            judged.unknown = ""
            if not judged.rule.latch:
                judged.trip = None
            for watch in judged.watches:
                watch.forget()

    def leak_tested(self, place: str, *, passed: bool, why: str) -> None:
        """A leak test is over: rules that ask for one hold by what it found, until the next phase begins."""
        result = CLEAR if passed else Verdict(State.HOLDS, why)
        for judged in self._judged:
            for watch in judged.watches:
                if isinstance(watch, LeakWatch) and watch.place == place:
                    watch.tested(result)

    def restore(self, name: str, why: str, time_s: float) -> None:
        """A rule that had latched in an earlier process still is: nobody has cleared it."""
        for judged in self._judged:
            if judged.rule.name == name and judged.rule.latch:
                judged.trip = Trip(judged.rule, why, time_s)

    def acknowledge(self, name: str, now: float) -> Trip:
        """Clear a rule that has latched; returns what it had tripped by.

        Raises:
            NotCleared: if it has not tripped, or its condition still holds or cannot be judged.
        """
        judged = next((judged for judged in self._judged if judged.rule.name == name and judged.trip), None)
        if judged is None or judged.trip is None:
            tripped = ", ".join(repr(trip.rule.name) for trip in self.trips) or "none"
            raise NotCleared(f"no interlock {name!r} has tripped", remedy=f"Tripped: {tripped}.")
        verdict = self._worst(judged, now) if self._phase in judged.rule.phases else Verdict(State.CLEAR)
        if verdict.state is not State.CLEAR:
            raise NotCleared(f"interlock {name!r} is not clear: {verdict.why}", remedy="Mend that first.")
        trip, judged.trip = judged.trip, None
        return trip

    def _of_phase(self) -> list[_Judged]:
        return [judged for judged in self._judged if self._phase in judged.rule.phases]

    def _worst(self, judged: _Judged, now: float) -> Verdict:
        verdicts = [watch.verdict(now) for watch in judged.watches]
        return max(verdicts, key=lambda verdict: SEVERITY[verdict.state])

    def _judge_one(self, judged: _Judged, now: float) -> Finding | None:
        rule, verdict = judged.rule, self._worst(judged, now)
        trips = verdict.state in (State.HOLDS, State.LOST)
        trips = trips or (verdict.state is State.CUT_OFF and rule.lost_link_trips)
        if trips:
            judged.unknown = ""
            if judged.trip is not None:
                return None
            judged.trip = Trip(rule, verdict.why, now)
            kind = "in force" if rule.when == (Always(),) else "forbidden" if rule.only_forbids else "tripped"
            return Finding(rule, kind, verdict.why, judged.trip)
        was_unknown, was_tripped = judged.unknown, judged.trip is not None
        judged.unknown = verdict.why
        if not rule.latch:
            judged.trip = None
        if verdict.state is not State.CLEAR:
            kind = "forbidden" if rule.only_forbids else "cannot be judged"
            return None if was_unknown else Finding(rule, kind, verdict.why)
        if was_unknown or (was_tripped and not rule.latch):
            return Finding(rule, "clear", was_unknown or "the condition is over")
        return None


SEVERITY = {State.CLEAR: 0, State.UNKNOWN: 1, State.CUT_OFF: 2, State.LOST: 3, State.HOLDS: 4}
