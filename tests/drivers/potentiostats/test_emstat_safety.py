"""Ending a step and making safe: confirmed by the instrument, unsafe, or unknown."""

import pytest
from support.emstat_mouth import EmStatMouth, package
from support.one_instrument import context_for
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportTimeout
from operando.drivers.potentiostats.emstat import open_emstat4_hr
from operando.drivers.potentiostats.emstat_safety import PROOF
from operando.drivers.roles import Galvanostatic, Guard, Safety, Step, StepEndReason

CHARGE = Step(7, Galvanostatic(120e-6, 4.2), Guard((2.4, 4.35), (-240e-6, 240e-6), 40000.0))
CELL_OFF = b"e\n\n"
PROVEN = b"e\nM000B\nPab83879D0u\n*\n\n"
IDENTITY = [(b"t\n", [b"tes4_hr1500#Mar 12 2026 14:28:01\nR*\n"]), (b"i\n", [b"iES4HR20B0008\n"])]


def test_an_idle_instrument_is_made_safe_word_by_word() -> None:
    clock = VirtualClock()
    transcript = Transcript(
        [*IDENTITY, (b"Z\n", [b"Z!0006\n"]), (b"e\ncell_off\n\n", [CELL_OFF]), (PROOF.encode(), [PROVEN])], clock
    )
    instrument = open_emstat4_hr(context_for([transcript], clock)).potentiostat
    assert instrument is not None
    state = instrument.make_safe()
    assert transcript.done()
    assert (state.safety, state.detail) == (Safety.CONFIRMED, "the cell is off; 3.7012 V at open circuit")


def test_a_running_step_is_ended_and_the_cell_proven_off() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(package(7, 1.0, 120e-6, 3.6, 120e-6))
    mouth.output = [CELL_OFF, PROVEN]
    assert instrument.make_safe().safety is Safety.CONFIRMED
    said = instrument.poll()
    assert len(said.block) == 1, "nothing that was said meanwhile is lost"
    assert said.end is not None
    assert (said.end.step, said.end.reason) == (7, StepEndReason.ENDED_BY_HOST)


def test_an_upload_that_was_cut_off_does_not_swallow_the_abort() -> None:
    """The instrument still takes every line for the next of a script; the first abort vanishes in it."""
    clock = VirtualClock()
    refused = b"e!4001: Line 2, Col 1\n"
    transcript = Transcript(
        [
            *IDENTITY,
            (b"Z\n", []),
            (b"\n", [refused]),
            (b"Z\n", [b"Z!0006\n"]),
            (b"e\ncell_off\n\n", [CELL_OFF]),
            (PROOF.encode(), [PROVEN]),
        ],
        clock,
    )
    instrument = open_emstat4_hr(context_for([transcript], clock)).potentiostat
    assert instrument is not None
    assert instrument.make_safe().safety is Safety.CONFIRMED
    assert transcript.done()
    assert clock.now() < 2.0


def test_a_cell_that_stays_on_is_unsafe() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    mouth.output = [CELL_OFF, b"e\n!0014: Line 4\n\n"]
    state = instrument.make_safe()
    assert state.safety is Safety.UNSAFE
    assert "still on" in state.detail


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ([b"e\n!0032: Line 1\n"], "not switched off"),
        ([CELL_OFF, b"e\nM000B\n*\n\n"], "no proof"),
        ([CELL_OFF, b"e\n!0082: Line 2\n"], "no proof"),
        ([CELL_OFF, b"e\nM000B\n"], "waited for"),
        ([b"e!4001: Line 1, Col 1\n"], "refused"),
    ],
)
def test_without_proof_safety_is_unknown(output: list[bytes], words: str) -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    mouth.output = output
    state = instrument.make_safe()
    assert state.safety is Safety.UNKNOWN
    assert words in state.detail


def test_a_mute_instrument_is_unknown_in_good_time() -> None:
    clock = VirtualClock()
    mouth = EmStatMouth(clock)
    instrument = mouth.open()
    mouth.mute = True
    before_s = clock.now()
    assert instrument.make_safe().safety is Safety.UNKNOWN
    assert clock.now() - before_s < 4.0


def test_a_dead_link_is_opened_anew_to_make_safe() -> None:
    mouth = EmStatMouth(VirtualClock(), links=2)
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.cut = True
    mouth.output = [CELL_OFF, PROVEN]
    assert instrument.make_safe().safety is Safety.CONFIRMED
    assert [data for data in mouth.links[1].written if data == b"Z\n"] == [b"Z\n"]


def test_a_dead_link_that_stays_dead_is_unknown_until_it_returns() -> None:
    mouth = EmStatMouth(VirtualClock(), links=3)
    mouth.links[1].cut = True
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.cut = True
    state = instrument.make_safe()
    assert (state.safety, "cut the wire" in state.detail) == (Safety.UNKNOWN, True)
    mouth.output = [CELL_OFF, PROVEN]
    assert instrument.make_safe().safety is Safety.CONFIRMED


def test_ending_a_step_waits_for_the_echo_and_its_end_comes_with_a_later_poll() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.after_abort = package(7, 1.0, 120e-6, 3.6, 120e-6) + b"Z\n*\n"
    instrument.end_step()
    said = instrument.poll()
    assert (len(said.block), said.end) == (1, None)
    mouth.link.push(b"\n")
    end = instrument.poll().end
    assert end is not None
    assert (end.step, end.reason, end.elapsed_s) == (7, StepEndReason.ENDED_BY_HOST, 1.0)


def test_a_step_that_ends_by_itself_at_the_same_moment_keeps_its_own_reason() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(b"Tend voltage\n*\n\n")
    mouth.busy = False
    instrument.end_step()
    end = instrument.poll().end
    assert end is not None
    assert end.reason is StepEndReason.VOLTAGE


def test_an_echo_that_comes_late_is_a_time_out_and_then_understood() -> None:
    mouth = EmStatMouth(VirtualClock())
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.delay_s = 1.0
    with pytest.raises(TransportTimeout):
        instrument.end_step()
    mouth.clock.sleep_until(mouth.clock.now() + 1.0)
    end = instrument.poll().end
    assert end is not None
    assert end.reason is StepEndReason.ENDED_BY_HOST
