"""Commands while a script runs: abort, end of measurement, halt, resume, reverse (sheet 1.2, 1.3)."""

from dataclasses import replace

import pytest
from support.emstat_bench import CC_CHARGE, QUIET, EmStatBench

from operando.simulators.potentiostats import EmStat4Settings

TWO_STEPS = CC_CHARGE.replace("on_finished:", "meas_loop_cp p i 1m 1 2\nendloop\non_finished:")


def running(script: str = CC_CHARGE, until: float = 2.5, settings: EmStat4Settings = QUIET) -> EmStatBench:
    bench = EmStatBench(settings=settings)
    bench.start(script)
    bench.client.read(until)
    return bench


def test_abort() -> None:
    bench = running()
    assert bench.client.ask(b"Z\n") == b"Z\n*\n\n"
    assert bench.cell.drive == ("open", 0.0)
    assert bench.cell.drives[-1][2] == pytest.approx(2.5)
    assert bench.client.ask(b"Z\n") == b"Z!0006\n"


def test_abort_closes_scans_and_loops_from_the_inside() -> None:
    script = """var e
var i
set_pgstat_mode 3
cell_on
loop 1 == 1
meas_loop_cv e i 3 4 3 100m 100m nscans(2)
endloop
endloop
on_finished:
send_string "finished"
cell_off
"""
    assert running(script).client.ask(b"Z\n") == b"Z\n-\n*\n+\nTfinished\n\n"


def test_slow_abort() -> None:
    bench = running(settings=replace(QUIET, abort_delay_s=0.7))
    assert bench.client.ask(b"Z\n", 0.4) == b"Z\n"
    assert bench.client.read(5.0).endswith(b"*\n\n")
    assert bench.client.heard[-1][0] == pytest.approx(3.2)


def test_commands_of_on_finished_cannot_be_aborted() -> None:
    bench = running('wait 10\non_finished:\nwait 2\nsend_string "finished"\n')
    assert bench.client.ask(b"Z\n", 1.0) == b"Z\n"
    assert bench.client.ask(b"Z\n", 5.0) == b"Z\nTfinished\n\n"


def test_abort_right_behind_the_upload() -> None:
    bench = EmStatBench()
    assert bench.client.ask(b'e\nsend_string "no"\non_finished:\ncell_off\n\nZ\n') == b"e\nZ\n\n"


def test_resynchronisation_of_the_vendor() -> None:
    bench = running()
    assert bench.client.ask(b"\nZ\n") == b"Z\n*\n\n", "an empty line is not answered while a script runs"
    assert bench.client.ask(b"\nZ\n") == b"\nZ!0006\n"


def test_end_of_measurement_goes_on_behind_the_loop() -> None:
    bench = running(TWO_STEPS)
    said = bench.client.ask(b"Y\n", 10.0)
    assert said == b"Y\n*\nM000A\n*\n\n"
    assert bench.cell.drive == ("open", 0.0)
    assert bench.cell.drives[-1][2] == pytest.approx(4.5)


def test_end_of_measurement_closes_a_loop_inside_it() -> None:
    script = CC_CHARGE.replace("  timer_get t\n", "  loop 1 == 1\n  wait 1\n  endloop\n")
    assert running(script).client.ask(b"Y\n") == b"Y\n+\n*\n\n"


def test_end_of_measurement_outside_one() -> None:
    assert running("wait 10\n").client.ask(b"Y\n") == b"Y!0006\n"


def test_halt_and_resume() -> None:
    bench = running()
    assert bench.client.ask(b"h\n", 10.0) == b"h\n"
    assert bench.client.conversation.due() is None
    assert bench.cell.drive == ("current", 1e-3), "the cell stays driven"
    resumed_at = bench.client.now
    assert bench.client.ask(b"H\n", 1.0).startswith(b"H\nPeb82DC6C0u;"), "the timer stood still"
    assert bench.client.heard[-1][0] == pytest.approx(resumed_at + 0.501)


def test_second_halt_and_needless_resume_change_nothing() -> None:
    bench = running()
    assert bench.client.ask(b"H\nh\nh\n", 10.0) == b"H\nh\nh\n"
    assert bench.client.ask(b"H\n", 0.6).count(b"P") == 1


def test_abort_while_halted() -> None:
    bench = running()
    bench.client.ask(b"h\n", 10.0)
    assert bench.client.ask(b"Z\n") == b"Z\n*\n\n"
    assert bench.cell.drive == ("open", 0.0)


def test_reverse_needs_a_cyclic_voltammogram() -> None:
    assert running().client.ask(b"R\n") == b"R!0006\n"


def test_what_answers_during_a_script() -> None:
    bench = running(settings=replace(QUIET, deaf_after_error_s=0.0))
    assert bench.client.ask(b"t\n") == b"tes4_hr1500#Mar 12 2026 14:28:01\nR*\n"
    assert bench.client.ask(b"i\n") == b"i!0006\n"
    assert bench.client.ask(b"v\nCC\n") == b"v!0006\nC!0006\n"
    assert bench.client.ask(b"e\n") == b"e!0006\n"
    assert bench.engine.running


def test_second_script_is_refused_and_its_lines_are_lost() -> None:
    bench = running()
    assert bench.client.ask(b"e\ncell_off\n\n", 0.4) == b"e!0006\n"
    assert bench.cell.drive == ("current", 1e-3)


def test_on_finished_runs_at_the_normal_end_too() -> None:
    assert EmStatBench().run('send_string "a"\non_finished:\nsend_string "b"') == "Ta\nTb\n\n"
