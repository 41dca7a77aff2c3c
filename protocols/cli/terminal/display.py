"""The display's own process: follows the record, draws, reads keys, and asks the runner.

What it hears from the run's process comes as JSON lines on its standard input, and its end is the end of the display;
answers to the protocol's questions go back on its standard output. It draws on its standard error, which is the
terminal.
"""

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from rich.console import Console
from rich.live import Live
from rich.text import Text

from operando.drivers.clock import RealClock
from operando.protocols.cli.terminal.conversation import Answer, Told
from operando.protocols.cli.terminal.keyboard import Keyboard
from operando.protocols.cli.terminal.lines import line_of
from operando.protocols.cli.terminal.parts import parts_of
from operando.protocols.cli.terminal.picture import Shown, picture
from operando.protocols.cli.terminal.prompts import Prompt, acknowledging, prompt_for
from operando.protocols.cli.terminal.upcoming import next_captures
from operando.protocols.live.hand import Hand
from operando.protocols.live.look import Look
from operando.protocols.live.steps import started_steps
from operando.protocols.live.watch import Watch
from operando.protocols.plan.words import time_in_words
from operando.protocols.reading import open_run
from operando.protocols.record import RecordError
from operando.protocols.record.rows import FrameRow
from operando.protocols.record.system import give_way

__all__ = ["RunDisplay", "main"]

DRAW_EVERY_S = 0.5
LOOK_FOR_RECORD_EVERY_S = 0.1
UPCOMING_EVERY_S = 2.0
STYLES = {"done": "green", "refused": "yellow", "unknown": "bold yellow", "asked": "dim"}


