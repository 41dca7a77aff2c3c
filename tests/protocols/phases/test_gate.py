"""Whether a phase may begin: by fresh readings alone, for both designs of box."""

import pytest
from support.interlock_readings import BENCH_TEXT, BOX, BOX_TEMPERATURE, CHAMBER, reading, rules

from operando.drivers.bench import load_bench_file
from operando.drivers.roles import Quality
from operando.protocols.interlocks import Judge, Phase, limits_of
from operando.protocols.phases import EntryGate, described

VACUUM_BENCH = BENCH_TEXT.replace(
    "box: {opens_within: 1 kPa}", "box: {design: vacuum, transfer_pressure: [0 Pa, 1 kPa]}"
)
ARGON_BENCH = BENCH_TEXT.replace("box: {opens_within: 1 kPa}", "box: {design: argon overpressure}")


def judged(bench_text: str, phase: Phase) -> Judge:
    made = rules((), bench_text).judge(phase)
    for source in (CHAMBER, BOX, BOX_TEMPERATURE):
        made.readings.expect(source, 10.0, 0.0)
    return made


def gate(bench_text: str, judge: Judge, phase: Phase, since_s: float = 0.0, *, confirmed: bool = True) -> EntryGate:
    _, bench = load_bench_file(bench_text)
    return EntryGate(described()[phase], judge, limits_of(bench, None), bench.box.volume, since_s, confirmed=confirmed)


def see(
    judge: Judge, at: EntryGate, chamber_Pa: float, box_Pa: float, now: float, quality: Quality = Quality.OK
) -> str:
    """Take in a reading of each gauge; returns why the phase may not begin."""
    for source, value in ((CHAMBER, chamber_Pa), (BOX_TEMPERATURE, 298.0), (BOX, box_Pa)):
        given = quality if source is not BOX_TEMPERATURE else Quality.OK
        one = reading(source, value, now, given, "vacuum ready" if source is CHAMBER else "")
        judge.take(source, one)
        at.take(source, one)
    judge.judge(now)
    return at.blocked(now)


CLOSED, OPEN_BOX, AIR = 1.1e5, 0.03, 101325.0


@pytest.mark.parametrize(
    ("bench", "before", "phase", "chamber_Pa", "box_Pa", "blocked"),
    [
        (ARGON_BENCH, Phase.TRANSFER, Phase.PUMP_DOWN, 5e4, CLOSED, ""),
        (ARGON_BENCH, Phase.TRANSFER, Phase.PUMP_DOWN, AIR, CLOSED, "chamber pressure"),
        (ARGON_BENCH, Phase.TRANSFER, Phase.PUMP_DOWN, 5e4, 8e4, "box pressure"),
        (VACUUM_BENCH, Phase.TRANSFER, Phase.PUMP_DOWN, 5e4, 10.0, ""),
        (VACUUM_BENCH, Phase.TRANSFER, Phase.PUMP_DOWN, 5e4, 6e3, "box pressure"),
        (ARGON_BENCH, Phase.PUMP_DOWN, Phase.OPEN, 0.05, CLOSED, ""),
        (ARGON_BENCH, Phase.PUMP_DOWN, Phase.OPEN, 0.5, CLOSED, "box opening"),
        (ARGON_BENCH, Phase.PUMP_DOWN, Phase.OPEN, 0.05, 0.05, "box pressure"),
        (ARGON_BENCH, Phase.OPEN, Phase.OBSERVE, 0.05, OPEN_BOX, ""),
        (ARGON_BENCH, Phase.OPEN, Phase.OBSERVE, 0.05, CLOSED, "box pressure"),
        (VACUUM_BENCH, Phase.OPEN, Phase.OBSERVE, 0.05, 5.0, ""),
        (ARGON_BENCH, Phase.OBSERVE, Phase.CLOSE, 0.05, OPEN_BOX, ""),
        (ARGON_BENCH, Phase.OBSERVE, Phase.CLOSE, 50.0, OPEN_BOX, "chamber pressure"),
        (ARGON_BENCH, Phase.CLOSE, Phase.VENT, 0.05, OPEN_BOX, ""),
        (ARGON_BENCH, Phase.VENT, Phase.BACK, AIR, OPEN_BOX, ""),
        (ARGON_BENCH, Phase.VENT, Phase.BACK, 5e4, OPEN_BOX, "chamber pressure"),
    ],
    ids=lambda value: "" if isinstance(value, str) and "\n" in value else str(value),
)
def test_what_the_gauges_must_say(
    bench: str, before: Phase, phase: Phase, chamber_Pa: float, box_Pa: float, blocked: str
) -> None:
    judge = judged(bench, before)
    wanted = gate(bench, judge, phase)
    why = ""
    for now in (0.0, 10.0, 20.0):
        why = see(judge, wanted, chamber_Pa, box_Pa, now)
    assert (blocked in why) if blocked else (why == "")


