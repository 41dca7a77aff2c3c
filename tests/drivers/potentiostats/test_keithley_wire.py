"""What the drivers of the SourceMeters do when answers are late, wrong, torn or missing, and what they send."""

import math
import re
from collections.abc import Callable

import pytest
from support.keithley_bench import KeithleyDriver
from support.one_instrument import PreparedLinks
from support.timed_link import Answers, TimedLink

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import (
    DeviceFault,
    FramingError,
    InstrumentError,
    ProtocolError,
    StaleReply,
    TransportClosed,
    TransportTimeout,
)
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.potentiostats.keithley.event_queue import Entry, error_of, parse_entry
from operando.drivers.potentiostats.keithley.models import KEITHLEY_2450
from operando.drivers.potentiostats.keithley.reading import numbers
from operando.drivers.potentiostats.keithley.scpi_session import NUMBER, ScpiSession
from operando.drivers.potentiostats.keithley.source_settings import settings_2450
from operando.drivers.potentiostats.keithley.step_plan import plan_of
from operando.drivers.potentiostats.keithley.trigger_program import TriggerProgram
from operando.drivers.roles import Galvanostatic, Guard, OpenCircuit, Step

GUARD = Guard((2.4, 4.35), (-1e-3, 1e-3), 3600.0)


def session(*scripts: dict[bytes, Answers]) -> tuple[ScpiSession, list[TimedLink], VirtualClock]:
    """A session over one link after the other, each of which answers as its script says."""
    clock = VirtualClock()
    links = [TimedLink(_answering(script), clock) for script in scripts]
    reopening = ReopeningLink(PreparedLinks(links, clock), links[0].address)
    return ScpiSession(reopening, clock), links, clock


def _answering(script: dict[bytes, Answers]) -> Callable[[bytes], Answers]:
    return lambda sent: script.get(sent, [])


def test_a_charge_is_set_up_as_keithley_cycles_a_battery() -> None:
    plan = plan_of(Step(1, Galvanostatic(5e-4, until_voltage_V=4.2), GUARD), KEITHLEY_2450)
    assert list(settings_2450(plan))[:12] == [
        ":OUTP:VOLT:SMOD HIMP",
        ":OUTP:CURR:SMOD HIMP",
        ":SOUR:FUNC VOLT",
        ":SOUR:VOLT:PROT PROT5",
        ":SOUR:VOLT:RANG 4.35",
        ":SOUR:VOLT:READ:BACK ON",
        ':SENS:FUNC "CURR"',
        ":SENS:CURR:RSEN ON",
        ":SENS:CURR:RANG:AUTO ON",
        ":SENS:CURR:NPLC 1",
        ":SOUR:VOLT 4.2",
        ":SOUR:VOLT:ILIM 0.0005",
    ]


def test_a_rest_sources_no_current_and_a_limit_above_the_cell() -> None:
    plan = plan_of(Step(1, OpenCircuit(), GUARD, 60.0), KEITHLEY_2450)
    sent = list(settings_2450(plan))
    assert ":SOUR:CURR 0" in sent
    assert ":SOUR:CURR:VLIM 5.35" in sent
    assert ":SOUR:VOLT:PROT PROT10" in sent


def test_the_program_of_a_discharge() -> None:
    plan = plan_of(Step(9, Galvanostatic(-5e-4, until_voltage_V=3.0), GUARD, 10.5), KEITHLEY_2450)
    blocks = [command for command in TriggerProgram(plan, "operando_9").commands() if ":BLOC:" in command]
    assert blocks == [
        ":TRIG:BLOC:SOUR:STAT 1, ON",
        ":TRIG:BLOC:DEL:CONS 2, 0.05",
        ":TRIG:BLOC:NOT 3, 1",
        ':TRIG:BLOC:MEAS 4, "operando_9"',
        ":TRIG:BLOC:BRAN:LIM:CONS 5, ABOV, -1e+30, -0.000495, 10",
        ":TRIG:BLOC:WAIT 6, TIM1",
        ":TRIG:BLOC:BRAN:COUN 7, 10, 4",
        ":TRIG:BLOC:DEL:CONS 8, 0.450000",
        ':TRIG:BLOC:MEAS 9, "operando_9"',
        ":TRIG:BLOC:SOUR:STAT 10, OFF",
    ]


@pytest.mark.parametrize(
    ("reply", "entry"),
    [
        ('0,"No error;0,0,0"', Entry(0, "No error")),
        ('-109,"Missing parameter;1;2015/05/06 12:57:04.484"', Entry(-109, "Missing parameter")),
        ('-113,"Undefined header"', Entry(-113, "Undefined header")),
        ('+802,"Not permitted with OUTPUT off"', Entry(802, "Not permitted with OUTPUT off")),
    ],
)
def test_entries_of_the_error_queue(reply: str, entry: Entry) -> None:
    assert parse_entry(reply) == entry


