"""Scripts that fail while they run: the error line, and the cell that stays on (sheet 1.3, 1.6)."""

from dataclasses import replace

import pytest
from support.emstat_bench import CC_CHARGE, QUIET, EmStatBench
from support.resistor_world import ResistorCell

SETUP = "var p\nvar i\nvar f\nvar n\narray a 3i\n"
POTENTIOSTAT = SETUP + "set_pgstat_mode 3\nset_e 3800m\ncell_on\n"
GALVANOSTAT = SETUP + "set_pgstat_mode 6\nset_i 0\ncell_on\n"
CA = "meas_loop_ca p i 3800m 1 5\nendloop"
CP = "meas_loop_cp p i 1m 1 5\nendloop"
OCP = "meas_loop_ocp p 1 5\nendloop"
EIS = "meas_loop_eis f p i {} 3800m\nendloop"

FAILURES = [
    pytest.param(SETUP + "set_pgstat_mode 3\n" + CA, "4027: Line 7", id="CA without cell"),
    pytest.param(SETUP + "set_pgstat_mode 6\n" + CP, "4027: Line 7", id="CP without cell"),
    pytest.param(SETUP + "set_pgstat_mode 3\n" + EIS.format("10m 1k 1 3"), "4027: Line 7", id="EIS without cell"),
    pytest.param(POTENTIOSTAT + CP, "0023: Line 9", id="CP in a potentiostatic mode"),
    pytest.param(GALVANOSTAT + CA, "0023: Line 9", id="CA in the galvanostatic mode"),
    pytest.param(SETUP + CA, "0023: Line 6", id="CA without a mode"),
    pytest.param(SETUP + "cell_on", "0023: Line 6", id="cell_on without a mode"),
    pytest.param(SETUP + OCP, "0023: Line 6", id="OCP without a mode"),
    pytest.param(POTENTIOSTAT + OCP, "0014: Line 9", id="OCP with the cell on"),
    pytest.param("set_pgstat_mode 5", "0021: Line 1", id="mode that does not exist"),
    pytest.param("set_pgstat_chan 1", "002F: Line 1", id="channel that does not exist"),
    pytest.param("set_e 6001m", "000F: Line 1", id="potential beyond the window"),
    pytest.param("set_i 201m", "4205: Line 1", id="current beyond the instrument"),
    pytest.param("set_range db 1m\nset_i 4m", "4205: Line 2", id="current beyond its range"),
    pytest.param("set_max_bandwidth 0", "4204: Line 1", id="no bandwidth"),
    pytest.param("wait -1", "4200: Line 1", id="negative wait"),
    pytest.param("await_int", "4202: Line 1", id="interval not set"),
    pytest.param("set_int 0", "4204: Line 1", id="interval of zero"),
    pytest.param(SETUP + "meas 0 p ab", "4204: Line 6", id="measurement of no length"),
    pytest.param(SETUP + "div_var p 0", "0028: Line 6", id="division by zero"),
    pytest.param(SETUP + "store_var n 1i ja\ndiv_var n 0i", "0028: Line 7", id="integer division by zero"),
    pytest.param(SETUP + "add_var p 1i", "4207: Line 6", id="float and integer do not add"),
    pytest.param(SETUP + "if p > 1i\nendif", "4041: Line 6", id="float and integer do not compare"),
    pytest.param(SETUP + "bit_or_var p 0b1", "4207: Line 6", id="bits of a float"),
    pytest.param(SETUP + "store_var n 3i ja\nadd_var a[n] 1", "400F: Line 7", id="index runs out of the array"),
    pytest.param(SETUP + "store_var n -1i ja\nadd_var a[n] 1", "400F: Line 7", id="negative index"),
    pytest.param(SETUP + "add_var a[p] 1", "4207: Line 6", id="float as an index"),
    pytest.param(SETUP + "pck_add p", "401B: Line 6", id="variable outside a package"),
    pytest.param(SETUP + "pck_end", "401B: Line 6", id="end outside a package"),
    pytest.param(SETUP + "pck_start\npck_start", "401B: Line 7", id="package in a package"),
    pytest.param(SETUP + "pck_start\npck_end", "401B: Line 7", id="empty package"),
    pytest.param(SETUP + "pck_start" + 9 * "\npck_add p", "401C: Line 15", id="nine variables in a package"),
    pytest.param(SETUP + "store_var n 200000000i ja\npck_start\npck_add n", "4037: Line 8", id="does not fit 27 bits"),
    pytest.param(SETUP + "store_var n 100000i ja\nmul_var n n", "4037: Line 7", id="integer beyond 32 bits"),
    pytest.param(SETUP + "store_var p 1E ja\nloop p > 0\nmul_var p p\nendloop", "0010: Line 8", id="infinite"),
    pytest.param(GALVANOSTAT + "meas_loop_cp p i 1m 100u 1\nendloop", "005A: Line 9", id="too fast"),
    pytest.param(GALVANOSTAT + "meas_loop_cp p i 1m 10 5\nendloop", "4029: Line 9", id="not one point"),
    pytest.param(GALVANOSTAT + "meas_loop_cp p i 1m 0 5\nendloop", "4204: Line 9", id="no interval"),
    pytest.param(GALVANOSTAT + "meas_loop_cp p i 1m 1 -5\nendloop", "4204: Line 9", id="negative run"),
    pytest.param(POTENTIOSTAT + "meas_loop_cv p i 3 3 4 1 1\nendloop", "4029: Line 9", id="vertex at the begin"),
    pytest.param(POTENTIOSTAT + "meas_loop_ca p i 7 1 5\nendloop", "000F: Line 9", id="CA beyond the window"),
    pytest.param(POTENTIOSTAT + EIS.format("10m 300k 1 3"), "0011: Line 9", id="frequency too high"),
    pytest.param(POTENTIOSTAT + EIS.format("10m 1k 0 3"), "0011: Line 9", id="frequency of zero"),
    pytest.param(POTENTIOSTAT + EIS.format("1 1k 1 3"), "0012: Line 9", id="amplitude too large"),
    pytest.param(POTENTIOSTAT + EIS.format("10m 1k 1 0"), "4029: Line 9", id="no frequency"),
    pytest.param(POTENTIOSTAT + "meas_loop_lsv p i 3 3 1m 1m\nendloop", "4029: Line 9", id="sweep without a step"),
    pytest.param(POTENTIOSTAT + "meas_loop_lsv p i 3 4 0 1m\nendloop", "4204: Line 9", id="step of zero"),
    pytest.param("hibernate 0 10", "004F: Line 1", id="nothing to wake up by"),
    pytest.param("hibernate 1 10", "004E: Line 1", id="wake up by what the simulator has not"),
]