class RunDisplay:
    """Follows a run and draws it until its standard input ends.

    Args:
        folder: of the record, which need not be there yet.
        who: steers, for the record.
    """

    def __init__(self, folder: Path, who: str, console: Console) -> None:
        self._folder = folder
        self._who = who
        self._console = console
        self._clock = RealClock()
        self._shown = Shown()
        self._watch: Watch | None = None
        self._hand: Hand | None = None
        self._question: Told | None = None
        self._events_told = 0
        self._upcoming_s = -UPCOMING_EVERY_S
        self._wake = anyio.Event()

    async def run(self) -> None:
        """Until the run's process ends the conversation."""
        with Keyboard() as keyboard:
            live = Live(
                console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            with live:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._follow_record)
                    tasks.start_soon(self._press_keys, keyboard, tasks)
                    tasks.start_soon(self._draw, live)
                    await self._listen()
                    tasks.cancel_scope.cancel()
                self._tell_events()

    def draw_once(self) -> None:
        """Print the run as it stands, for those who want a picture of it."""
        self._watch = Watch(open_run(self._folder), self._clock)
        self._look()
        self._console.print(picture(self._shown))

    async def _follow_record(self) -> None:
        while self._watch is None:
            with suppress(RecordError, OSError):
                self._watch = Watch(open_run(self._folder), self._clock)
            await anyio.sleep(LOOK_FOR_RECORD_EVERY_S)
        self._hand = Hand(self._watch)
        await self._watch.follow()

    async def _listen(self) -> None:
        """Take in what the run's process says."""
        while line := await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
            told = Told.model_validate_json(line)
            match told.say:
                case "question":
                    self._question = told
                    self._shown.prompt = self._shown.prompt or self._asked(told)
                case "withdrawn":
                    self._question = None
                    if self._shown.prompt is not None and self._shown.prompt.do == "answer":
                        self._shown.prompt = None
                case "ending":
                    self._console.print(told.text, style="bold yellow")
                    self._shown.ending = " finishing safely "
                case "line":
                    self._console.print(Text(told.text, told.style), soft_wrap=True)
            self._redraw()

    @staticmethod
    def _asked(told: Told) -> Prompt:
        return Prompt(told.text, "answer", needed="type an answer", allowed=told.answers)

    async def _press_keys(self, keyboard: Keyboard, tasks: TaskGroup) -> None:
        while True:
            for key in await keyboard.keys():
                self._press(key, tasks)
            self._redraw()

    def _press(self, key: str, tasks: TaskGroup) -> None:
        shown = self._shown
        if shown.prompt is not None:
            shown.prompt.press(key)
            if shown.prompt.left:
                shown.prompt = None
            elif shown.prompt.done:
                self._finished(shown.prompt, tasks)
            return
        if self._question is not None and key.lower() == "r":
            shown.prompt = self._asked(self._question)
        elif shown.parts is not None:
            begun = prompt_for(key, shown.parts)
            if isinstance(begun, Prompt):
                shown.prompt, shown.said = begun, ("", "")
            elif begun:
                shown.said = (begun, "yellow")

    def _finished(self, prompt: Prompt, tasks: TaskGroup) -> None:
        """Enter was pressed."""
        self._shown.prompt = None
        if prompt.do == "which" and self._shown.parts is not None:
            names = [alarm.name for alarm in self._shown.parts.alarms.open if alarm.acknowledge]
            number = int(prompt.text) - 1
            self._shown.prompt = acknowledging(names[number]) if number < len(names) else None
        elif prompt.do == "answer":
            self._question = None
            print(Answer(answer=prompt.text).model_dump_json(), flush=True)  # noqa: T201  to the run's process
        else:
            tasks.start_soon(self._ask_runner, prompt)

    async def _ask_runner(self, prompt: Prompt) -> None:
        """Say what came of it, not that it was sent."""
        if self._hand is None:
            return
        self._shown.said = (f"{prompt.do}: asked", STYLES["asked"])
        act = await self._hand.do(prompt.wish(self._who))
        self._shown.said = (f"{act.do}: {act.state}: {act.text}", STYLES[act.state])
        self._redraw()

    def _redraw(self) -> None:
        wake, self._wake = self._wake, anyio.Event()
        wake.set()

    async def _draw(self, live: Live) -> None:
        while True:
            self._look()
            live.update(picture(self._shown), refresh=True)
            with anyio.move_on_after(DRAW_EVERY_S):
                await self._wake.wait()

    def _look(self) -> None:
        watch = self._watch
        if watch is None:
            return
        self._tell_events()
        shown = self._shown
        shown.parts, shown.age_s = parts_of(watch), watch.age_s
        shown.question_waits = self._question is not None
        shown.last_pictures = last_pictures(watch.run.frames.rows, shown.parts.cell.now_s)
        if self._clock.now() - self._upcoming_s >= UPCOMING_EVERY_S:
            self._upcoming_s = self._clock.now()
            shown.upcoming = next_captures(_look_at(watch))

    def _tell_events(self) -> None:
        if self._watch is None:
            return
        events = self._watch.events[self._events_told :]
        self._events_told += len(events)
        lines = [line for line in map(line_of, events) if line is not None]
        for line in lines:
            self._console.print(line)


def _look_at(watch: Watch) -> Look:
    steps = started_steps(watch.run.journal, watch.events)
    return Look(watch.run, watch.documents, watch.run.status, steps, watch.events, watch.age_s)


def last_pictures(rows: Sequence[FrameRow], now_s: float) -> str:
    """The last picture of each region, in words: `anode SE, BSE 2 min ago`."""
    last: dict[str, tuple[float, list[str]]] = {}
    for row in rows[-200:]:
        time_s, detectors = last.get(row.region, (row.start_s, []))
        detectors = [detector for detector in detectors if detector != row.detector]
        last[row.region] = (max(time_s, row.start_s), [*detectors, row.detector])
    return "; ".join(
        f"{region} {', '.join(detectors)} {time_in_words(max(0.0, round(now_s - time_s)))} ago"
        for region, (time_s, detectors) in last.items()
    )


def main(folder: str, who: str) -> None:
    """Be the display of a run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run's process hears Ctrl-C, and says what it does
    give_way()  # the runner goes first: who looks on can wait
    console = Console(file=sys.stderr, force_terminal=True, highlight=False)
    anyio.run(RunDisplay(Path(folder), who, console).run)
