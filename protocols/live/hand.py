"""The page's hand on the run: passes a wish on, and follows it until the record says what came of it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Literal

import anyio
import anyio.to_thread

from operando.protocols.live.outcomes import outcome_of, patience_s
from operando.protocols.live.steering_client import ask_runner
from operando.protocols.live.watch import Watch
from operando.protocols.reading import Event
from operando.protocols.runner.steering_channel import Wish

__all__ = ["Act", "Hand"]

SHOWN_ACTS = 12
BUSY = 8
EARLIER_S = 1e-6


@dataclass(slots=True)
class Act:
    """A wish, who has it, and what became of it, as all viewers see it."""

    number: int
    do: str
    name: str
    who: str
    state: Literal["asked", "done", "refused", "unknown"] = "asked"
    text: str = ""
    time_s: float | None = None


class Hand:
    """Carries out wishes one after the other or side by side, a bounded number of them; a safe stop never waits."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._acts: deque[Act] = deque(maxlen=SHOWN_ACTS)
        self._numbers = count(1)
        self._busy = 0

    async def do(self, wish: Wish) -> Act:
        """Ask the runner, and wait until the record tells the result."""
        act = Act(next(self._numbers), wish.do, wish.name, wish.who)
        if self._busy >= BUSY and wish.do != "abort":
            act.state, act.text = "refused", "too much is asked for at once"
            return act
        self._acts.append(act)
        self._busy += 1
        self._show()
        try:
            await self._carry_out(wish, act)
        finally:
            self._busy -= 1
            if act.state == "asked":
                act.state, act.text = "unknown", "the page stopped following it; the record tells what came of it"
            self._show()
        return act

    async def _carry_out(self, wish: Wish, act: Act) -> None:
        answered = await anyio.to_thread.run_sync(ask_runner, self._watch.run.folder, wish)
        act.time_s = answered.time_s or None  # of what was not taken no time is told
        if not answered.ok:
            act.state, act.text = "unknown" if answered.unsure else "refused", answered.why
            return
        act.text = "the runner has taken it up"
        self._show()
        with anyio.move_on_after(patience_s(wish)):
            while True:
                outcome = outcome_of(wish, self._since(answered.time_s))
                if outcome is not None:
                    act.state, act.text = "done" if outcome.done else "refused", outcome.text
                    return
                if self._watch.over:
                    act.state, act.text = "unknown", "the run ended before it was carried out"
                    return
                with anyio.move_on_after(1.0):
                    await self._watch.changed()

    def _since(self, time_s: float) -> Sequence[Event]:
        """What was written down after a wish; an event may tell of something that was a little earlier."""
        events = self._watch.events
        return next((events[at:] for at, event in enumerate(events) if event.time_s >= time_s - EARLIER_S), ())

    def _show(self) -> None:
        self._watch.put("acts", [asdict(act) for act in self._acts])
