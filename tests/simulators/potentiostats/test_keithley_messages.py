"""The message rules of SCPI at the simulated SourceMeters, against the exchanges of the sheet."""

import pytest
from support.keithley_bench import KeithleyClient
from support.resistor_world import ResistorCell

WHO = "KEITHLEY INSTRUMENTS,MODEL 2450,04474830,1.6.7c"
EXISTS = "Parameter error: TRACe:MAKE cannot take an existing reading buffer name"

CHARGE_SESSION = [
    "*RST",
    ":SYST:CLE",
    ":OUTP:VOLT:SMOD HIMP",
    ":OUTP:CURR:SMOD HIMP",
    ":SOUR:FUNC VOLT",
    ":SOUR:VOLT:PROT PROT5",
    ":SOUR:VOLT:RANG 20",
    ":SOUR:VOLT:READ:BACK ON",
    ':SENS:FUNC "CURR"',
    ":SENS:CURR:RSEN ON",
    ":SENS:CURR:RANG:AUTO ON",
    ":SOUR:VOLT 4.2",
    ":SOUR:VOLT:ILIM 0.0005",
]
"""Sheet 2.7: charge with 0.5 mA to 4.2 V."""


def test_the_session_of_the_sheet_goes_from_the_limit_into_the_hold() -> None:
    bench = KeithleyClient(cell=ResistorCell(emf_V=3.5, resistance_ohm=100.0, slope_V_per_C=10.0))
    assert bench.ask(*CHARGE_SESSION) == ""
    assert bench.ask(":SYST:ERR?") == '0,"No error;0,0,0"'
    assert bench.ask(":OUTP ON") == ""
    reading = bench.ask(':READ? "defbuffer1",READ,SOUR,REL')
    assert [float(word) for word in reading.split(",")] == pytest.approx([5e-4, 3.551, 0.0])
    assert bench.ask(":SOUR:VOLT:ILIM:TRIP?") == "1"
    for _ in range(200):
        bench.wait(1)
        bench.cell.measure(bench.world.now)
    assert bench.ask(":SOUR:VOLT:ILIM:TRIP?") == "0"
    assert bench.ask(":OUTP OFF", ":OUTP?") == "0"
    assert bench.cell.drive == ("open", 0.0)


def test_an_output_that_goes_off_in_the_normal_state_leaves_zero_volts_across_the_cell() -> None:
    bench = KeithleyClient()
    bench.ask(":SOUR:VOLT 4", ":OUTP ON", ":OUTP OFF")
    assert bench.cell.drive == ("voltage", 0.0)


def test_a_current_source_clamps_at_its_voltage_limit_and_drives_a_discharge_through_zero() -> None:
    bench = KeithleyClient(cell=ResistorCell(emf_V=1.0, resistance_ohm=10.0, slope_V_per_C=1.0))
    bench.ask(":SOUR:FUNC CURR", ":SOUR:CURR:VLIM 4.2", ":SOUR:CURR -0.01", ":OUTP ON")
    bench.wait(200)
    assert bench.cell.measure(bench.world.now)[0] < 0
    bench.wait(1000)
    assert bench.ask(":SOUR:CURR:VLIM:TRIP?") == "1"
    assert bench.cell.measure(bench.world.now)[0] == pytest.approx(-4.2)


@pytest.mark.parametrize(
    ("messages", "answer"),
    [
        pytest.param(["*IDN?"], WHO, id="identity"),
        pytest.param(["*LANG?"], "SCPI", id="language"),
        pytest.param([":SOURCE:VOLTAGE:LEVEL:IMM:AMPLITUDE 2", ":sour:volt?"], "2.000000E+00", id="long and short"),
        pytest.param(["SOUR1:VOLT 2", "SOUR:VOLT:LEV?"], "2.000000E+00", id="no colon, a number, optional nodes"),
        pytest.param([":SOUR:VOLT:RANG 20;ILIM 1e-3", ":SOUR:VOLT:ILIM?"], "1.000000E-03", id="path goes on"),
        pytest.param([":SOUR:VOLT 1;:OUTP:SMOD HIMP", ":OUTP:VOLT:SMOD?"], "HIMP", id="path begins anew"),
        pytest.param([":SOUR:VOLT:ILIM 1e-3", "ILIM?", ":SYST:ERR:COUN?"], "1", id="a message resets the path"),
        pytest.param(["*OPC?;:OUTP?;:SOUR:FUNC?"], "1;0;VOLT", id="answers are joined"),
        pytest.param([":SOUR:VOLT:READ:BACK?", ":SOUR:VOLT:READ:BACK OFF;BACK?"], "1|0", id="switches answer 0 and 1"),
        pytest.param([":SOUR:VOLT:ILIM MAX", ":SOUR:VOLT:ILIM?;ILIM? MIN"], "1.050000E+00;1.000000E-09", id="MAX, MIN"),
        pytest.param(
            [":SOUR:FUNC CURRENT", ":SOUR:FUNC?", ':SENS:FUNC "VOLT:DC"', ":SENS:FUNC?"], 'CURR|"VOLT:DC"', id="words"
        ),
        pytest.param(
            ['*IDN?;:SENS:FUNC "VO;LT"', ":SYST:ERR:CODE?"],
            f"{WHO}|-224",
            id="quotes",
        ),
    ],
)
def test_messages(messages: list[str], answer: str) -> None:
    assert KeithleyClient().ask(*messages) == answer


