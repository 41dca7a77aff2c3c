"""Brings a microscope back that was lost: made safe as soon as its link returns, and only then used again."""

import anyio

from operando.drivers.bench import Bench
from operando.drivers.roles import Instrument, SafeState, Safety
from operando.drivers.seam import Seam
from operando.protocols.record import RunRecord

__all__ = ["Reconnection"]

EAGER_S = 60.0
RETRY_S = 1.0
LATER_RETRY_S = 5.0


class Reconnection:
    """Tries until every role of some instruments has confirmed that it is safe.

    Args:
        bench: on which they are.
        seam: through which they are reached, on threads of their own: nothing else waits for them.
        record: told at the loss, at the return, and whenever what is known about their safety changes.
    """

    def __init__(self, bench: Bench, seam: Seam, record: RunRecord) -> None:
        self._bench = bench
        self._seam = seam
        self._record = record

    async def safe_again(self, flow: str, roles: tuple[Instrument, ...], error: Exception) -> float:
        """Return when all roles are confirmed safe; the seconds it took.

        Args:
            flow: `imaging` or `cycling`, for the record.
            roles: of the instruments that were lost.
            error: what was noticed.
        """
        lost_s = self._bench.clock.now()
        names = ", ".join(sorted({role.name for role in roles}))
        self._record.event(lost_s, flow, "instrument lost", f"{names}: {type(error).__name__}: {error}", names=names)
        known: dict[int, SafeState] = {}
        while True:
            await self._try_all(roles, known)
            away_s = self._bench.clock.now() - lost_s
            if all(state.safety is Safety.CONFIRMED for state in known.values()):
                break
            await anyio.sleep(RETRY_S if away_s < EAGER_S else LATER_RETRY_S)
        self._record.event(
            self._bench.clock.now(),
            flow,
            "instrument back",
            f"{names}: reached again and confirmed safe after {away_s:.1f} s",
            names=names,
            away_s=away_s,
        )
        return away_s

    async def _try_all(self, roles: tuple[Instrument, ...], known: dict[int, SafeState]) -> None:
        before = dict(known)
        async with anyio.create_task_group() as tasks:
            for index, role in enumerate(roles):
                tasks.start_soon(self._try, index, role, known)
        for index, role in enumerate(roles):
            state = known[index]
            if index not in before or before[index].safety is not state.safety:
                self._record.event(
                    self._bench.clock.now(), "safety", str(state.safety), str(state), reason=f"{role.name} was lost"
                )

    async def _try(self, index: int, role: Instrument, known: dict[int, SafeState]) -> None:
        no_answer = SafeState(role.name, Safety.UNKNOWN, "no answer in time")
        known[index] = await self._seam.call_apart(lambda: self._bench.make_one_safe(role), no_answer)
