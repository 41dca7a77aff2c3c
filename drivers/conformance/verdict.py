"""What came out: one result a check, and the verdict on the bench."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from operando.drivers.conformance.measurement import Curve, Measurement
from operando.drivers.conformance.trial import Picture
from operando.drivers.roles import Identity, SafeState, Safety

__all__ = ["Judged", "Outcome", "Result", "Verdict"]


class Outcome(StrEnum):
    """How a check ended."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_OFFERED = "not offered"
    """The instrument does not have what is judged, and says so."""
    NOT_ALLOWED = "not allowed"
    """Nobody has allowed what the check would do."""
    STOPPED = "stopped"
    """An instrument did not do as it was told before; nothing more was moved or energised."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found.

    Args:
        id: of the check, with the place of the instrument in brackets where several play the role.
        role: that was judged.
        instrument: its name in the bench file; empty if nobody plays the role, or for the bench as a whole.
        promise: the sentence that was put to the test.
        outcome: how it ended.
        detail: what was broken, missing or not allowed; empty if the promise was kept.
        measurements: in order.
        curves, pictures: for the page.
        started_s, duration_s: on the clock of the bench.
    """

    id: str
    role: str
    instrument: str
    promise: str
    outcome: Outcome
    detail: str = ""
    measurements: tuple[Measurement, ...] = ()
    curves: tuple[Curve, ...] = ()
    pictures: tuple[Picture, ...] = ()
    started_s: float = 0.0
    duration_s: float = 0.0

    @property
    def message(self) -> str:
        """One sentence about what is wrong, which names the promise."""
        if self.outcome is not Outcome.BROKEN:
            return f"{self.outcome}: {self.detail}" if self.detail else str(self.outcome)
        return f"promise broken: {self.promise} But: {self.detail}"


@dataclass(frozen=True, slots=True)
class Judged:
    """One instrument of the bench: what was judged, exactly.

    Args:
        name: in the bench file.
        driver: name of the driver, and `driver_package` with `driver_version` that offers it.
        identity: in the instrument's own words.
        simulated: whether no hardware was at the other end.
    """

    name: str
    driver: str
    driver_package: str
    driver_version: str
    identity: Identity
    simulated: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of the conformance suite on a bench.

    Args:
        bench: its name.
        on: wall time in UTC at which the suite began.
        allowed: what was allowed.
        answers: who answered for drivers that had never been on hardware.
        judged: the instruments.
        results: in order.
        safe_states: how the instruments were left.
    """

    bench: str
    on: datetime
    allowed: tuple[str, ...]
    answers: str
    judged: tuple[Judged, ...]
    results: tuple[Result, ...]
    safe_states: tuple[SafeState, ...] = field(default=())

    @property
    def counts(self) -> Counter[Outcome]:
        """How many checks ended how."""
        return Counter(result.outcome for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether no promise was broken and nothing had to be stopped."""
        return not self.counts[Outcome.BROKEN] and not self.counts[Outcome.STOPPED]

    @property
    def confirmed_safe(self) -> bool:
        """Whether every instrument that was driven confirms that it was left safe."""
        return all(state.safety is Safety.CONFIRMED for state in self.safe_states)
