"""Every broken driver is caught, by the check of the promise that it breaks, and the message names that promise."""

import pytest
from support.broken_drivers import KINDS, Broken, breaking

from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_is_caught(kind: type[Broken]) -> None:
    session = JudgedSession(Subject("sim", change=breaking(kind)), list(Permission))
    results = [session.judge(case) for case in session.cases([kind.caught_by])]
    session.finish()
    caught = [result for result in results if result.outcome is Outcome.BROKEN]
    assert caught, [result.message for result in results]
    for result in caught:
        assert result.promise in result.message and kind.caught_by in result.id


def test_there_are_many_kinds() -> None:
    assert len(KINDS) >= 15 and len({kind.caught_by for kind in KINDS}) >= 15


@pytest.mark.parametrize("check", sorted({kind.caught_by for kind in KINDS}))
def test_the_real_driver_keeps_the_promise(check: str) -> None:
    session = JudgedSession(Subject("sim"), list(Permission))
    results = [session.judge(case) for case in session.cases([check]) if case.check.id == check]
    session.finish()
    assert results and {result.outcome for result in results} == {Outcome.KEPT}