@pytest.mark.parametrize("quality", [Quality.FAULT, Quality.OFF, Quality.STALE], ids=str)
def test_a_dead_gauge_keeps_a_phase_from_beginning(quality: Quality) -> None:
    judge = judged(ARGON_BENCH, Phase.TRANSFER)
    wanted = gate(ARGON_BENCH, judge, Phase.PUMP_DOWN)
    assert not see(judge, wanted, 5e4, CLOSED, 0.0)
    assert "is not known" in see(judge, wanted, 5e4, CLOSED, 10.0, quality)


def test_what_was_read_before_somebody_wanted_it_does_not_count() -> None:
    judge = judged(ARGON_BENCH, Phase.TRANSFER)
    see(judge, gate(ARGON_BENCH, judge, Phase.PUMP_DOWN), 5e4, CLOSED, 0.0)
    later = gate(ARGON_BENCH, judge, Phase.PUMP_DOWN, since_s=5.0)
    assert "has not been read since" in later.blocked(5.0)
    assert not see(judge, later, 5e4, CLOSED, 6.0)


def test_no_transfer_without_a_leak_test_that_was_passed_in_this_phase() -> None:
    judge = judged(ARGON_BENCH, Phase.GLOVEBOX)
    wanted = gate(ARGON_BENCH, judge, Phase.TRANSFER)
    for now in range(0, 3600, 10):
        assert "has not been leak-tested" in see(judge, wanted, 0.03, CLOSED + now % 7, float(now))
    judge.leak_tested("box", passed=False, why="it leaks")
    assert "it leaks" in see(judge, wanted, 0.03, CLOSED, 3600.0)
    judge.leak_tested("box", passed=True, why="")
    assert not see(judge, wanted, 0.03, CLOSED, 3610.0)
    judge.enter(Phase.GLOVEBOX)
    assert "has not been leak-tested" in see(judge, wanted, 0.03, CLOSED, 3620.0)


def test_what_nobody_has_cleared_keeps_the_box_from_going_on_and_never_from_going_home() -> None:
    judge = judged(ARGON_BENCH, Phase.OPEN)
    judge.restore("stack pressure", "it was lost", 0.0)
    assert "nobody has cleared" in see(judge, gate(ARGON_BENCH, judge, Phase.OBSERVE), 0.03, OPEN_BOX, 0.0)
    assert not see(judge, gate(ARGON_BENCH, judge, Phase.CLOSE), 0.03, OPEN_BOX, 1.0)


@pytest.mark.parametrize(
    ("before", "phase", "chamber_Pa", "box_Pa", "needs_a_person"),
    [
        (Phase.TRANSFER, Phase.PUMP_DOWN, 5e4, CLOSED, False),
        (Phase.PUMP_DOWN, Phase.OPEN, 0.05, CLOSED, False),
        (Phase.OPEN, Phase.OBSERVE, 0.05, OPEN_BOX, True),
        (Phase.OBSERVE, Phase.CLOSE, 0.05, OPEN_BOX, False),
        (Phase.CLOSE, Phase.VENT, 0.05, OPEN_BOX, True),
        (Phase.VENT, Phase.BACK, AIR, OPEN_BOX, False),
    ],
    ids=str,
)
def test_where_no_gauge_can_tell_a_person_must_have_confirmed(
    before: Phase, phase: Phase, chamber_Pa: float, box_Pa: float, needs_a_person: bool
) -> None:
    judge = judged(ARGON_BENCH, before)
    wanted = gate(ARGON_BENCH, judge, phase, confirmed=False)
    why = ""
    for now in (0.0, 10.0, 20.0):
        why = see(judge, wanted, chamber_Pa, box_Pa, now)
    assert wanted.unconfirmed is needs_a_person
    assert ("nobody has confirmed" in why) if needs_a_person else (why == "")
