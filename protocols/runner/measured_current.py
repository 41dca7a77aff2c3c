"""Mixed benches: what a real potentiostat measures is told to the served world, whose pictures follow the real cell."""

import json
import threading
from collections import deque
from dataclasses import replace

from numpy import void
from numpy.typing import NDArray

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError
from operando.drivers.links import Address, LinkContext, LinkRegistry
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.run_options import RunOptions
from operando.protocols.runner.step_in_progress import StepInProgress

__all__ = ["ToldToTheWorld", "told_to_the_world"]

PATIENT_S = 2.0
LEAST_HOLD_S, INTERVALS_HELD = 5.0, 3.0
"""For how long the world believes a current of which nothing new is said."""


def told_to_the_world(options: RunOptions, bench: Bench) -> RunOptions:
    """The same options, with samples told to the control address that the bench file names, if it names one."""
    address = bench.file.measured_current_to
    if address is None:
        return options
    return replace(options, observer=ToldToTheWorld(options.observer, Address.parse(address), bench))


class ToldToTheWorld:
    """Passes everything on to another observer; the newest current goes to the world, on a thread of its own.

    A world that does not listen is told of once, and the run goes on: pictures do not follow the cell then.
    """

    def __init__(self, told: Observer, world: Address, bench: Bench) -> None:
        self._told = told
        self._world = world
        self._clock = bench.clock
        self._links = LinkRegistry(LinkContext(bench.clock))
        self._hold_s = LEAST_HOLD_S
        self._newest: deque[bytes] = deque(maxlen=1)
        self._lock = threading.Lock()
        self._speaking = False
        self._trouble = ""
        self._said = False

    def step_started(self, running: StepInProgress) -> None:
        self._hold_s = max(LEAST_HOLD_S, INTERVALS_HELD * running.step.recording.every_s)
        self._told.step_started(running)

    def samples(self, block: NDArray[void]) -> None:
        self._told.samples(block)
        newest = block[-1]
        order = {
            "measured_current_A": float(newest["current_A"]),
            "time_s": float(newest["time_s"]),
            "holds_s": self._hold_s,
        }
        with self._lock:
            self._newest.append(json.dumps(order).encode() + b"\n")
            idle, self._speaking = not self._speaking, True
        if idle:
            threading.Thread(target=self._speak, name="measured current", daemon=True).start()
        self._complain()

    def pictures(self, count: int) -> None:
        self._told.pictures(count)

    def message(self, time_s: float, text: str) -> None:
        self._told.message(time_s, text)

    def _complain(self) -> None:
        if self._trouble and not self._said:
            self._said = True
            self.message(self._clock.now(), f"the simulated world does not hear the measured current: {self._trouble}")

    def _speak(self) -> None:
        """Until nothing new is there."""
        while True:
            with self._lock:
                if not self._newest:
                    self._speaking = False
                    return
                line = self._newest.popleft()
            try:
                self._trouble = self._tell(line)
            except InstrumentError as error:
                self._trouble = str(error)

    def _tell(self, line: bytes) -> str:
        """What the world objects to; nothing if it obeys."""
        link = self._links.open(self._world)
        try:
            link.write(line)
            answer = b""
            while not answer.endswith(b"\n"):
                answer += link.read(PATIENT_S)
        finally:
            link.close()
        return str(json.loads(answer).get("error", ""))
