"""Whether a phase may begin now, and if not, why: by readings, interlocks, and what people have confirmed."""

from collections.abc import Mapping

from operando.drivers.roles import Reading
from operando.protocols.interlocks import Judge, Source, State, condition_of, sources_of, watch_of
from operando.protocols.phases.description import PhaseDescription

__all__ = ["EntryGate"]


class EntryGate:
    """Watches what keeps a phase from beginning, from the moment somebody wants it to begin.

    Args:
        description: of the phase.
        judge: of the run; its readings are looked at, and what it forbids.
        limits: of the bench, by name; None where nobody sets one.
        box_volume_m3: of the bench.
        since_s: when somebody wanted it; everything must have been read since then.
        confirmed: whether a person has confirmed, in the phase before, what no gauge can tell.
    """

    def __init__(
        self,
        description: PhaseDescription,
        judge: Judge,
        limits: Mapping[str, float | None],
        box_volume_m3: float,
        since_s: float,
        *,
        confirmed: bool,
    ) -> None:
        self._description = description
        self._judge = judge
        known = [one for condition in description.blocked_while if (one := condition_of(condition, limits)) is not None]
        self._watches = [watch_of(one, judge.readings, box_volume_m3) for one in known]
        self._since_s = since_s
        self.unconfirmed = description.confirmed_before and not confirmed
        """Whether waiting is in vain: a person should have confirmed something, and nobody has."""
        permitting = [rule for rule in judge.rules if description.permitted_by in rule.actions]
        sources = {source for one in known for source in sources_of(one)}
        self._sources = sorted(sources.union(*(rule.sources for rule in permitting)), key=str)

    def take(self, source: Source, reading: Reading) -> None:
        """There is a new reading."""
        for watch in self._watches:
            watch.take(source, reading.end_s)

    def blocked(self, now: float) -> str:
        """Why the phase may not begin now; empty if it may. What cannot be judged keeps it from beginning."""
        description = self._description
        if self.unconfirmed:
            return "nobody has confirmed in the phase before it where the lid is, and no gauge can tell"
        for source in self._sources:
            reading = self._judge.readings.latest(source)
            if reading is None or reading.start_s < self._since_s:
                return f"the {source} has not been read since"
        if description.permitted_by is not None and (why := self._judge.forbids(description.permitted_by)):
            return why
        if not description.homeward and (trips := [trip for trip in self._judge.trips if trip.rule.latch]):
            names = ", ".join(f"{trip.rule.name!r} ({trip.why})" for trip in trips)
            return f"nobody has cleared the interlock {names}"
        verdicts = (watch.verdict(now) for watch in self._watches)
        return "; ".join(verdict.why for verdict in verdicts if verdict.state is not State.CLEAR)
