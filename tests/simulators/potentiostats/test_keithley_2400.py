"""The dialect of the 2400, against the sheet."""

import pytest
from support.keithley_bench import KeithleyClient

READY = [":OUTP:SMOD HIMP", ":SOUR:VOLT 4.2", ":SENS:CURR:PROT 1e-3", ":SENS:FUNC:CONC ON", ':SENS:FUNC "VOLT","CURR"']


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (":OUTP?", "0"),
        (":OUTP:SMOD?", "NORM"),
        (":ROUT:TERM?", "FRON"),
        (":SENS:CURR:RANG:AUTO?", "1"),
        (":SENS:CURR:NPLC?", "1.000000E+00"),
        (":SENS:CURR:PROT?", "1.050000E-04"),
        (":SENS:VOLT:PROT?", "2.100000E+01"),
        (":SOUR:CLE:AUTO?", "0"),
        (":SOUR:FUNC?", "VOLT"),
        (":SOUR:CURR?", "0.000000E+00"),
        (":SOUR:VOLT?", "0.000000E+00"),
        (":SENS:AVER:TCON?", "REP"),
        (":SENS:AVER:COUN?", "10"),
        (":SYST:AZER:STAT?", "1"),
        (":FORM:ELEM?", "VOLT,CURR,RES,TIME,STAT"),
    ],
)
def test_after_a_reset_it_is_as_the_manual_says(query: str, answer: str) -> None:
    assert KeithleyClient("2400").ask("*RST", query) == answer


def test_errors_have_the_short_form() -> None:
    bench = KeithleyClient("2400")
    assert bench.ask(":NONSENSE", ":SYST:ERR?", ":SYST:ERR?") == '-113,"Undefined header"|0,"No error"'


def test_a_reading_with_the_output_off_is_answered_by_nothing() -> None:
    bench = KeithleyClient("2400")
    assert bench.ask(":READ?") == ""
    assert bench.ask(":SYST:ERR?") == '+802,"Not permitted with OUTPUT off"'


def test_a_reading_has_its_elements_in_the_order_of_the_manual() -> None:
    bench = KeithleyClient("2400")
    bench.ask(*READY, ":SYST:RSEN ON", ":SYST:TIME:RES", ":OUTP ON")
    words = bench.ask(":READ?").split(",")
    voltage_V, current_A, resistance_ohm, _, status = map(float, words)
    assert words[1] == "+1.000000E-03"
    assert (voltage_V, current_A) == pytest.approx((3.8, 1e-3))
    assert resistance_ohm == pytest.approx(3800)
    assert int(status) == 1 << 2 | 1 << 3 | 1 << 11 | 1 << 12 | 1 << 14 | 1 << 22


def test_what_is_not_measured_is_a_number_that_says_so() -> None:
    bench = KeithleyClient("2400")
    bench.ask(":OUTP ON", ":FORM:ELEM RES,CURR")
    assert bench.ask(":READ?").endswith(",+9.910000E+37")


def test_measure_turns_the_output_on_by_itself() -> None:
    bench = KeithleyClient("2400")
    assert bench.ask(":MEAS:CURR?", ":OUTP?").endswith("|1")


def test_the_buffer_fills_and_says_so_in_the_status_byte() -> None:
    bench = KeithleyClient("2400")
    bench.ask(*READY, ":OUTP ON", "*CLS;*SRE 1;:STAT:MEAS:ENAB 512")
    bench.ask(":TRAC:CLE;POIN 5;:TRIG:COUN 5", ":TRAC:FEED SENS;FEED:CONT NEXT", ":INIT")
    bench.wait(1)
    assert int(bench.ask("*STB?")) & 65 == 65
    assert len(bench.ask(":TRAC:DATA?").split(",")) == 25


def test_two_wires_see_the_cable_and_four_do_not() -> None:
    bench = KeithleyClient("2400")
    bench.ask(*READY, ":SENS:CURR:PROT 1", ":SOUR:VOLT 4.7", ":FORM:ELEM VOLT", ":OUTP ON")
    two_V = float(bench.ask(":READ?"))
    four_V = float(bench.ask(":SYST:RSEN ON", ":READ?"))
    assert two_V - four_V == pytest.approx(0.2 * 10e-3)
