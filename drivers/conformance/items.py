"""The checks of the catalogue as pytest sees them.

What an instrument does not offer, or nobody has allowed, is no pass and no failure, and no test that somebody left
out either: it is counted under its own word, and its reason is printed. JUnit knows no such words; there it is
`skipped`, with the reason.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest

from operando.drivers.conformance.judge import Case
from operando.drivers.conformance.session import JudgedSession
from operando.drivers.conformance.verdict import Outcome

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

__all__ = ["conformance_items", "report_not_judged", "status_of"]

OUTCOME = "outcome"
Style = Literal["long", "short", "line", "no", "native", "value", "auto"]


def conformance_items(session: pytest.Session, judged: JudgedSession) -> Iterator[pytest.Item]:
    """One item for each check of each instrument: `conformance::potentiostat.identity`."""
    suite: _Suite = _Suite.from_parent(session, name="conformance", nodeid="conformance")
    for case in judged.cases():
        item: _CheckItem = _CheckItem.from_parent(suite, name=case.id)
        item.case, item.judged = case, judged
        yield item


class _Suite(pytest.Collector):
    def collect(self) -> list[pytest.Item]:
        return []


class _Broken(Exception):
    """A promise that was not kept."""


class _NotJudged(Exception):
    """A promise that was not put to the test; the text says why."""


def report_not_judged(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Turn the report of a check that was not put to the test from a failure into what it is."""
    if call.excinfo is not None and isinstance(call.excinfo.value, _NotJudged):
        path, line, _ = report.location
        report.outcome, report.longrepr = "skipped", (path, line or 0, str(call.excinfo.value))


def status_of(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """Category, letter and word of a check that was not put to the test; None for any other report."""
    outcome = dict(getattr(report, "user_properties", ())).get(OUTCOME)
    if report.when != "call" or outcome not in (Outcome.NOT_OFFERED, Outcome.NOT_ALLOWED):
        return None
    return str(outcome), "o" if outcome == Outcome.NOT_OFFERED else "a", outcome.upper()


class _CheckItem(pytest.Item):
    case: Case
    judged: JudgedSession

    def runtest(self) -> None:
        result = self.judged.judge(self.case)
        self.user_properties += [(OUTCOME, result.outcome), ("promise", result.promise)]
        self.user_properties += [(one.what, str(one)) for one in result.measurements]
        if result.outcome in (Outcome.BROKEN, Outcome.STOPPED):
            raise _Broken(result.message)
        if result.outcome is not Outcome.KEPT:
            raise _NotJudged(result.message)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Style | None = None
    ) -> "str | TerminalRepr":
        if isinstance(excinfo.value, _Broken):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[str, None, str]:
        return "conformance", None, f"{self.case.id}: {self.case.check.promise}"
