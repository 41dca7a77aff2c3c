"""Scripts that are refused when they are loaded: code, line and column (sheet 1.3, 1.6)."""

import pytest
from support.emstat_bench import EmStatBench

REFUSED = [
    pytest.param("fail", "4001: Line 1, Col 5", id="unknown command"),
    pytest.param("invalid_command", "4001: Line 1, Col 16", id="unknown command of the vendor's page"),
    pytest.param("var p\n  fail", "4001: Line 2, Col 7", id="column counts from the left edge"),
    pytest.param("# a comment\nvar p\n# another\nfail", "4001: Line 4, Col 5", id="comments count as lines"),
    pytest.param("wait 0.5", "4039: Line 1, Col 9", id="decimal point"),
    pytest.param("wait 5x", "4039: Line 1, Col 8", id="unknown prefix"),
    pytest.param("wait 5mi", "4039: Line 1, Col 9", id="integer with a prefix"),
    pytest.param("wait 0b12", "4039: Line 1, Col 10", id="binary with a two"),
    pytest.param("wait 1e3", "4039: Line 1, Col 9", id="exponent"),
    pytest.param("wait", "4004: Line 1, Col 5", id="missing argument"),
    pytest.param("wait 1 2", "420A: Line 1, Col 9", id="extra argument"),
    pytest.param('wait "1', "4004: Line 1, Col 7", id="string without an end"),
    pytest.param("var P", "402B: Line 1, Col 6", id="name in capitals"),
    pytest.param("var 1p", "402B: Line 1, Col 7", id="name begins with a digit"),
    pytest.param("var p-q", "402B: Line 1, Col 8", id="name with a hyphen"),
    pytest.param("var p\nvar p", "4026: Line 2, Col 6", id="declared twice"),
    pytest.param("var p\narray p 3i", "4026: Line 2, Col 8", id="declared twice as an array"),
    pytest.param("pck_add p", "420B: Line 1, Col 10", id="undeclared"),
    pytest.param("add_var p 1", "420B: Line 1, Col 10", id="undeclared target"),
    pytest.param("pck_add p\nvar p", "420B: Line 1, Col 10", id="declared too late"),
    pytest.param("wait P", "4208: Line 1, Col 7", id="no reference"),
    pytest.param('send_string f"{p}"', "420B: Line 1, Col 19", id="undeclared in a string"),
    pytest.param('var p\nsend_string f"{p"', "4210: Line 2, Col 18", id="brace never closed"),
    pytest.param("add_var 1 1", "420D: Line 1, Col 10", id="literal as a target"),
    pytest.param("var p\nvar q\nstore_var p q ab", "420C: Line 3, Col 14", id="variable as a literal"),
    pytest.param("var p\nstore_var p 1 zz", "0002: Line 2, Col 17", id="unknown variable type"),
    pytest.param("array a 10", "4207: Line 1, Col 11", id="size of an array is an integer"),
    pytest.param("array a 0i", "4204: Line 1, Col 11", id="empty array"),
    pytest.param("array a 9999999i", "000B: Line 1, Col 17", id="array beyond the memory"),
    pytest.param("array a 3i\nadd_var a 1", "420E: Line 2, Col 10", id="array without an index"),
    pytest.param("array a 3i\nadd_var a[3] 1", "400F: Line 2, Col 12", id="index beyond the array"),
    pytest.param("var p\nadd_var p[0] 1", "4038: Line 2, Col 13", id="index behind a variable"),
    pytest.param("array a 3i\nadd_var a[1 1", "4038: Line 2, Col 12", id="index without a bracket"),
    pytest.param("var p\nif p > 1", "4018: Line 3, Col 1", id="if without endif"),
    pytest.param("var p\nloop p < 1\nwait 1", "4018: Line 4, Col 1", id="loop without endloop"),
    pytest.param("endif", "400E: Line 1, Col 6", id="endif alone"),
    pytest.param("endloop", "400E: Line 1, Col 8", id="endloop alone"),
    pytest.param("var p\nif p > 1\nelse\nelseif p > 2\nendif", "400E: Line 4, Col 7", id="elseif behind else"),
    pytest.param("var p\nif p > 1\non_finished:\nendif", "400E: Line 3, Col 13", id="on_finished inside if"),
    pytest.param("on_finished:\non_finished:", "400E: Line 2, Col 13", id="two on_finished sections"),
    pytest.param("breakloop", "400C: Line 1, Col 10", id="breakloop outside loops"),
    pytest.param("var p\nif p > 4 & p < 5\nendif", "420A: Line 2, Col 11", id="conditions do not combine"),
    pytest.param("var p\nif p = 4\nendif", "4004: Line 2, Col 7", id="unknown comparison"),
    pytest.param("var p\nmeas 100m p zz", "0002: Line 2, Col 15", id="unknown type to measure"),
    pytest.param("var p\nmeas 100m p eb", "4209: Line 2, Col 15", id="type that is not measured"),
    pytest.param("set_range eb 1", "0084: Line 1, Col 13", id="type without ranges"),
    pytest.param("set_script_output 4", "403C: Line 1, Col 20", id="unknown output"),
    pytest.param("set_acquisition_frac_autoadjust 55", "4205: Line 1, Col 35", id="unknown mains frequency"),
    pytest.param("var p\ncell_on ocp(p)", "4008: Line 2, Col 15", id="cell_on ocp is for the Nexus"),
    pytest.param("cell_on now", "420A: Line 1, Col 12", id="word behind cell_on"),
]
OCP = "var p\nvar i\nvar f\nmeas_loop_ocp p 1 5\n{}\nendloop"
CA = "var p\nvar i\nvar f\nmeas_loop_ca p i 1 1 5\n{}\nendloop"
CP = "var p\nvar i\nvar f\nmeas_loop_cp p i 1m 1 5\n{}\nendloop"
INSIDE = [
    pytest.param(CP, "meas_loop_ocp p 1 5", "400B: Line 5, Col 14", id="nested measurement loop"),
    pytest.param(OCP, "loop p < 1\nmeas_loop_ocp p 1 5\nendloop\nendloop", "400B: Line 6, Col 14", id="nested deeper"),
    pytest.param(OCP, "meas 100m p ab", "401A: Line 5, Col 5", id="single measurement"),
    pytest.param(CP, "set_pgstat_mode 3", "401A: Line 5, Col 16", id="change of mode"),
    pytest.param(CA, "set_e 1", "4032: Line 5, Col 6", id="potential in a potentiostatic loop"),
    pytest.param(CP, "set_i 1m", "4033: Line 5, Col 6", id="current in a galvanostatic loop"),
    pytest.param(CA, "on_finished:", "400E: Line 5, Col 13", id="on_finished"),
    pytest.param(CA, "endif", "400E: Line 5, Col 6", id="endif of nothing"),
]


