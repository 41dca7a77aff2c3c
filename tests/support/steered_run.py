"""A run on the simulated bench, in a thread and at a pace that people can follow, with its steering channel open."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.clock import RealClock, VirtualClock
from operando.protocols.document import parse_protocol
from operando.protocols.live.steering_client import ask_runner
from operando.protocols.reading import Event, open_run
from operando.protocols.record import RecordError
from operando.protocols.runner import RunOptions, RunOutcome, run_program
from operando.protocols.runner.steering_channel import Answered, SteeringChannel, Wish
from operando.simulators.links import SimulatedLinks
from operando.simulators.world.simulated_world import SimulatedWorld
from support.laboratory import SimulatedBench, header_of

__all__ = ["LONG", "SteeredRun"]

PATIENT_S = 45.0
"""Longer than anything takes on a busy machine; reached only when a test fails."""
LOOK_EVERY_S = 0.2

LONG = """\
operando: 1
title: Li | Li6PS5Cl | NMC, watched
sample:
  {name: watched-cell, nominal_capacity: 1.2 mAh, area: 0.785 cm^2, batch: coarse, elements: [P, S, Cl, O, Ni, Mn, Co]}
safety: {voltage: [2.8 V, 4.35 V], current: [-240 uA, 240 uA], host_tolerates: 10 s}
record: {every: 1 s}
cycling:
  - {name: settle, step: Rest for 1 minute}
  - {capture: chemistry, cell: rest, at_most: 10 min}
  - repeat: 3
    steps:
      - {name: charge, step: Charge at C/6 for 40 minutes}
      - {name: discharge, step: Discharge at C/6 for 30 minutes}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  cathode: {stage: {x: 1.200 mm, y: -0.980 mm}, width: 20 um}
captures:
  overview:
    {regions: [anode], detectors: [SE, BSE], pixels: [128, 96], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
  chemistry:
    regions: [cathode]
    eds: {point: 2 s, map: [3, 3], live_time_per_point: 500 ms}
    beam: {voltage: 10 kV, current: 500 pA}
when: [{every: 2 min, capture: overview}]
dose: {anode: 3 C/m^2, cathode: 500 C/m^2}
interlocks: [chamber vacuum, box leak]
"""


class SteeredRun:
    """Runs a protocol while the block lasts; at its end the run is aborted if it still goes on.

    Args:
        folder: for the record.
        pace: so many times as fast as real time.
    """

    def __init__(self, folder: Path, protocol: str = LONG, pace: float = 200.0) -> None:
        self.folder = folder
        self.outcome: RunOutcome | None = None
        bench = connect_bench(*load_bench_file(bench_source("sim")), VirtualClock(pace=pace))
        links = bench.links.scheme("sim")
        assert isinstance(links, SimulatedLinks)
        assert isinstance(links.laboratory.world, SimulatedWorld)
        self.bench = SimulatedBench(bench, links.laboratory, links.laboratory.world)
        self._protocol = protocol
        self._channel = SteeringChannel(folder)
        self._thread = threading.Thread(target=self._run, name="steered run", daemon=True)
        self._clock = RealClock()

    def __enter__(self) -> "SteeredRun":
        self._channel.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self.wait_for(lambda: bool(self.events("step started")) or not self._thread.is_alive())
            self.wait_for(lambda: self.ask("abort").ok or not self._thread.is_alive())
        self._thread.join(PATIENT_S)
        self._channel.__exit__(kind, error, trace)
        self.bench.bench.close()

    def _run(self) -> None:
        options = RunOptions(steered_by=self._channel.steered_by, wait_for_links_s=5.0)
        program = parse_protocol(self._protocol)
        header = replace(header_of(program, self.folder, self.bench.bench), bench_text=str(bench_source("sim")))
        self.outcome = run_program(program, self.bench.bench, self.folder, header, options)

    def ask(self, do: str, text: str = "", name: str = "", who: str = "A. Scientist") -> Answered:
        """Ask the runner, as the page does."""
        return ask_runner(self.folder, Wish.model_validate({"do": do, "who": who, "text": text, "name": name}))

    def events(self, kind: str) -> list[Event]:
        """All events of a kind so far."""
        with suppress(RecordError, OSError):
            return [event for event in open_run(self.folder).events if event.kind == kind]
        return []

    def until(self, kind: str, message: str = "") -> Event:
        """Wait until an event is recorded, and return it."""
        found: list[Event] = []

        def look() -> bool:
            found[:] = [event for event in self.events(kind) if message in event.message]
            return bool(found)

        self.wait_for(look)
        return found[-1]

    def until_over(self) -> RunOutcome:
        """Wait until the run has ended."""
        self.wait_for(lambda: not self._thread.is_alive())
        assert self.outcome is not None
        return self.outcome

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait until something holds.

        Raises:
            AssertionError: if it does not in time.
        """
        give_up_s = self._clock.now() + PATIENT_S
        while not what():
            assert self._clock.now() < give_up_s, f"it did not happen; the run: {self.outcome or 'goes on'}"
            self._clock.sleep_until(self._clock.now() + LOOK_EVERY_S)

    @property
    def beam_on_specimen(self) -> bool:
        """Whether electrons arrive, in the world itself."""
        beam = self.bench.world.beam
        return beam.on_specimen and beam.settings.voltage_V > 0

    @property
    def current_A(self) -> float:
        """Through the cell, in the world itself."""
        _, current_A = self.bench.world.cell.measure(self.bench.bench.clock.now())
        return float(current_A)
