"""Is the way of the box possible: the order of its phases, what each of them allows, and what must come before?"""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, error
from operando.protocols.document.people import CONFIRMED, NOT_CONFIRMED
from operando.protocols.interlocks import Phase
from operando.protocols.phases import Deed, PhaseDescription, deed_of, described
from operando.protocols.plan import BenchFacts
from operando.protocols.program import AskOperator, CaptureNow, CyclingAction, EnterPhase, LeakTest, Program, RunStep

__all__ = ["check_phases"]

LID_OPEN = (Phase.OPEN, Phase.OBSERVE, Phase.CLOSE)
SHORTEST_TEST_S = 300.0
"""Gauges are read every ten seconds on the way."""


def check_phases(program: Program, facts: BenchFacts | None) -> Iterator[Finding]:
    """Everything about phases and leak tests, each line once."""
    found: dict[tuple[int, str], Finding] = {}
    if program.has_phases:
        for finding in _Way().walk(program):
            found.setdefault((finding.line, finding.what), finding)
    yield from found.values()
    if facts is not None:
        yield from _gauges(program, facts)


class _Way:
    """Goes along the actions, and remembers what belongs to the phase."""

    def __init__(self) -> None:
        self._now: PhaseDescription | None = None
        self._confirmed = self._tested = False
        self._half_confirmed: int | None = None
        """Line of a question of this phase after which the run goes on without a person who has confirmed."""

    def walk(self, program: Program) -> Iterator[Finding]:
        """What is wrong, in order."""
        for action in program:
            if isinstance(action, EnterPhase):
                yield from self._enter(action)
            elif self._now is None:
                yield error(
                    action.line,
                    "this comes before the first phase, so that nobody knows where the box is then",
                    "Begin 'cycling' with the phase in which the box is, for instance {phase: glovebox}.",
                )
            else:
                yield from self._allowed(action, self._now)

    def _enter(self, action: EnterPhase) -> Iterator[Finding]:
        before, after = self._now, described()[action.phase]
        if before is not None:
            if before.phase not in after.follows:
                possible = ", ".join(phase for phase in Phase if phase in after.follows)
                yield error(
                    action.line,
                    f"the phase {str(action.phase)!r} cannot follow {str(before.phase)!r}; it follows {possible}",
                    f"The way is: {', '.join(Phase)}.",
                )
            if after.confirmed_before and not self._confirmed:
                yield self._not_confirmed(action, before)
            if action.phase is Phase.TRANSFER and not self._tested:
                yield error(
                    action.line,
                    "the box is carried away without a leak test: the interlock 'transfer' would forbid it",
                    "Add {leak_test: {for: 20 min, at_most: 1e-4 mbar*l/s}} in the phase 'glovebox'.",
                )
        self._now, self._confirmed, self._tested, self._half_confirmed = after, False, False, None

    def _not_confirmed(self, action: EnterPhase, before: PhaseDescription) -> Finding:
        if self._half_confirmed is not None:
            return error(
                self._half_confirmed,
                f"{str(action.phase)!r} begins after this question even if nobody has confirmed it, and no gauge can "
                "tell where the lid is",
                "Leave 'otherwise' and 'ends_run_if' out: then the run ends unless a person confirms.",
            )
        return error(
            action.line,
            f"nobody confirms, in the phase {str(before.phase)!r}, that the lid is where it should be before "
            f"{str(action.phase)!r}, and no gauge can tell",
            "Add {ask: Is the lid open?, confirm: true}, or closed, before this phase.",
        )

    def _allowed(self, action: CyclingAction, now: PhaseDescription) -> Iterator[Finding]:
        match action:
            case AskOperator(confirms=True):
                if _takes_a_person(action):
                    self._confirmed = True
                else:
                    self._half_confirmed = action.line
            case LeakTest():
                self._tested = True
                if now.phase in LID_OPEN:
                    yield error(
                        action.line,
                        f"in the phase {str(now.phase)!r} the box stands open: there is no leak to test",
                        "Test it in the glovebox, before the transfer.",
                    )
            case CaptureNow() if Deed.BEAM not in now.allows:
                yield _refused(action.line, f"the capture {action.capture!r}", now)
            case RunStep() if (deed := deed_of(action.technique)) not in now.allows:
                yield _refused(action.line, f"the step {action.name!r}", now, deed)


def _takes_a_person(action: AskOperator) -> bool:
    """Whether the run goes on only if a person has confirmed it: not if nobody answers, nor if it is not so."""
    return action.otherwise != CONFIRMED and NOT_CONFIRMED in action.ends_run_if


def _refused(line: int, what: str, now: PhaseDescription, deed: Deed = Deed.BEAM) -> Finding:
    allowed = ", ".join(one for one in Deed if one in now.allows) or "nothing"
    where = ", ".join(phase for phase, other in described().items() if deed in other.allows)
    return error(
        line,
        f"{what} stands in the phase {str(now.phase)!r} ({now.what}), which allows: {allowed}",
        f"Put it into: {where}.",
    )


def _gauges(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """No phase begins without its gauges, and no leak is a figure without temperature."""
    tests = [action for action in program if isinstance(action, LeakTest)]
    for test in {test.line: test for test in tests}.values():
        if "box" not in facts.pressures or "box" not in facts.thermometers:
            yield error(
                test.line,
                "the bench has no gauge with a thermometer in the box: its leak cannot be measured",
                "Name one in the bench file that measures 'box', pressure and temperature.",
            )
        if test.duration_s < SHORTEST_TEST_S:
            yield error(
                test.line,
                f"a leak test of {test.duration_s:g} s has too few readings for a figure",
                f"Measure for at least {SHORTEST_TEST_S / 60:g} min; 20 min tell 1e-5 mbar l/s.",
                duration_s=test.duration_s,
            )
    missing = [place for place in ("box", "chamber") if place not in facts.pressures]
    first = next((action for action in program if isinstance(action, EnterPhase)), None)
    if first is not None and missing:
        yield error(
            first.line,
            f"the bench has no gauge of the {' and of the '.join(missing)}: no phase could be confirmed",
            "Name one in the bench file, or write the protocol without phases.",
        )
