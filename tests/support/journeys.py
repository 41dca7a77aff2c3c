"""The way of the box with something that goes wrong on it, judged by the simulated world's truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from numpy import void
from numpy.typing import NDArray

from operando.drivers.bench.open import bench_source
from operando.protocols.document import parse_protocol
from operando.protocols.interlocks import Phase
from operando.protocols.record import read_events, verify_record
from operando.protocols.runner import RunOptions, Steering
from operando.protocols.runner.operator_script import OperatorScript, ScriptedPerson, parse_answers
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.world.box_journey import BoxPlace
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

__all__ = ["ANSWERS", "JOURNEY", "Journey", "Trouble", "Watcher", "microscope_of", "travel", "vacuum_bench"]

JOURNEY = (
    HEAD
    + """\
cycling:
  - {phase: glovebox}
  - {leak_test: {for: 10 min, at_most: 1e-4 mbar*l/s}}
  - {ask: Ready to carry it?, confirm: true, at_most: 20 min}
  - {phase: transfer, at_most: 5 min}
  - {ask: Is it in the chamber?, confirm: true, at_most: 40 min}
  - {phase: pump down, at_most: 10 min}
  - {phase: open, at_most: 15 min}
  - {ask: Is the lid open?, confirm: true, at_most: 20 min}
  - {phase: observe, at_most: 30 min}
  - {name: charge, step: Charge at C/10 for 20 minutes}
  - {ask: What does the gas alarm read?, value: ppm, at_most: 10 min, otherwise: 0 ppm}
  - {phase: close, at_most: 15 min}
  - {ask: Is the lid closed?, confirm: true, at_most: 20 min}
  - {phase: vent, at_most: 5 min}
  - {ask: Is it vented?, confirm: true, at_most: 30 min}
  - {phase: back, at_most: 10 min}
  - {ask: Is it in the glovebox?, confirm: true, at_most: 40 min}
  - {phase: glovebox, at_most: 5 min}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  overview: {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when: [{every: 2 min, capture: overview}]
"""
)
ANSWERS = """\
operando_answers: 1
answers:
  - {to: Ready to carry it?, answer: confirmed, after: 12 min, does: [{physics: vent}]}
  - to: Is it in the chamber?
    answer: confirmed
    after: 26 min
    does:
      - {at: 10 s, physics: carry box, to: air}
      - {at: 20 min, physics: carry box, to: chamber}
      - {at: 25 min, physics: pump}
  - {to: Is the lid open?, answer: confirmed, after: 10 min, does: [{at: 1 min, physics: open lid}]}
  - {to: The session begins, answer: confirmed, after: 1 min}
  - {to: What does the gas alarm read?, answer: 0.1 ppm, after: 1 min}
  - {to: Is the lid closed?, answer: confirmed, after: 10 min, does: [{at: 8 min, physics: close lid}]}
  - {to: Is it vented?, answer: confirmed, after: 20 min, does: [{at: 30 s, physics: vent}]}
  - to: Is it in the glovebox?
    answer: confirmed
    after: 26 min
    does: [{at: 1 min, physics: carry box, to: air}, {at: 20 min, physics: carry box, to: glovebox}]
"""
EVERY_S = 1.0
SMALL_CURRENT_A = 1e-9
REACTS_S = 3.0
Deed = Callable[[SimulatedBench, float], None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong, and how the run is declared to end.

    Args:
        name: for the table.
        phase: in which it happens.
        ends: `completed` or `failed`, and words that must stand in the reason.
        last_phase: in which the run ends.
        deed: what happens in the world, so long after the phase has begun; None if people are what goes wrong.
        wish: what somebody asks of the run then.
        answers: what is answered instead, by the beginning of the question: a line of the file of answers, or nothing.
        meets_air: whether the specimen meets air by what people do: no run can prevent it.
        says: a rule that must have tripped.
        vacuum_box: whether the box is of that design; argon overpressure otherwise.
        protocol: that is carried out.
    """

    name: str
    phase: Phase
    ends: tuple[str, str]
    last_phase: Phase
    deed: Deed | None = None
    after_s: float = 5.0
    answers: Mapping[str, str] = field(default_factory=dict)
    meets_air: bool = False
    says: str = ""
    wish: Callable[[Steering], None] | None = None
    vacuum_box: bool = False
    protocol: str = JOURNEY

    def __str__(self) -> str:
        return f"{self.told}, {self.phase}"

    @property
    def told(self) -> str:
        """What goes wrong, for the table."""
        return self.name + (" (box in vacuum)" if self.vacuum_box else "")


@dataclass(frozen=True, slots=True)
class Journey:
    """What came of it; `violations` is empty if it ended as declared, with everything safe."""

    trouble: str
    phase: str
    ending: str
    reason: str
    last_phase: str
    cell: str
    beam: str
    box: str
    violations: tuple[str, ...]


class Watcher:
    """Hears of each phase; looks at the world every second; brings the trouble."""

    def __init__(self, bench: SimulatedBench, trouble: Trouble | None) -> None:
        self.phase = ""
        self.violations: list[str] = []
        self._bench = bench
        self._trouble = trouble
        self._wrong_since: dict[str, float] = {}
        self._steering: Steering | None = None
        bench.world.call_at(0.0, self._look)

    def steered_by(self, steering: Steering) -> None:
        self._steering = steering

    def step_started(self, running: StepInProgress) -> None: ...

    def samples(self, block: NDArray[void]) -> None: ...

    def pictures(self, count: int) -> None: ...

    def message(self, time_s: float, text: str) -> None:
        phase = text.partition(":")[0]
        if phase not in set(Phase):
            return
        begun, self.phase = self.phase != phase, phase
        trouble = self._trouble
        if begun and trouble is not None and phase == trouble.phase:
            self._trouble = None
            self._bench.world.call_at(time_s + trouble.after_s, lambda now: self._happens(trouble, now))

    def _happens(self, trouble: Trouble, now: float) -> None:
        if trouble.deed is not None:
            trouble.deed(self._bench, now)
        if trouble.wish is not None and self._steering is not None:
            trouble.wish(self._steering)

    def _look(self, now: float) -> None:
        world = self._bench.world
        beam, high_voltage = world.beam, microscope_of(self._bench).high_voltage_on
        _, current_A = world.cell.measure(now)
        away = self.phase not in ("", Phase.OBSERVE)
        bad_vacuum = world.chamber.pressure_Pa(now) > 10.0 * self._bench.bench.file.vacuum.beam_permitted_below
        self._judge(now, f"beam on the specimen in {self.phase}", away and beam.on_specimen and high_voltage)
        self._judge(now, f"high voltage in {self.phase}", away and high_voltage)
        self._judge(now, f"current in {self.phase}", away and abs(current_A) > SMALL_CURRENT_A)
        self._judge(now, "beam in a bad vacuum", bad_vacuum and beam.on_specimen and high_voltage)
        world.call_at(now + EVERY_S, self._look)

    def _judge(self, now: float, what: str, wrong: bool) -> None:
        if not wrong:
            self._wrong_since.pop(what, None)
        elif now - self._wrong_since.setdefault(what, now) > REACTS_S and what not in self.violations:
            self.violations.append(what)


def script(trouble: Trouble | None) -> OperatorScript:
    """The answers, with those that are to go wrong."""
    lines = ANSWERS
    for question, instead in (trouble.answers if trouble else {}).items():
        begin = lines.index(f"to: {question}")
        begin = lines.rindex("  - ", 0, begin)
        end = lines.find("\n  - ", begin)
        lines = lines[:begin] + instead + (lines[end + 1 :] if end >= 0 else "")
    return parse_answers(lines, "answers.yaml")


def vacuum_bench(folder: Path) -> str:
    """A bench file with the other design of box: it is pumped, not filled, and begins so in the glovebox."""
    text = str(bench_source("sim-glovebox"))
    before, begin, rest = text.partition("box: {design: argon overpressure, ")
    assert begin and "box: in the glovebox}" in rest, "the shipped bench has changed"
    rest = rest.replace("box: in the glovebox}", "box: in the glovebox, box_pressure_Pa: 100}", 1)
    file = folder / "vacuum.yaml"
    file.write_text(f"{before}box: {{design: vacuum, transfer_pressure: [0 Pa, 1 kPa], {rest}", encoding="utf-8")
    return str(file)


def travel(trouble: Trouble | None, folder: Path, bench_name: str = "sim-glovebox") -> Journey:
    """Go the whole way, with one trouble or none, and judge what came of it."""
    if trouble is not None and trouble.vacuum_box:
        bench_name = vacuum_bench(folder.parent)
    bench = SimulatedBench.open(bench_name)
    watcher = Watcher(bench, trouble)
    person = ScriptedPerson(script(trouble), bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, observer=watcher, steered_by=watcher.steered_by)
    program = parse_protocol(trouble.protocol if trouble else JOURNEY)
    outcome = bench.run_program(program, folder, options)
    world, now = bench.world, bench.bench.clock.now()
    world.advance(now)
    _, current_A = world.cell.measure(now)
    beam_off = not world.beam.on_specimen
    high_voltage = microscope_of(bench).high_voltage_on
    lid = "open" if world.journey.lid_open else "closed"
    box = f"{lid}, in the {world.journey.place.name.lower()}" + (", has met air" if world.journey.met_air else "")
    violations = [*watcher.violations]
    if abs(current_A) > SMALL_CURRENT_A:
        violations.append(f"the cell carries {current_A:.2g} A at the end")
    if not beam_off:
        violations.append("the beam is on the specimen at the end")
    if high_voltage:
        violations.append("the high voltage is on at the end")
    if not outcome.confirmed_safe and (trouble is None or "wire" not in trouble.name):
        violations.append(f"not confirmed safe: {[str(state) for state in outcome.safe_states]}")
    if world.journey.met_air and not (trouble is not None and trouble.meets_air):
        violations.append("the specimen has met air")
    if lid == "open" and world.journey.place is not BoxPlace.CHAMBER and not (trouble and trouble.meets_air):
        violations.append("the box stands open outside the chamber")
    violations += [f"the record: {problem}" for problem in verify_record(folder).problems]
    violations += _not_as_declared(trouble, str(outcome.ending), outcome.reason, watcher.phase, folder)
    return Journey(
        trouble.told if trouble else "nothing",
        str(trouble.phase) if trouble else "",
        str(outcome.ending),
        outcome.reason,
        watcher.phase,
        "at rest" if abs(current_A) <= SMALL_CURRENT_A else f"{current_A:.2g} A",
        ("off" if beam_off else "ON") + (", high voltage on" if high_voltage else ", high voltage off"),
        box,
        tuple(violations),
    )


def _not_as_declared(trouble: Trouble | None, ending: str, reason: str, last: str, folder: Path) -> list[str]:
    wanted = trouble.ends if trouble else ("completed", "")
    last_phase = trouble.last_phase if trouble else Phase.GLOVEBOX
    found = []
    if ending != wanted[0] or wanted[1] not in reason:
        found.append(f"declared was {wanted}, it ended {ending}: {reason}")
    if last != last_phase:
        found.append(f"declared was an end in {last_phase}, it was in {last}")
    tripped = {str(event.get("rule")) for event in read_events(folder) if event["kind"] == "tripped"}
    if trouble and trouble.says and trouble.says not in tripped:
        found.append(f"{trouble.says!r} was to trip, it was {sorted(tripped)}")
    return found


def microscope_of(bench: SimulatedBench) -> TescanMicroscope:
    """The engine behind its wire."""
    microscope = bench.laboratory.instruments["sem"]
    assert isinstance(microscope, TescanMicroscope)
    return microscope
