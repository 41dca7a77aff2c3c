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
from operando.protocols.runner import RunOptions
from operando.protocols.runner.operator_script import OperatorScript, ScriptedPerson, parse_answers
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.world.box_journey import BoxPlace
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

__all__ = ["ANSWERS", "JOURNEY", "TROUBLES", "Journey", "Trouble", "Watcher", "microscope_of", "travel", "vacuum_bench"]

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
LEAK_m3_PER_S = 5e-8
AIR_Pa_m3_PER_S = 0.05
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
        answers: what is answered instead, by the beginning of the question: a line of the file of answers, or nothing.
        meets_air: whether the specimen meets air by what people do: no run can prevent it.
        says: a rule that must have tripped.
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

    def __str__(self) -> str:
        return f"{self.name}, {self.phase}"


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
        bench.world.call_at(0.0, self._look)

    def step_started(self, running: StepInProgress) -> None: ...

    def samples(self, block: NDArray[void]) -> None: ...

    def pictures(self, count: int) -> None: ...

    def message(self, time_s: float, text: str) -> None:
        phase = text.partition(":")[0]
        if phase not in set(Phase):
            return
        begun, self.phase = self.phase != phase, phase
        trouble = self._trouble
        if begun and trouble is not None and trouble.deed is not None and phase == trouble.phase:
            deed, self._trouble = trouble.deed, None
            self._bench.world.call_at(time_s + trouble.after_s, lambda now: deed(self._bench, now))

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
    bench = SimulatedBench.open(bench_name)
    watcher = Watcher(bench, trouble)
    person = ScriptedPerson(script(trouble), bench.bench.clock, bench.bench.links.people())
    outcome = bench.run_program(parse_protocol(JOURNEY), folder, RunOptions(operator=person, observer=watcher))
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
    if not outcome.confirmed_safe and (trouble is None or "wire" not in trouble.name):
        violations.append(f"not confirmed safe: {[str(state) for state in outcome.safe_states]}")
    if world.journey.met_air and not (trouble is not None and trouble.meets_air):
        violations.append("the specimen has met air")
    if lid == "open" and world.journey.place is not BoxPlace.CHAMBER and not (trouble and trouble.meets_air):
        violations.append("the box stands open outside the chamber")
    violations += [f"the record: {problem}" for problem in verify_record(folder).problems]
    violations += _not_as_declared(trouble, str(outcome.ending), outcome.reason, watcher.phase, folder)
    return Journey(
        trouble.name if trouble else "nothing",
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


def box_leaks(bench: SimulatedBench, now: float) -> None:
    bench.world.journey.leak(LEAK_m3_PER_S, now)


def chamber_leaks(bench: SimulatedBench, now: float) -> None:
    bench.world.chamber.leak(AIR_Pa_m3_PER_S, now)


def box_gauge_dies(bench: SimulatedBench, now: float) -> None:
    bench.unplug("box", now)


def chamber_gauge_dies(bench: SimulatedBench, now: float) -> None:
    microscope_of(bench).faults.nan_pressure = True


def lid_opened(bench: SimulatedBench, now: float) -> None:
    bench.world.journey.open_lid(now)


def vented(bench: SimulatedBench, now: float) -> None:
    bench.world.journey.vent(now)


P = Phase
LATE = {
    P.GLOVEBOX: "Ready to carry it?",
    P.TRANSFER: "Is it in the chamber?",
    P.OPEN: "Is the lid open?",
    P.CLOSE: "Is the lid closed?",
    P.VENT: "Is it vented?",
    P.BACK: "Is it in the glovebox?",
}
"""The question of each phase."""


def _people() -> list[Trouble]:
    troubles = []
    for phase, question in LATE.items():
        nobody = ("failed", "nobody")
        late = f"  - {{to: {question}, answer: confirmed, after: 2 h}}\n"
        wrong = f"  - {{to: {question}, answer: perhaps, after: 1 min}}\n"
        no = f"  - {{to: {question}, answer: not confirmed, after: 1 min}}\n"
        troubles += [
            Trouble("nobody answers", phase, ("failed", "no answer"), phase, answers={question: ""}),
            Trouble("answered too late", phase, nobody, phase, answers={question: late}),
            Trouble(
                "answered with what is no answer", phase, ("failed", "no answer"), phase, answers={question: wrong}
            ),
            Trouble("answered that it is not so", phase, ("failed", "'not confirmed'"), phase, answers={question: no}),
        ]
    return troubles


VENT_RULE = "vented over the open box"
ALARM = "What does the gas alarm read?"
DONE = ("completed", "")
NOT_TIGHT = ("failed", "leak test was not passed")
NOT_BEGUN = ("failed", "could not begin")
AIR = ("failed", "'air in the box'")
VENTED = ("failed", f"'{VENT_RULE}'")
TROUBLES: tuple[Trouble, ...] = (
    Trouble("the box leaks", P.GLOVEBOX, NOT_TIGHT, P.GLOVEBOX, box_leaks),
    Trouble("the box leaks", P.TRANSFER, ("failed", "'box leak'"), P.TRANSFER, box_leaks, says="box leak"),
    Trouble("the box leaks", P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN, box_leaks),
    Trouble("the chamber leaks", P.OPEN, ("failed", "chamber pressure"), P.OPEN, chamber_leaks),
    Trouble("the chamber leaks", P.OBSERVE, NOT_BEGUN, P.OBSERVE, chamber_leaks, 300.0, says="chamber vacuum"),
    Trouble("the box leaks", P.CLOSE, AIR, P.VENT, box_leaks, 500.0, says="air in the box"),
    Trouble("the box leaks", P.VENT, AIR, P.VENT, box_leaks, says="air in the box"),
    Trouble("the box leaks", P.BACK, AIR, P.BACK, box_leaks, says="air in the box"),
    *(
        Trouble(
            "the wire of the box gauge is cut", phase, ends, last, box_gauge_dies, 300.0 if phase is P.OBSERVE else 5.0
        )
        for phase, ends, last in (
            (P.GLOVEBOX, NOT_TIGHT, P.GLOVEBOX),
            (P.TRANSFER, ("failed", "'box leak'"), P.TRANSFER),
            (P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN),
            (P.OPEN, NOT_BEGUN, P.OPEN),
            (P.OBSERVE, AIR, P.VENT),
            (P.CLOSE, AIR, P.VENT),
            (P.VENT, AIR, P.VENT),
            (P.BACK, AIR, P.BACK),
        )
    ),
    *(
        Trouble("the chamber gauge gives no number", phase, ends, last, chamber_gauge_dies, 120.0)
        for phase, ends, last in (
            (P.TRANSFER, NOT_BEGUN, P.TRANSFER),
            (P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN),
            (P.OPEN, VENTED, P.OPEN),
            (P.OBSERVE, VENTED, P.OBSERVE),
            (P.CLOSE, VENTED, P.CLOSE),
            (P.VENT, NOT_BEGUN, P.VENT),
        )
    ),
    Trouble("the box is opened by hand", P.GLOVEBOX, NOT_TIGHT, P.GLOVEBOX, lid_opened, 300.0, meets_air=True),
    Trouble(
        "the box is opened by hand in the air",
        P.TRANSFER,
        ("failed", "'box leak'"),
        P.TRANSFER,
        lid_opened,
        600.0,
        meets_air=True,
        says="box leak",
    ),
    Trouble("the box is opened by hand while pumping", P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN, lid_opened),
    *(
        Trouble(
            "somebody vents over the open box", phase, VENTED, phase, vented, after_s, meets_air=True, says=VENT_RULE
        )
        for phase, after_s in ((P.OPEN, 120.0), (P.OBSERVE, 300.0), (P.CLOSE, 60.0))
    ),
    Trouble(
        "the gas alarm is answered in volts",
        P.OBSERVE,
        DONE,
        P.GLOVEBOX,
        answers={ALARM: f"  - {{to: {ALARM}, answer: 5 V, after: 1 min}}\n"},
    ),
    *_people(),
)
