"""Regions of which nobody knows what dose they were given while somebody else held the microscope."""

from collections.abc import Iterable, Mapping

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch
from operando.protocols.program import DoseBudget
from operando.protocols.record import RunRecord

__all__ = ["ACCEPTED", "NOT_KNOWN", "SOURCE", "UnknownDose"]

SOURCE = "unknown dose"
NOT_KNOWN, ACCEPTED = "not known", "accepted"


class UnknownDose:
    """Beside the account: what is in it for such a region is the least that it can have had.

    A region with a budget is not looked at any more until a person accepts that nobody can say what is left of it.

    Args:
        budget: of the program.
        record: of the run.
        clock: of the run.
    """

    def __init__(self, budget: DoseBudget, record: RunRecord, clock: Clock) -> None:
        self._budget = budget
        self._record = record
        self._clock = clock
        self._accepted: dict[str, bool] = {}

    def mark(self, regions: Iterable[str], why: str) -> None:
        """Nobody knows what they were given."""
        for region in regions:
            self._accepted[region] = False
            self._note(NOT_KNOWN, region, f"{region}: {why}; the account has the least that it can be", "")

    def accept(self, region: str, who: str, reason: str) -> None:
        """Somebody goes on with a region, as if nothing had been given unseen.

        Raises:
            ConfigMismatch: if its dose is known, or no reason is given.
        """
        if region not in self._accepted:
            names = ", ".join(self._accepted) or "none"
            raise ConfigMismatch(f"the dose of {region!r} is known", remedy=f"Not known are: {names}.")
        if not reason:
            raise ConfigMismatch("an unknown dose is accepted for a reason", remedy="Say why; it is recorded.")
        self._accepted[region] = True
        self._note(ACCEPTED, region, f"{region}: {reason}", who)

    def restore(self, events: Iterable[Mapping[str, object]]) -> None:
        """Begin with what an earlier process has recorded."""
        for event in events:
            if event["source"] == SOURCE:
                self._accepted[str(event["region"])] = event["kind"] == ACCEPTED

    @property
    def regions(self) -> tuple[str, ...]:
        """Those whose dose is not known, accepted or not."""
        return tuple(self._accepted)

    def obstacle(self, region: str) -> str:
        """Why a region must not be looked at; empty if it may."""
        budgeted = region in self._budget.per_region_C_per_m2
        if not budgeted or self._accepted.get(region, True):
            return ""
        return f"the dose of {region} is not known, so nobody can say what is left of its budget"

    def _note(self, kind: str, region: str, message: str, who: str) -> None:
        details = {"who": who} if who else {}
        self._record.event(self._clock.now(), SOURCE, kind, message, region=region, **details)
