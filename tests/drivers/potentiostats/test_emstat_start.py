"""Connecting, and the start of a step."""

import pytest
from support.emstat_mouth import EmStatMouth, package
from support.one_instrument import context_for
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import (
    ConfigMismatch,
    LimitRefused,
    ProtocolError,
    TransportClosed,
    TransportTimeout,
)
from operando.drivers.potentiostats.emstat import open_emstat4_hr
from operando.drivers.potentiostats.step_scripts import step_script
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
    RunningStep,
    Step,
    Technique,
)

GUARD = Guard((2.4, 4.35), (-240e-6, 240e-6), 40000.0)
CHARGE = Step(7, Galvanostatic(120e-6, 4.2), GUARD)


def test_connecting_asks_for_model_and_serial_number_and_nothing_else() -> None:
    clock = VirtualClock()
    transcript = Transcript(
        [
            (b"t\n", [b"\x11tes4_hr1500#Mar 12 2026 14:28:01\n", b"R*\n"]),
            (b"i\n", [b"iES4HR20B0008\n"]),
        ],
        clock,
    )
    roles = open_emstat4_hr(context_for([transcript], clock, accepted=False))
    assert transcript.done()
    assert roles.potentiostat is not None
    roles.potentiostat.close()
    assert transcript.closed


def test_the_identity_is_in_the_instruments_own_words() -> None:
    identity = EmStatMouth(VirtualClock()).open().identify()
    assert (identity.vendor, identity.model) == ("PalmSens", "EmStat4 HR")
    assert (identity.serial, identity.firmware) == ("ES4HR20B0008", "1.5.00")


def test_a_running_script_does_not_tell_the_serial_number() -> None:
    instrument = EmStatMouth(VirtualClock(), busy=True).open()
    assert "while a script runs" in instrument.identify().serial
    assert instrument.running() == RunningStep(None, None, None)


def test_another_model_is_refused() -> None:
    clock = VirtualClock()
    transcript = Transcript([(b"t\n", [b"tes4_lr1500#Mar 12 2026 14:28:01\nR*\n"])], clock)
    with pytest.raises(ConfigMismatch, match="EmStat4 LR"):
        open_emstat4_hr(context_for([transcript], clock))
    assert transcript.closed


def test_an_unknown_option_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(ConfigMismatch, match="inter_line_delay_s"):
        open_emstat4_hr(context_for([], VirtualClock(), {"inter_line_delay": 0.01}))


def test_nobody_there() -> None:
    clock = VirtualClock()
    with pytest.raises(TransportClosed):
        open_emstat4_hr(context_for([], clock))
    with pytest.raises(TransportTimeout):
        open_emstat4_hr(context_for([Transcript([(b"t\n", []), (b"t\n", [])], clock)], clock))
    assert clock.now() < 2.0


def test_a_step_is_uploaded_whole_and_acknowledged() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    instrument.start(CHARGE)
    assert mouth.scripts == [step_script(CHARGE, instrument.capabilities.shortest_interval_s)]
    assert instrument.running() == RunningStep(7, 0.0, 0.0)


def test_the_start_is_the_middle_of_the_exchange_in_which_the_script_was_accepted() -> None:
    clock = VirtualClock()
    mouth = EmStatMouth(clock)
    instrument = mouth.open()
    clock.sleep_until(100.0)
    mouth.delay_s = 0.010
    asked_and_answered_s = 100.010
    instrument.start(CHARGE)
    mouth.link.push(package(7, 1.0, 120e-6, 3.6, 120e-6), 1.0)
    clock.sleep_until(102.0)
    (sample,) = instrument.poll().block
    assert sample["time_s"] == pytest.approx(asked_and_answered_s + 0.005 + 1.0)
    assert sample["time_uncertainty_s"] == pytest.approx(0.005 + 1e-3 + 1e-4, abs=2e-6), (
        "exchange, tick, and a second of drift"
    )


def test_lines_can_be_sent_slowly() -> None:
    clock = VirtualClock()
    mouth = EmStatMouth(clock)
    instrument = mouth.open(inter_line_delay_s=0.01)
    before_s = clock.now()
    instrument.start(CHARGE)
    lines = mouth.scripts[0].count("\n")
    assert clock.now() - before_s == pytest.approx(0.01 * lines + 0.01, abs=0.02)
    assert b"cell_on\n" in mouth.link.written


