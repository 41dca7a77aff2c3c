"""The language by itself: what scripts compute and say, without a measurement."""

from dataclasses import replace

import pytest
from support.emstat_bench import QUIET, EmStatBench

SHOW = 'send_string f"{v}"'


@pytest.mark.parametrize(
    ("commands", "shown"),
    [
        pytest.param("var w", "0", id="undefined is zero"),
        pytest.param("store_var v 500m ab", "0.5", id="store"),
        pytest.param("store_var v -3600m aa", "-3.6", id="negative with prefix"),
        pytest.param("store_var v 200k dc", "200000", id="kilo"),
        pytest.param("store_var v 0x1F aa", "31", id="hexadecimal"),
        pytest.param("store_var v 0b101i aa", "5", id="binary with suffix"),
        pytest.param("store_var v 2 aa\nadd_var v 500m", "2.5", id="add"),
        pytest.param("store_var v 2 aa\nsub_var v 3", "-1", id="subtract"),
        pytest.param("store_var v 2 aa\nmul_var v -1", "-2", id="multiply"),
        pytest.param("store_var v 1 aa\ndiv_var v 4", "0.25", id="divide"),
        pytest.param("store_var v 7i aa\ndiv_var v -2i", "-3", id="integers divide towards zero"),
        pytest.param("store_var v 7i aa\nmul_var v 3i", "21", id="integers multiply"),
        pytest.param("var w\nstore_var w 3 ab\ncopy_var w v", "3", id="copy goes from the first to the second"),
        pytest.param("store_var v 0b1100 aa\nbit_and_var v 0b0110", "4", id="and"),
        pytest.param("store_var v 0b1100 aa\nbit_or_var v 0b0110", "14", id="or"),
        pytest.param("store_var v 0b1100 aa\nbit_xor_var v 0b0110", "10", id="exclusive or"),
        pytest.param("store_var v 3i aa\nint_to_float v\ndiv_var v 2", "1.5", id="integer to float"),
        pytest.param("store_var v 2900m aa\nfloat_to_int v\nadd_var v 1i", "3", id="float to integer"),
        pytest.param("get_gpio v", "255", id="pins are pulled up"),
        pytest.param("get_gpio_msk 0b11 v", "3", id="masked pins"),
        pytest.param("add_var v 2 # a comment\n\t  add_var v 1", "3", id="comment and tabs"),
        pytest.param("array a 3i\nstore_var a[1i] 4 ab\ncopy_var a[1] v", "4", id="element by literal"),
        pytest.param(
            "array a 3i\nvar k\nstore_var k 2i ja\nadd_var a[k] 5\nsub_var k 1i\nadd_var k 1i\ncopy_var a[k] v",
            "5",
            id="element by variable",
        ),
    ],
)
def test_computes(commands: str, shown: str) -> None:
    assert EmStatBench().run(f"var v\n{commands}\n{SHOW}") == f"T{shown}\n\n"


@pytest.mark.parametrize(("value", "said"), [(-1, "low"), (0, "zero"), (1, "one"), (5, "high")])
def test_one_branch_of_a_choice_runs(value: int, said: str) -> None:
    script = f"""var v
store_var v {value} aa
if v < 0
  send_string "low"
elseif v == 0
  send_string "zero"
elseif v <= 1
  send_string "one"
else
  send_string "high"
endif"""
    assert EmStatBench().run(script) == f"T{said}\n\n"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("2 > 1", True), ("1 >= 1", True), ("1 != 1", False), ("1i == 1i", True), ("-1 < -1", False), ("2 <= 1", False)],
)
def test_comparison_of_literals(condition: str, holds: bool) -> None:
    assert EmStatBench().run(f'if {condition}\nsend_string "yes"\nendif') == ("Tyes\n\n" if holds else "\n")


def test_choice_with_waiting_in_a_branch() -> None:
    bench = EmStatBench()
    said = bench.run('var t\ntimer_start\nif t < 1\nwait 1500m\nendif\ntimer_get t\nsend_string f"{t}"')
    assert said == "T1.5\n\n"