@pytest.mark.parametrize(("script", "error"), REFUSED)
def test_refused(script: str, error: str) -> None:
    assert EmStatBench().refusal(script) == f"e!{error}\n"


@pytest.mark.parametrize(("loop", "inside", "error"), INSIDE)
def test_refused_inside_a_measurement_loop(loop: str, inside: str, error: str) -> None:
    assert EmStatBench().refusal(loop.format(inside)) == f"e!{error}\n"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("meas_loop_cv p i 0 1 0 1m 1 nscans(0)", "4204: Line 4, Col 37"),
        ("meas_loop_cv p i 0 1 0 1m 1 scans(2)", "4008: Line 4, Col 37"),
        ("meas_loop_cv p i 0 1 0 1m 1 nscans(2) nscans(2)", "4008: Line 4, Col 48"),
        ("meas_loop_cp p i 1m 1", "4004: Line 4, Col 22"),
        ("meas_loop_cp p i 1m 1 5 6", "420A: Line 4, Col 26"),
        ("meas_loop_cp p 1 1m 1 5", "420D: Line 4, Col 17"),
        ("meas_loop_eis f p i 10m 1k 1 5 0 eis_acdc(p i)", "4004: Line 4, Col 46"),
        ("meas_loop_eis f p i 10m 1k 1 5 0 time(x)", "420B: Line 4, Col 40"),
        ("meas_loop_ca p i 1 1 5 add_meas(1 ab f)", "002F: Line 4, Col 34"),
    ],
)
def test_refused_arguments_of_a_measurement_loop(command: str, error: str) -> None:
    assert EmStatBench().refusal(f"var p\nvar i\nvar f\n{command}\nendloop") == f"e!{error}\n"


def test_nothing_of_a_refused_script_runs() -> None:
    bench = EmStatBench()
    bench.refusal('set_pgstat_mode 3\ncell_on\nsend_string "no"\nfail')
    assert bench.client.read(10.0) == b""
    assert bench.cell.drives == []
    assert not bench.engine.running


def test_next_script_after_a_refusal_is_right() -> None:
    bench = EmStatBench()
    bench.refusal("fail")
    assert bench.run('send_string "yes"') == "Tyes\n\n"