@pytest.mark.parametrize(
    ("message", "code", "text"),
    [
        (":FOO:BAR", -113, "Undefined header"),
        (":SOUR:VOLT 300", -222, "Parameter data out of range"),
        (":SOUR:VOLT", -109, "Missing parameter"),
        (":SOUR:VOLT two", -104, "Data type error"),
        (":OUTP MAYBE", -224, "Illegal parameter value"),
        (
            ':TRAC:MAKE "defbuffer1", 20',
            1115,
            "Parameter error: TRACe:MAKE cannot take an existing reading buffer name",
        ),
        (":INIT", -221, "Settings conflict; the trigger model is empty"),
        (':TRAC:DATA? 1,1,"defbuffer1",NONSENSE', -222, "Parameter data out of range"),
    ],
)
def test_refusals_are_queued_in_the_form_of_the_sheet(message: str, code: int, text: str) -> None:
    bench = KeithleyClient()
    assert bench.ask(message) == ""
    told = bench.ask(":SYST:ERR?")
    assert told.startswith(f'{code},"{text};1;2026/01/01 00:00:00.')
    assert bench.ask(":SYST:ERR?") == '0,"No error;0,0,0"'


def test_valid_commands_before_an_invalid_one_are_executed_and_those_after_it_are_not() -> None:
    bench = KeithleyClient()
    assert bench.ask(":SOUR:VOLT 1;:NONSENSE;:SOUR:VOLT 2", ":SOUR:VOLT?") == "1.000000E+00"


def test_a_query_is_interrupted_by_the_next_message() -> None:
    bench = KeithleyClient()
    assert bench.ask("*IDN?\n*OPC?") == "1"
    assert bench.ask(":SYST:ERR?").startswith('-410,"Query INTERRUPTED')


def test_a_client_that_leaves_in_the_middle_of_a_query_leaves_it_unterminated() -> None:
    bench = KeithleyClient()
    other = bench.engine.connect("", 2, bench.world.now)
    other.feed(b"*IDN?", bench.world.now)
    other.disconnect(bench.world.now)
    assert bench.ask(":SYST:ERR?").startswith('-420,"Query UNTERMINATED')


def test_the_status_byte_sums_up() -> None:
    bench = KeithleyClient()
    assert bench.ask("*ESR?", "*ESR?") == "128|0"
    assert bench.ask("*STB?") == "0"
    assert bench.ask("*ESE 32", "*SRE 32", ":NONSENSE", "*STB?") == str(4 | 32 | 64)
    assert bench.ask("*ESR?", "*STB?") == "32|4"
    assert bench.ask("*CLS", "*STB?", ":SYST:ERR:COUN?") == "0|0"
    assert bench.ask(":SOUR:VOLT 900", "*OPC", "*ESR?") == str(16 | 1)
    assert bench.ask("*IDN?;*STB?").endswith(f";{4 | 16}")


def test_the_error_queue_says_when_it_is_full() -> None:
    bench = KeithleyClient()
    bench.client.write(b":NONSENSE\n" * 1005)
    assert bench.ask(":SYST:ERR:COUN?") == "1000"
    codes = [bench.ask(":SYST:ERR:CODE?") for _ in range(1000)]
    assert set(codes[:-1]) == {"-113"}
    assert codes[-1] == "-350"