@pytest.mark.parametrize(
    ("code", "kind"), [(-113, ProtocolError), (-222, ProtocolError), (-330, DeviceFault), (1115, ProtocolError)]
)
def test_what_the_instrument_complains_about_is_typed(code: int, kind: type[InstrumentError]) -> None:
    assert type(error_of([Entry(code, "text")], "a test")) is kind


@pytest.mark.parametrize(
    ("reply", "rows"),
    [
        ("4.999871E-04,3.512300E+00,0.000000E+00", [[4.999871e-4, 3.5123, 0.0]]),
        ("-0.000000,0.350000,0.000000;-0.000000,0.350000,0.266978,", [[0, 0.35, 0.0], [0, 0.35, 0.266978]]),
    ],
)
def test_readings_of_the_manual(reply: str, rows: list[list[float]]) -> None:
    assert numbers(reply, 3) == rows


@pytest.mark.parametrize("reply", ["", "1,2,x", "1,2,3,4"])
def test_what_makes_no_rows_is_no_reading(reply: str) -> None:
    with pytest.raises(FramingError):
        numbers(reply, 3)


def test_a_late_answer_is_never_taken_for_the_next_one() -> None:
    late: dict[bytes, Answers] = {b"FIRST?\n": [(1.05, b"1\n")]}
    asked, links, _ = session(late, {b"SECOND?\n": [(0.01, b"2\n")]})
    with pytest.raises(TransportTimeout):
        asked.ask_number("FIRST?")
    assert asked.ask_number("SECOND?") == 2
    assert links[1].written == [b"SECOND?\n"]


def test_what_still_comes_over_the_new_link_is_thrown_away() -> None:
    asked, links, _ = session({}, {b"SECOND?\n": [(0.01, b"2\n")]})
    with pytest.raises(TransportTimeout):
        asked.ask_number("FIRST?")
    links[1].push(b"1\n", 0.1)
    assert asked.ask_number("SECOND?") == 2


def test_an_answer_to_another_question_is_seen_by_its_shape() -> None:
    asked, _, _ = session({b"ONE?\n": [(0.01, b'0,"No error"\n')]}, {b"ONE?\n": [(0.01, b"1\n")]})
    with pytest.raises(StaleReply, match="belongs to another question"):
        asked.ask_number("ONE?")
    assert asked.ask_number("ONE?") == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param([(0.01, b"1.5E")], TransportTimeout, id="torn"),
        pytest.param([(0.01, b"\xff\xfe\x01\n")], FramingError, id="noise"),
        pytest.param([], TransportTimeout, id="silence"),
        pytest.param([(0.01, b"\n")], StaleReply, id="empty"),
    ],
)
def test_each_fault_ends_in_its_error_by_the_deadline_and_the_next_answer_is_right(
    answer: Answers, error: type[InstrumentError]
) -> None:
    asked, _, clock = session({b"ONE?\n": answer}, {b"ONE?\n": [(0.01, b"1\n")]})
    with pytest.raises(error):
        asked.ask("ONE?", NUMBER)
    assert clock.now() <= 1.01
    assert asked.ask_number("ONE?") == 1


def test_a_closed_peer_is_reported_as_such_and_opened_anew() -> None:
    asked, links, _ = session({}, {b"ONE?\n": [(0.01, b"1\n")]})
    links[0].cut = True
    with pytest.raises(TransportClosed):
        asked.ask_number("ONE?")
    assert asked.ask_number("ONE?") == 1


def test_a_listing_that_does_not_end_is_an_error() -> None:
    asked, _, _ = session({b"LIST?;STATE?\n": [(0.001, b"1) NOTHING\n" * 400)]})
    with pytest.raises(FramingError, match="does not end"):
        asked.ask_lines("LIST?", "STATE?", re.compile(r"IDLE$"))


@pytest.mark.parametrize("model", ["2450", "2400"])
@pytest.mark.parametrize("fault", ["silent", "garbage", "unplugged"])
def test_a_step_goes_on_over_a_fault_of_the_wire(model: str, fault: str) -> None:
    bench = KeithleyDriver(model)
    bench.potentiostat.start(Step(7, Galvanostatic(1e-3), GUARD, 30.05))
    bench.wait(5)
    now = bench.clock.now()
    spans = {
        "silent": bench.faults.silent_between,
        "garbage": bench.faults.garbage_between,
        "unplugged": bench.faults.unplugged_between,
    }
    spans[fault].append((now, now + 5.0))
    with pytest.raises(InstrumentError):
        bench.potentiostat.poll()
    bench.wait(10)
    said, end = bench.to_end(every_s=1.0)
    assert end.elapsed_s == pytest.approx(30.0, abs=1.1)
    elapsed_s = [value for part in said for value in part.block["elapsed_s"].tolist()]
    assert elapsed_s == sorted(set(elapsed_s))
    if model == "2450":
        assert len(elapsed_s) == 31
    assert not math.isnan(end.charge_C)
