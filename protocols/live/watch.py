"""Follows a run on the disk, and keeps what every viewer is shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import anyio
import orjson
from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.protocols.live.documents import read_documents
from operando.protocols.live.look import Look
from operando.protocols.live.sections import SECTIONS
from operando.protocols.live.steps import StartedStep, started_steps
from operando.protocols.reading import Event, Run, RunStatus
from operando.protocols.record import RecordError

__all__ = ["LOOK_EVERY_S", "Part", "Watch"]

LOOK_EVERY_S = 0.5
LOOK_EVERY_WHEN_CLOSED_S = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """A section as JSON; `version` grows with each change."""

    data: bytes
    version: int


class Watch:
    """A run as it grows. One for all viewers, so that a look costs the same for one and for twenty.

    Args:
        run: opened for reading.
        clock: real time, for ages.
    """

    def __init__(self, run: Run, clock: Clock) -> None:
        self.run = run
        self.documents = read_documents(run)
        self.parts: dict[str, Part] = {"unreadable": Part(b'""', 1)}
        self.version = 0
        self.events: Sequence[Event] = ()
        self._clock = clock
        self._steps: Sequence[StartedStep] = ()
        self._status = RunStatus.OPEN
        self._made_s: dict[str, float] = {}
        self._stale: set[str] = set()
        self._changed_s = clock.now()
        self._changed = anyio.Event()
        self.look()

    @property
    def age_s(self) -> float:
        """Since something new was found in the record."""
        return self._clock.now() - self._changed_s

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self._now().over

    async def follow(self) -> None:
        """Look again and again, until cancelled; what cannot be read now is looked for again."""
        while True:
            await anyio.sleep(LOOK_EVERY_WHEN_CLOSED_S if self._status is RunStatus.CLOSED else LOOK_EVERY_S)
            try:
                self.look()
                unreadable = ""
            except (RecordError, OSError) as error:  # a drive that is away for a while
                unreadable = str(error)
            self.put("unreadable", unreadable)

    async def changed(self) -> None:
        """Wait until a look has found something."""
        await self._changed.wait()

    def look(self) -> None:
        """Read what is new, and make anew the sections that may have changed with it."""
        if self._status is RunStatus.CLOSED and self.version:
            return
        news = self.run.refresh() or not self.version
        status = self.run.status
        events = self.run.events
        new_events = len(events) != len(self.events) or not self.version
        if new_events:
            self._steps = started_steps(self.run.journal, events)
            self._stale = {name for name, section in SECTIONS.items() if section.of_events}
        changed = news or status is not self._status
        self.events, self._status = events, status
        if changed:
            self._changed_s = self._clock.now()
        if changed or self._stale:
            self._make_sections(self._now(), all_of_them=not self.version or self._now().over)
            self.tell()

    def put(self, name: str, value: JsonValue) -> None:
        """Show a section that does not come from the record."""
        data = orjson.dumps(value)
        before = self.parts.get(name)
        if before is None or before.data != data:
            self.parts[name] = Part(data, before.version + 1 if before else 1)
            self.tell()

    def tell(self) -> None:
        """Wake all viewers."""
        self.version += 1
        changed, self._changed = self._changed, anyio.Event()
        changed.set()

    def _now(self) -> Look:
        return Look(self.run, self.documents, self._status, self._steps, self.events, self.age_s)

    def _make_sections(self, look: Look, *, all_of_them: bool) -> None:
        now_s = self._clock.now()
        for name, section in SECTIONS.items():
            due = now_s - self._made_s.get(name, -math.inf) >= section.every_s
            if all_of_them or (due and (name in self._stale or not section.of_events)):
                self._made_s[name] = now_s
                self._stale.discard(name)
                data = orjson.dumps(section.make(look))
                before = self.parts.get(name)
                if before is None or before.data != data:
                    self.parts[name] = Part(data, before.version + 1 if before else 1)