@pytest.mark.parametrize(("script", "error"), FAILURES)
def test_failure(script: str, error: str) -> None:
    said = EmStatBench().run(script + '\nsend_string "behind"\non_finished:\nsend_string "finished"')
    assert said.endswith(f"!{error}\n\n")
    assert "behind" not in said
    assert "finished" not in said, "on_finished is not run after a runtime error"


def test_line_is_that_of_the_innermost_command() -> None:
    script = (
        POTENTIOSTAT + "loop p < 1\nif p < 1\nelse\nendif\nmeas_loop_ca p i 3800m 1 5\nif p > 0\ndiv_var i 0\nendif"
    )
    assert EmStatBench().run(script + "\nendloop\nendloop") == "L\nM0007\n!0028: Line 15\n\n"


def test_cell_stays_on_until_a_second_script_opens_it() -> None:
    bench = EmStatBench()
    bench.run(POTENTIOSTAT + "div_var p 0\non_finished:\ncell_off")
    assert bench.engine.cell_is_on
    assert bench.cell.drive == ("voltage", 3.8)
    assert bench.run("cell_off") == "\n"
    assert bench.cell.drive == ("open", 0.0)


def test_empty_line_after_the_error_is_a_switch() -> None:
    bench = EmStatBench(settings=replace(QUIET, empty_line_after_runtime_error=False))
    assert bench.run("cell_on") == "!0023: Line 1\n"
    assert bench.client.ask(b"i\n") == b"iES4HR20B0008\n", "the instrument is idle again"


@pytest.mark.parametrize(
    ("measured", "error"),
    [((6.001, 1e-3), True), ((-6.001, 1e-3), True), ((5.999, 1e-3), False), ((3.7, 0.2001), True), ((3.7, -0.3), True)],
)
def test_critical_overload(measured: tuple[float, float], error: bool) -> None:
    bench = EmStatBench(ResistorCell(script=[(3.7, 1e-3), measured, (4.3, 1e-3)]))
    assert ("!0032: Line 13\n" in bench.run(CC_CHARGE)) is error
    assert bench.engine.cell_is_on is error, "on_finished is not run, so the cell stays connected"


def test_compliance_of_a_potentiostat_ends_in_a_critical_overload() -> None:
    bench = EmStatBench(ResistorCell(resistance_ohm=1.0))
    said = bench.run(POTENTIOSTAT + "meas_loop_ca p i 5 1 5\nendloop")
    assert said == "M0007\n!0032: Line 9\n\n"


def test_critical_overload_may_open_the_cell() -> None:
    bench = EmStatBench(ResistorCell(script=[(6.1, 0.0)]), settings=replace(QUIET, critical_overload_opens_cell=True))
    bench.run(CC_CHARGE)
    assert bench.cell.drive == ("open", 0.0)


def test_a_test_can_order_a_failure() -> None:
    bench = EmStatBench()
    bench.start(CC_CHARGE)
    bench.client.read(2.5)
    bench.engine.fail_next_measurement(0x0080)
    assert bench.client.read(4.5) == b"!0080: Line 13\n\n"
