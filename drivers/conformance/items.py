"""The checks of the catalogue as pytest sees them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest

from operando.drivers.conformance.judge import Case
from operando.drivers.conformance.session import JudgedSession
from operando.drivers.conformance.verdict import Outcome

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

__all__ = ["conformance_items"]

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


class _CheckItem(pytest.Item):
    case: Case
    judged: JudgedSession

    def runtest(self) -> None:
        result = self.judged.judge(self.case)
        self.user_properties += [("promise", result.promise)]
        self.user_properties += [(one.what, str(one)) for one in result.measurements]
        if result.outcome in (Outcome.BROKEN, Outcome.STOPPED):
            raise _Broken(result.message)
        if result.outcome is not Outcome.KEPT:
            pytest.skip(result.message)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Style | None = None
    ) -> "str | TerminalRepr":
        if isinstance(excinfo.value, _Broken):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[str, None, str]:
        return "conformance", None, f"{self.case.id}: {self.case.check.promise}"
