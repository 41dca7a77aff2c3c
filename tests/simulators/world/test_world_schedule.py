"""Events happen in the order of time, ties in the order of asking, whoever asks."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.simulators.world.schedule import Schedule


def note(log: list[tuple[str, float]], name: str) -> Callable[[float], None]:
    """An event that writes down when it happened."""
    return lambda now: log.append((name, now))


def test_events_happen_in_the_order_of_time_and_ties_in_that_of_asking() -> None:
    schedule, log = Schedule(), list[tuple[str, float]]()
    for name, when in (("late", 3.0), ("first", 1.0), ("tie a", 2.0), ("tie b", 2.0)):
        schedule.call_at(when, note(log, name))
    schedule.advance(2.0)
    assert log == [("first", 1.0), ("tie a", 2.0), ("tie b", 2.0)]
    schedule.advance(10.0)
    assert log[-1] == ("late", 3.0)


def test_events_ask_for_events() -> None:
    schedule, log = Schedule(), list[tuple[str, float]]()

    def each_second(now: float) -> None:
        log.append(("sample", now))
        schedule.call_at(now + 1.0, each_second)

    schedule.call_at(0.0, each_second)
    schedule.call_at(2.5, note(log, "other"))
    schedule.advance(3.0)
    assert log == [("sample", 0.0), ("sample", 1.0), ("sample", 2.0), ("other", 2.5), ("sample", 3.0)]


def test_event_that_advances_the_world_does_not_recurse() -> None:
    schedule, log = Schedule(), list[tuple[str, float]]()

    def hasty(now: float) -> None:
        schedule.advance(100.0)
        log.append(("hasty", schedule.now))

    schedule.call_at(1.0, hasty)
    schedule.call_at(2.0, note(log, "next"))
    schedule.advance(5.0)
    assert log == [("hasty", 1.0), ("next", 2.0)]
    assert schedule.now == 5.0


def test_time_that_is_over_changes_nothing() -> None:
    schedule, log = Schedule(), list[tuple[str, float]]()
    schedule.advance(10.0)
    schedule.call_at(12.0, note(log, "later"))
    schedule.advance(3.0)
    assert log == []
    assert schedule.now == 10.0


def test_event_asked_for_too_late_happens_at_the_next_advance_at_its_own_time() -> None:
    schedule, log = Schedule(), list[tuple[str, float]]()
    schedule.advance(10.0)
    schedule.call_at(9.5, note(log, "late-comer"))
    schedule.advance(10.0)
    assert log == [("late-comer", 9.5)]
    assert schedule.now == 10.0


def test_failing_event_leaves_the_others() -> None:
    schedule, log = Schedule(), list[tuple[str, float]]()

    def fail(now: float) -> None:
        raise RuntimeError("broken instrument")

    schedule.call_at(1.0, fail)
    schedule.call_at(2.0, note(log, "other"))
    with pytest.raises(RuntimeError, match="broken instrument"):
        schedule.advance(5.0)
    schedule.advance(5.0)
    assert log == [("other", 2.0)]


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=30),
    st.lists(st.floats(0.0, 30.0), max_size=20),
)
def test_order_does_not_depend_on_how_the_world_is_advanced(events: list[tuple[int, int]], stops: list[float]) -> None:
    def happen(times: list[float]) -> list[tuple[str, float]]:
        schedule, log = Schedule(), list[tuple[str, float]]()
        for number, (when, child_after) in enumerate(events):

            def event(now: float, name: str = str(number), after: float = child_after) -> None:
                log.append((name, now))
                schedule.call_at(now + after, note(log, f"child of {name}"))

            schedule.call_at(float(when), event)
        for time in times:
            schedule.advance(time)
        return log

    assert happen([*sorted(stops), 40.0]) == happen([40.0])
