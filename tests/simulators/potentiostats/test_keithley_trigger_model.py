"""The trigger model and the buffers of the simulated 2450, against the examples of the reference manual."""

import pytest
from support.keithley_bench import KeithleyClient
from support.resistor_world import ResistorCell

LOOP = [
    'TRIG:LOAD "EMPTY"',
    'TRIG:BLOC:BUFF:CLEAR 1, "defbuffer1"',
    "TRIG:BLOC:MEAS 2",
    "TRIG:BLOC:BRAN:COUN 3, 5, 2",
    "TRIG:BLOC:DEL:CONS 4, 1",
    "TRIG:BLOC:BRAN:COUN 5, 3, 2",
]
"""2461 reference manual, 6-186, with the counter started anew by none: five readings, then one a round."""

TIMER = [
    "TRIG:TIM4:DEL 0.5",
    "TRIG:TIM4:STAR:STIM NOT8",
    "TRIG:TIM4:STAR:GEN OFF",
    "TRIG:TIM4:COUN 20",
    "TRIG:TIM4:STAT ON",
    'TRIG:LOAD "Empty"',
    'TRIG:BLOC:BUFF:CLEAR 1, "defbuffer1"',
    "TRIG:BLOC:NOT 2, 8",
    "TRIG:BLOC:WAIT 3, TIM4",
    'TRIG:BLOC:MEAS 4, "defbuffer1"',
    "TRIG:BLOC:BRAN:COUN 5, 20, 3",
]
"""2461 reference manual, 6-236: twenty readings, one each half second."""


def test_the_listing_is_that_of_the_manual() -> None:
    bench = KeithleyClient()
    bench.ask(*LOOP)
    assert bench.ask("TRIG:BLOC:LIST?") == (
        "1) BUFFER_CLEAR BUFFER: defbuffer1|2) MEASURE BUFFER: defbuffer1 COUNT: 1|"
        "3) BRANCH_COUNTER VALUE: 5 BRANCH_BLOCK: 2|4) DELAY_CONSTANT DELAY: 1.000000000|"
        "5) BRANCH_COUNTER VALUE: 3 BRANCH_BLOCK: 2"
    )


def test_a_timer_sets_the_pace() -> None:
    bench = KeithleyClient()
    bench.ask("*RST", *TIMER)
    assert bench.ask(":TRIG:STAT?", "INIT", ":TRIG:STAT?") == "BUILDING;BUILDING;0|WAITING;WAITING;3"
    bench.wait(11)
    assert bench.ask(":TRIG:STAT?", 'TRAC:ACT? "defbuffer1"') == "IDLE;IDLE;5|20"
    times_s = [float(word) for word in bench.ask('TRAC:DATA? 1, 20, "defbuffer1", REL').split(",")]
    assert times_s == pytest.approx([0.5 * number for number in range(20)])


def test_a_limit_switches_the_output_off_without_any_client() -> None:
    bench = KeithleyClient(cell=ResistorCell(emf_V=4.0, resistance_ohm=100.0, slope_V_per_C=1.0))
    bench.ask(":OUTP:SMOD HIMP", ':SENS:FUNC "CURR"', ":SOUR:VOLT 4.2", ":SOUR:VOLT:ILIM 1e-3")
    bench.ask(":TRIG:BLOC:SOUR:STAT 1, ON", ":TRIG:BLOC:MEAS 2", ":TRIG:BLOC:BRAN:LIM:CONS 3, BEL, 0.99e-3, 0, 6")
    bench.ask(":TRIG:BLOC:DEL:CONS 4, 1", ":TRIG:BLOC:BRAN:ALW 5, 2", ":TRIG:BLOC:SOUR:STAT 6, OFF", ":INIT")
    bench.client.conversation.disconnect(bench.client.now)
    bench.world.advance(1000.0)
    kind, level, when_s = bench.cell.drives[-1]
    assert (kind, level) == ("open", 0.0)
    assert 100 < when_s < 125  # 0.1 V at 1 V/C and 1 mA, read each second


@pytest.mark.parametrize(
    ("kind", "low", "high", "ends"),
    [
        ("ABOV", 0, 1e-4, True),
        ("ABOV", 0, 1e-2, False),
        ("BEL", 1e-2, 0, True),
        ("BEL", 1e-4, 0, False),
        ("IN", 0, 1e-2, True),
        ("IN", 2e-3, 1e-2, False),
        ("OUT", 2e-3, 1e-2, True),
        ("OUT", 0, 1e-2, False),
    ],
)
def test_limits(kind: str, low: float, high: float, ends: bool) -> None:
    bench = KeithleyClient()
    bench.ask(":SOUR:VOLT 4.2", ":SOUR:VOLT:ILIM 1e-3", ":TRIG:BLOC:SOUR:STAT 1, ON", ":TRIG:BLOC:MEAS 2")
    bench.ask(f":TRIG:BLOC:BRAN:LIM:CONS 3, {kind}, {low}, {high}, 5", ":TRIG:BLOC:DEL:CONS 4, 1000")
    bench.ask(":TRIG:BLOC:NOP 5", ":INIT")
    bench.wait(10)
    assert bench.ask(":TRIG:STAT?").startswith("IDLE" if ends else "RUNNING")


def test_while_a_program_runs_it_is_not_changed_and_no_other_reading_is_taken() -> None:
    bench = KeithleyClient()
    bench.ask(':TRAC:MAKE "mine", 100', *TIMER[:9], 'TRIG:BLOC:MEAS 4, "mine"', "TRIG:BLOC:BRAN:COUN 5, 20, 3", "INIT")
    bench.ask("TRIG:BLOC:NOP 4", "INIT", ":READ?", ':TRAC:DEL "mine"')
    assert [bench.ask(":SYST:ERR:CODE?") for _ in range(5)] == ["-221", "-213", "-221", "-221", "0"]
    bench.wait(3)
    assert int(bench.ask('TRAC:ACT? "mine"')) > 3
    bench.ask(":ABOR")
    count = bench.ask('TRAC:ACT? "mine"')
    bench.wait(5)
    assert bench.ask('TRAC:ACT? "mine"', ":TRIG:STAT?").split("|")[0] == count
    assert bench.ask(":TRIG:STAT?").startswith("ABORTED")


def test_a_buffer_is_filled_once_or_for_ever() -> None:
    bench = KeithleyClient()
    bench.ask(':TRAC:MAKE "once", 10', ':TRAC:MAKE "ever", 10', ':TRAC:FILL:MODE CONT, "ever"', ":SENS:COUN 12")
    bench.ask(':TRAC:TRIG "once"', ':TRAC:TRIG "ever"')
    bench.wait(1)
    assert bench.ask(':TRAC:ACT:STAR? "once" ; END? "once"') == "1;10"
    assert bench.ask(':TRAC:ACT:STAR? "ever" ; END? "ever"') == "3;12"
    assert bench.ask(':TRAC:ACT? "ever";POIN? "ever"') == "10;10"
