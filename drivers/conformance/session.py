"""One judgement from opening the bench to the verdict, for whoever runs the checks: the command line and pytest."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.conformance.check import Permission
from operando.drivers.conformance.folder import write_verdict
from operando.drivers.conformance.judge import Case, Judge, cases
from operando.drivers.conformance.subject import Subject
from operando.drivers.conformance.verdict import Outcome, Result, Verdict
from operando.drivers.errors import ConfigMismatch

__all__ = ["JudgedSession", "permissions"]


def permissions(words: str) -> tuple[Permission, ...]:
    """What is allowed, from words separated by commas.

    Raises:
        ConfigMismatch: if a word is none of `move`, `beam`, `current`, `spectrum`.
    """
    known = {str(permission): permission for permission in Permission}
    given = [word.strip() for word in words.split(",") if word.strip()]
    for word in given:
        if word not in known:
            what = f"{word!r} cannot be allowed"
            raise ConfigMismatch(what, where="--allow", remedy=f"There are: {', '.join(known)}.")
    return tuple(known[word] for word in given)


class JudgedSession:
    """An open bench and its judge.

    Args:
        subject: the bench, entered.
        allowed: what checks may do.
        answers: who answers for drivers that have never been on hardware.
    """

    def __init__(self, subject: Subject, allowed: Iterable[Permission], answers: str = "") -> None:
        self.subject = subject
        self._judge = Judge(subject, allowed)
        self._answers = answers
        self._closed = False
        self._handed_out = False

    @classmethod
    def open(cls, bench: Path | str, allow: str = "", by: str = "", wires: Path | None = None) -> "JudgedSession":
        """Open a bench; `finish` closes it. With `wires`, everything that goes over its wires is recorded there.

        Raises:
            DocumentError, InstrumentError: if it cannot be opened.
        """
        allowed = permissions(allow)
        return cls(Subject(bench, answers=by, wires=wires), allowed, by)

    def cases(self, only: Iterable[str] = ()) -> tuple[Case, ...]:
        """Every check of every instrument, or those whose ids begin so."""
        return cases(self.subject, only)

    def hand_out(self) -> Bench:
        """The bench, for tests of somebody's own: whatever they do with it, all of it is left safe."""
        self._handed_out = True
        return self.subject.bench

    def judge(self, case: Case) -> Result:
        """Run one check."""
        return self._judge.judge(case)

    def finish(self, folder: Path | None = None) -> Verdict:
        """Leave what was used safe, close the bench, and write the verdict if a folder is given.

        An instrument that was only read is left as it was: somebody's step may run on it.
        """
        if not self._closed:
            self._closed = True
            try:
                self._judge.finish()
            finally:
                touched = None if self._handed_out else self._judge.touched
                self._judge.closed(self.subject.bench.leave(touched))
        verdict = self._judge.verdict(self._answers)
        if folder is not None:
            write_verdict(verdict, folder)
        return verdict

    @property
    def left(self) -> tuple[Result, ...]:
        """Promises that were broken after the last check, while the bench was left; they are in the verdict, too."""
        return self._judge.left

    def summary(self) -> Iterator[str]:
        """What was not judged and why, each reason once, and how the instruments were left."""
        verdict = self._judge.verdict(self._answers)
        for outcome in (Outcome.NOT_OFFERED, Outcome.NOT_ALLOWED, Outcome.STOPPED):
            reasons: dict[str, list[str]] = {}
            for result in verdict.results:
                if result.outcome is outcome:
                    reasons.setdefault(result.detail, []).append(result.id)
            for reason, ids in reasons.items():
                yield f"{outcome}: {', '.join(ids)}: {reason}"
        yield from (f"{result.id}: {result.message}" for result in self.left)
        yield from (f"left {state}" for state in verdict.safe_states)