COUNT = 'var n\nstore_var n 0i ja\nloop n < 3i\nadd_var n 1i\nsend_string f"{n}"\nendloop'


def test_loop_is_marked_once() -> None:
    assert EmStatBench().run(COUNT) == "L\nT1\nT2\nT3\n+\n\n"


def test_loop_marked_at_each_iteration() -> None:
    assert EmStatBench(settings=replace(QUIET, loop_rhythm="each iteration")).run(COUNT) == "L\nT1\nL\nT2\nL\nT3\n\n"


def test_breakloop_leaves_the_innermost_loop() -> None:
    script = """var n
store_var n 0i ja
loop n < 2i
  add_var n 1i
  loop 1 == 1
    send_string "in"
    breakloop
    send_string "never"
  endloop
endloop"""
    assert EmStatBench().run(script) == "L\nL\nTin\n+\nL\nTin\n+\n+\n\n"


def test_abort_closes_loops_and_finishes() -> None:
    script = 'loop 1 == 1\nloop 2 == 2\nabort\nendloop\nendloop\nsend_string "no"\non_finished:\nsend_string "end"'
    assert EmStatBench().run(script) == "L\nL\n+\n+\nTend\n\n"


def test_abort_inside_on_finished_ends_it() -> None:
    assert EmStatBench().run('on_finished:\nsend_string "a"\nabort\nsend_string "b"') == "Ta\n\n"


def test_endless_loop_does_not_stop_the_world() -> None:
    bench = EmStatBench()
    bench.start("loop 1 == 1\nendloop")
    assert bench.client.read(0.5) == b""
    assert bench.engine.running


def test_timers_and_waiting() -> None:
    script = """var t
wait 250m
timer_start
wait 100m
timer_get t
pck_start
pck_add t
pck_end
wait 2
timer_get t
send_string f"t = {t} s, exactly {t}"
timer_start
timer_get t
send_string f"{t}" """
    assert EmStatBench().run(script) == "PebDF5E100n\nTt = 2.1 s, exactly 2.1\nT0\n\n"


def test_await_interval_keeps_a_rhythm_that_work_does_not_shift() -> None:
    script = """var t
set_int 1
timer_start
await_int
wait 300m
await_int
timer_get t
send_string f"{t}"
wait 1700m
await_int
timer_get t
send_string f"{t}" """
    assert EmStatBench().run(script) == "T2\nT4\n\n"


def test_type_of_a_package_variable() -> None:
    script = """var n
var q
store_var n 2i ja
alter_vartype n at
store_var q 100u aa
alter_vartype q as
pck_start
pck_add n
pck_add q
pck_end"""
    assert EmStatBench().run(script) == "Pat8000002i;asDF5E100p\n\n"


@pytest.mark.parametrize(("mode", "said"), [(0, ""), (1, "Ta\nTb\n"), (2, ""), (3, "Ta\nTb\n")])
def test_script_output(mode: int, said: str) -> None:
    assert EmStatBench().run(f'set_script_output {mode}\nsend_string "a"\nsend_string "b"') == said + "\n"


def test_silenced_script_hides_marks_but_neither_error_nor_end() -> None:
    assert EmStatBench().run("set_script_output 0\nloop 1 == 1\ncell_on\nendloop") == "!0023: Line 3\n\n"


def test_what_is_accepted_without_effect() -> None:
    script = """file_open "cycle_&i.txt" 2
set_script_output 3
set_gpio_cfg 0b11 1
set_gpio_pullup 0b100 1
set_gpio 0b01
set_gpio_msk 0b11 0b10
set_acquisition_frac_autoadjust 50
set_cr 1m
set_pot_range 0 4200m
set_max_bandwidth 10
hibernate 4i 30
file_close
send_string "text # not a comment"
"""
    assert EmStatBench().run(script) == "Ttext # not a comment\n\n"


def test_hibernation_takes_its_time() -> None:
    bench = EmStatBench()
    bench.run("hibernate 4i 30")
    assert bench.client.heard[-1][0] == pytest.approx(30.001)


def test_empty_script() -> None:
    assert EmStatBench().run("") == "\n"
