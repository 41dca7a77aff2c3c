"""Runs checks one after the other, and stops at the first sign that an instrument does not do as it is told."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import entry_points

from operando.drivers.bench.held_verdict import DRIVERS
from operando.drivers.bench.open import only_simulated
from operando.drivers.conformance.catalogue import catalogue
from operando.drivers.conformance.check import Check, NotOffered, Permission, Role
from operando.drivers.conformance.in_use import under_way
from operando.drivers.conformance.measurement import Measurement
from operando.drivers.conformance.subject import Player, Subject
from operando.drivers.conformance.trial import Memory, Trial
from operando.drivers.conformance.verdict import Judged, Outcome, Result, Verdict
from operando.drivers.errors import OperandoError

__all__ = ["Case", "Judge", "cases"]

UNDONE = "What was switched on for the checks is switched off after the last one."
CLOSED = "close() lets go of the wire."


@dataclass(frozen=True, slots=True)
class Case:
    """One check of one instrument."""

    check: Check
    player: Player

    @property
    def id(self) -> str:
        """The id of the check, with the place where several instruments play the role."""
        return f"{self.check.id}[{self.player.place}]" if self.player.place else self.check.id


def cases(subject: Subject, only: Iterable[str] = ()) -> tuple[Case, ...]:
    """Every check of every instrument, in the order of the roles.

    Args:
        subject: whom to judge.
        only: beginnings of ids; all checks if there are none.
    """
    wanted = tuple(only)
    every = (Case(check, player) for check in catalogue() for player in subject.players(check.role))
    return tuple(case for case in every if not wanted or case.id.startswith(wanted))


class Judge:
    """Puts promises to the test.

    Args:
        subject: the bench.
        allowed: what checks may do.
    """

    def __init__(self, subject: Subject, allowed: Iterable[Permission] = ()) -> None:
        self._subject = subject
        self._allowed = frozenset(allowed)
        self._memory = Memory()
        self._disobeyed = ""
        self._touched: set[str] = set()
        self._results: list[Result] = []
        self._left: list[Result] = []
        self._began = subject.bench.clock.wall()
        self._judged = tuple(_judged(subject))

    def judge(self, case: Case) -> Result:
        """Run one check and keep what it found."""
        result = self._without_running(case) or self._run(case)
        if result.outcome is Outcome.BROKEN and case.check.obedience:
            self._disobeyed = case.id
            self._subject.bench.make_safe(None if self._allowed else self._touched)
        self._results.append(result)
        return result

    @property
    def touched(self) -> frozenset[str]:
        """Instruments for which a check with an effect was run."""
        return frozenset(self._touched)

    @property
    def left(self) -> tuple[Result, ...]:
        """Promises that were broken after the last check, while the bench was left."""
        return tuple(self._left)

    def finish(self) -> None:
        """Undo what was switched on for the checks; call it while the bench is open."""
        try:
            self._memory.afterwards.close()
        except Exception as error:  # noqa: BLE001  a defect in a driver is a finding, and the verdict is written
            self._left.append(_broken_at_the_end("bench.undoes", "", UNDONE, f"{type(error).__name__}: {error}"))

    def closed(self, not_let_go: Mapping[str, str]) -> None:
        """The bench is closed: what came instead of letting go, by the name of the instrument."""
        self._left += [
            _broken_at_the_end(f"bench.closes[{name}]", name, CLOSED, error) for name, error in not_let_go.items()
        ]

    def verdict(self, answers: str = "") -> Verdict:
        """Everything so far; with how the instruments were left, once the bench is closed."""
        return Verdict(
            bench=self._subject.file.name,
            on=self._began,
            allowed=tuple(sorted(self._allowed)),
            answers=answers,
            judged=self._judged,
            results=(*self._results, *self._left),
            safe_states=tuple(
                state for state in self._subject.bench.safe_states if state.instrument not in self._subject.gated
            ),
        )

    def _without_running(self, case: Case) -> Result | None:
        check, player = case.check, case.player
        missing = sorted(check.needs - self._allowed)
        if player.role is None and check.role is not Role.BENCH:
            return _result(case, Outcome.NOT_OFFERED, f"nobody on this bench plays the role of {check.role}")
        if missing:
            return _result(case, Outcome.NOT_ALLOWED, f"say --allow {','.join(missing)}")
        if check.has_effect and self._gated(case):
            return _result(
                case, Outcome.NOT_ALLOWED, "nobody answers for a driver that has never been on hardware: say --by NAME"
            )
        if self._only_watched(case):
            return _result(case, Outcome.NOT_OFFERED, "steps of its own: another program has the cell")
        if check.has_effect and (begun := self._begun_by_others(case)):
            return _result(case, Outcome.NOT_ALLOWED, f"{begun}: wait for its end, or end it")
        if check.needs and self._disobeyed:
            return _result(case, Outcome.STOPPED, f"after {self._disobeyed} nothing more was moved or energised")
        return None

    def _only_watched(self, case: Case) -> bool:
        """Whether a check would start steps on a potentiostat whose cell another program has."""
        would_start = case.check.role is Role.POTENTIOSTAT and Permission.CURRENT in case.check.needs
        return would_start and self._subject.only_watched(case.player.instrument)

    def _begun_by_others(self, case: Case) -> str:
        """What is under way on the instruments of a check; on one that was used before, it is the suite's own."""
        untouched = [name for name in self._concerned(case) if name not in self._touched]
        told = ((name, under_way(self._subject.roles[name])) for name in untouched)
        return "; ".join(f"{name}: {what}" for name, what in told if what)

    def _concerned(self, case: Case) -> list[str]:
        """The instruments that a check may touch."""
        return [case.player.instrument] if case.player.instrument else list(self._subject.roles)

    def _gated(self, case: Case) -> bool:
        if case.check.role is Role.BENCH:
            return bool(self._subject.gated)
        return case.player.instrument in self._subject.gated

    def _run(self, case: Case) -> Result:
        if case.check.needs or case.check.has_effect:
            self._touched.update(self._concerned(case))
        trial = Trial(self._subject, case.check.role, case.player, self._memory)
        found: list[Measurement] = []
        started_s = trial.clock.now()
        outcome, detail = Outcome.KEPT, ""
        try:
            self._prove(case.check, trial, found)
        except NotOffered as error:
            outcome, detail = Outcome.NOT_OFFERED, str(error)
        except OperandoError as error:
            outcome, detail = Outcome.BROKEN, f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001  a defect in a driver is a finding, and the others are judged, too
            outcome, detail = Outcome.BROKEN, f"a defect, {type(error).__name__}: {error}"
        broken = [measurement for measurement in found if not measurement.kept]
        if broken:
            told = "; ".join(f"{measurement} ({measurement.because})" for measurement in broken)
            outcome, detail = Outcome.BROKEN, f"{told}; {detail}" if outcome is Outcome.BROKEN else told
        return Result(
            id=case.id,
            role=case.check.role,
            instrument=case.player.instrument,
            promise=case.check.promise,
            outcome=outcome,
            detail=detail,
            measurements=tuple(found),
            curves=tuple(trial.curves),
            pictures=tuple(trial.pictures),
            started_s=started_s,
            duration_s=trial.clock.now() - started_s,
        )

    @staticmethod
    def _prove(check: Check, trial: Trial, found: list[Measurement]) -> None:
        # a generator that is closed early still leaves its instrument as it should
        with closing(check.prove(trial)) as measurements:
            for measurement in measurements:
                found.append(measurement)
                if check.obedience and not measurement.kept:
                    return


def _result(case: Case, outcome: Outcome, detail: str) -> Result:
    return Result(case.id, case.check.role, case.player.instrument, case.check.promise, outcome, detail)


def _broken_at_the_end(known_as: str, instrument: str, promise: str, detail: str) -> Result:
    return Result(known_as, Role.BENCH, instrument, promise, Outcome.BROKEN, detail)


def _judged(subject: Subject) -> Iterator[Judged]:
    offered = entry_points(group=DRIVERS)
    for name, roles in subject.roles.items():  # what a driver calls itself is judged, and not yet believed
        entry = subject.file.instruments[name]
        package = offered[entry.driver].dist
        yield Judged(
            name=name,
            driver=entry.driver,
            driver_package=package.name if package else "",
            driver_version=package.version if package else "",
            identity=next(roles.all()).identify(),
            simulated=only_simulated(entry),
        )
