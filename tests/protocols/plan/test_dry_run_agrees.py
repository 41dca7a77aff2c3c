"""What the dry run says is what the run does: the same actions in the same order, as often, and about as long.

Stated bounds: a step that ends by time or charge takes what is planned to within two sampling intervals; what is tied
to steps fires exactly as often as planned; timers fire as often as planned to within one for each time that the steps
around them shift, because rendezvous and pictures take their real time.
"""

import math
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.laboratory import SimulatedBench
from support.protocol_generator import protocols, random_protocol

from operando.drivers.roles import Galvanostatic
from operando.protocols.check import bench_facts, check
from operando.protocols.document import parse_protocol
from operando.protocols.plan import Plan, plan
from operando.protocols.program import Program, RunStep
from operando.protocols.record import read_events, read_journal, verify_record
from operando.protocols.trigger_conditions import AfterEndOf, At, BeforeEndOf, ChargePassed, Every, StartOf
from operando.protocols.triggers.rerun import recorded_firings, rerun

NEAR_A_PORTION = 0.02
"""A charge this near to a whole portion may be told either way."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A step as it ran."""

    name: str
    cycle: int
    line: int
    start_s: float
    end_s: float
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Both:
    """A program, its dry run, and the run."""

    program: Program
    planned: Plan
    folder: Path

    @property
    def ran(self) -> list[Ran]:
        """The protocol's own steps."""
        names = {action.name for action in self.program if isinstance(action, RunStep)}
        events = read_events(self.folder)
        starts = {e["step"]: e for e in events if e["kind"] == "step started" and e["message"] in names}
        return [
            Ran(
                str(starts[end["step"]]["message"]),
                int(str(starts[end["step"]]["cycle"])),
                int(str(starts[end["step"]]["line"])),
                float(str(starts[end["step"]]["test_time_second"])),
                float(str(end["test_time_second"])),
                float(str(end["elapsed_s"])),
            )
            for end in events
            if end["kind"] == "step ended" and end["step"] in starts
        ]

    def fired(self, trigger: int) -> list[float]:
        """Sample times at which a trigger fired."""
        found = recorded_firings(read_events(self.folder))
        return [one.time_s for one in found if one.trigger == trigger and one.outcome == "fired"]

    def foreseen(self, trigger: int) -> int:
        """How often the dry run says that a trigger fires."""
        line = self.program.triggers[trigger].line
        return sum(capture.number is None and capture.line == line for capture in self.planned.captures)


def both(text: str, folder: Path) -> Both:
    """Rehearse a protocol, then run it."""
    bench = SimulatedBench.open()
    program = parse_protocol(text)
    facts = bench_facts(bench.bench)
    assert [str(found) for found in check(program, facts) if found.severity == "error"] == []
    planned = plan(program, facts)
    outcome = bench.run_program(program, folder)
    assert outcome.exit_code == 0, outcome.reason
    return Both(program, planned, folder)


def agree(one: Both) -> None:
    """Everything that is to agree."""
    done = [e["details"] for e in read_journal(one.folder) if e["entry"] == "progress" and e["what"] == "action done"]
    numbers = [action.number for action in one.program]
    assert [details["action"] for details in done if isinstance(details, dict)] == numbers, "order and count of actions"
    assert [(s.name, s.cycle, s.line) for s in one.ran] == [(s.name, s.cycle, s.line) for s in one.planned.steps]
    interval_s = one.program.recording.every_s
    for ran, planned in zip(one.ran, one.planned.steps, strict=True):
        if planned.basis in ("as written", "from its charge"):
            assert abs(ran.elapsed_s - planned.duration_s) <= 2 * interval_s, ran
    for index in range(len(one.program.triggers)):
        if not one.program.triggers[index].at_most_every_s:
            compare_firings(one, index)
    rendezvous = Counter(c.capture for c in one.planned.captures if c.number is not None)
    taken = [e for e in read_events(one.folder) if e["kind"] in ("capture taken", "capture not taken")]
    asked = Counter(str(e["capture"]) for e in taken if str(e["trigger"]).startswith("rendezvous"))
    assert asked == rendezvous


def compare_firings(one: Both, index: int) -> None:
    """How often a trigger fires, for those that can be foreseen."""
    trigger = one.program.triggers[index]
    fired, foreseen = len(one.fired(index)), one.foreseen(index)
    match trigger.condition:
        case StartOf() | BeforeEndOf() | AfterEndOf():
            assert fired == foreseen, trigger
        case ChargePassed(every_C):
            if not any(near_a_portion(charge_C, every_C) for charge_C in charges_C(one)):
                within = sum(any(s.start_s < t <= s.end_s for s in current_steps(one)) for t in one.fired(index))
                assert within == foreseen, trigger
        case Every() | At() if not trigger.once:
            shifts = 2 + sum(not trigger.during or step.name in trigger.during for step in one.ran)
            assert abs(fired - foreseen) <= shifts + extra_s(one) / 20.0, trigger


def current_steps(one: Both) -> list[Ran]:
    """Steps at constant current, whose charge is planned."""
    kinds = {a.name for a in one.program if isinstance(a, RunStep) and isinstance(a.technique, Galvanostatic)}
    return [step for step in one.ran if step.name in kinds]


def charges_C(one: Both) -> Iterator[float]:
    yield from (abs(step.charge_C) for step in one.planned.steps if step.charge_C)


def near_a_portion(charge_C: float, every_C: float) -> bool:
    portions = charge_C / every_C
    return round(portions) > 0 and math.isclose(portions, round(portions), rel_tol=NEAR_A_PORTION)


def extra_s(one: Both) -> float:
    """By how much the run was longer or shorter than its plan, spectra and rendezvous included."""
    return abs(one.ran[-1].end_s - one.ran[0].start_s - one.planned.steps[-1].end_s) if one.ran else 0.0


@pytest.mark.timeout(600)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=protocols())
def test_the_run_does_what_the_dry_run_says(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one = both(text, Path(folder) / "run")
        agree(one)
        again = rerun(one.folder)
        assert again.agrees, (again.missing, again.surplus)
        assert verify_record(one.folder).ok


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 1_000_000))
def test_a_seed_gives_a_valid_protocol_and_always_the_same(seed: int) -> None:
    text = random_protocol(seed)
    assert text == random_protocol(seed)
    program = parse_protocol(text)
    assert program.cycling and program.captures
    assert plan(program).duration_s < 3600.0