def test_a_script_that_is_refused_says_where() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    mouth.output = [b"e!4001: Line 2, Col 1\n"]
    with pytest.raises(ProtocolError, match=r"unknown script command.*'var elapsed'"):
        instrument.start(CHARGE)
    assert instrument.running() is None
    instrument.start(CHARGE)
    assert instrument.running() == RunningStep(7, 0.0, 0.0)


def test_after_an_error_reply_the_instrument_is_given_time_to_listen_again() -> None:
    clock = VirtualClock()
    mouth = EmStatMouth(clock, busy=True)
    instrument = mouth.open()
    refused_s = clock.now()
    instrument.end_step()
    assert clock.now() - refused_s > 0.05


def test_no_second_step_while_one_runs() -> None:
    mouth = EmStatMouth(VirtualClock(), busy=True)
    with pytest.raises(ProtocolError, match="carries out a step already"):
        mouth.open().start(CHARGE)
    assert mouth.scripts == []


def test_without_an_acknowledgement_nothing_is_claimed() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    mouth.output = [b"M000A\n"]
    with pytest.raises(TransportTimeout):
        instrument.start(CHARGE)
    mouth.busy = True
    assert instrument.running() == RunningStep(None, None, None)
    mouth.link.push(package(7, 1.0, 120e-6, 3.6, 120e-6))
    assert len(instrument.poll().block) == 1
    assert instrument.running() == RunningStep(7, 1.0, 120e-6)


@pytest.mark.parametrize(
    ("technique", "words"),
    [
        (Galvanostatic(0.21), "outside -0.2 to 0.2 A of the instrument"),
        (Galvanostatic(1e-4, until_voltage_V=6.5), "cut-off voltage 6.5 V"),
        (Galvanostatic(0.0), "a rest"),
        (Galvanostatic(300e-6), "of the guard"),
        (Galvanostatic(float("nan")), "current nan A"),
        (Potentiostatic(-6.1), "voltage -6.1 V"),
        (Potentiostatic(4.2, until_current_A=-1e-5), "not above zero"),
        (Impedance(300e3, 1.0, 10, 0.01), "frequency 300000 Hz"),
        (Impedance(1.0, 10.0, 10, 0.01), "from high to low"),
        (Impedance(1e3, 1.0, 10, 2.0), "amplitude 2 V"),
        (Impedance(1e3, 1.0, 10, 0.01, bias_V=5.0), "of the guard"),
    ],
)
def test_what_passes_a_limit_is_never_sent(technique: Technique, words: str) -> None:
    mouth = EmStatMouth(VirtualClock())
    with pytest.raises(LimitRefused, match=words):
        mouth.open().start(Step(1, technique, GUARD))
    assert mouth.scripts == []


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step(1, OpenCircuit(), GUARD, duration_s=60.0, elapsed_before_s=60.0), "no time remains"),
        (Step(1, OpenCircuit(), GUARD, recording=Recording(0.001)), "samples every 0.001 s"),
        (Step(1, OpenCircuit(), Guard((4.0, 3.0), (-1.0, 1.0), 1.0)), "empty"),
        (Step(2**27, OpenCircuit(), GUARD), "number"),
        (Step(1, OpenCircuit(), Guard((2.0, float("inf")), (-1.0, 1.0), 60.0)), "limit of the guard inf V is outside"),
    ],
)
def test_what_makes_no_sense_is_never_sent(step: Step, words: str) -> None:
    mouth = EmStatMouth(VirtualClock())
    with pytest.raises(LimitRefused, match=words):
        mouth.open().start(step)
    assert mouth.scripts == []


def test_a_driver_that_nobody_answers_for_starts_and_ends_nothing_but_makes_safe() -> None:
    clock = VirtualClock()
    mouth = EmStatMouth(clock)
    instrument = open_emstat4_hr(context_for(mouth.links, clock, accepted=False)).potentiostat
    assert instrument is not None
    with pytest.raises(LimitRefused, match="never been on hardware"):
        instrument.start(CHARGE)
    with pytest.raises(LimitRefused, match="never been on hardware"):
        instrument.end_step()
    mouth.output = [b"e\n\n", b"e\nM000B\nPab83879D0u\n*\n\n"]
    assert instrument.make_safe().safety == "confirmed"
