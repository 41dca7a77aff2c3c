"""Measurement loops in time: what is driven, what is measured, what is written (sheet 1.5)."""

from dataclasses import replace

import pytest
from support.emstat_bench import QUIET, EmStatBench
from support.resistor_world import ResistorCell

PACKAGE = "pck_start\npck_add e\npck_add i\npck_end\nendloop\n"
POTENTIOSTAT = "var e\nvar i\nvar t\nset_pgstat_mode 3\nset_range ba 1m\nset_e 3\ncell_on\n"
GALVANOSTAT = "var e\nvar i\nvar t\nset_pgstat_mode 6\nset_range db 10m\nset_i 0\ncell_on\n"


def driven(bench: EmStatBench) -> list[tuple[str, float]]:
    return [(kind, round(value, 9)) for kind, value, _ in bench.cell.drives]


def test_chronoamperometry() -> None:
    bench = EmStatBench()
    said = bench.run(POTENTIOSTAT + "meas_loop_ca e i 3800m 500m 1\n" + PACKAGE)
    line = "Pda839FBC0u;ba80F4240n,10,215\n"
    assert said == f"M0007\n{line}{line}*\n\n"
    assert driven(bench) == [("voltage", 3.0), ("voltage", 3.8)]
    assert [time for time, text in bench.client.heard if text[:1] == b"P"] == pytest.approx([0.501, 1.001])


def test_open_circuit_potentiometry() -> None:
    bench = EmStatBench(ResistorCell(emf_V=3.7012))
    said = bench.run("var e\nset_pgstat_mode 3\nmeas_loop_ocp e 1 2\npck_start\npck_add e\npck_end\nendloop")
    assert said == "M000B\nPab83879D0u\nPab83879D0u\n*\n\n"
    assert bench.cell.drives == []


def test_open_circuit_voltage_as_another_type() -> None:
    bench = EmStatBench(settings=replace(QUIET, open_circuit_voltage_type="ae"))
    said = bench.run("var e\nset_pgstat_mode 3\nmeas_loop_ocp e 1 1\npck_start\npck_add e\npck_end\nendloop")
    assert said == "M000B\nPae8387520u\n*\n\n"


def test_linear_sweep_voltammetry() -> None:
    bench = EmStatBench(ResistorCell(emf_V=3.7))
    said = bench.run(POTENTIOSTAT + "meas_loop_lsv e i 3700m 3900m 100m 100m\n" + PACKAGE)
    assert said == (
        "M0000\nPda8387520u;ba8000000 ,14,215\nPda839FBC0u;ba80F4240n,10,215\nPda83B8260u;ba81E8480n,10,215\n*\n\n"
    )
    assert driven(bench)[1:] == [("voltage", 3.7), ("voltage", 3.8), ("voltage", 3.9)]
    assert bench.client.heard[-1][0] == pytest.approx(3.001), "each step lasts 100 mV / (100 mV/s)"


def test_linear_sweep_downwards() -> None:
    bench = EmStatBench()
    bench.run(POTENTIOSTAT + "meas_loop_lsv e i 3900m 3700m 100m 100m\nendloop")
    assert driven(bench)[1:] == [("voltage", 3.9), ("voltage", 3.8), ("voltage", 3.7)]


def test_linear_sweep_potentiometry() -> None:
    bench = EmStatBench()
    said = bench.run(GALVANOSTAT + "meas_loop_lsp e i -1m 1m 1m 1m\n" + PACKAGE)
    assert said == ("M000F\nPab836EE80u;db7F0BDC0n\nPab8387520u;db8000000 \nPab839FBC0u;db80F4240n\n*\n\n")


def test_cyclic_voltammetry() -> None:
    bench = EmStatBench()
    said = bench.run(POTENTIOSTAT + "meas_loop_cv e i 3700m 3800m 3600m 100m 100m\n" + PACKAGE)
    assert driven(bench)[1:] == [("voltage", volts) for volts in (3.7, 3.8, 3.7, 3.6, 3.7)]
    assert said.startswith("M0005\nPda")
    assert [line[:1] for line in said.splitlines()] == [*"MPPPPP*", ""], "one scan is not marked"


def test_scans_of_cyclic_voltammetry() -> None:
    bench = EmStatBench()
    said = bench.run(POTENTIOSTAT + "meas_loop_cv e i 3700m 3800m 3600m 100m 100m nscans(2)\n" + PACKAGE)
    assert [line[:1] for line in said.splitlines()] == [*"MCPPPPP-CPPPP-*", ""]
    assert said.splitlines()[1] == "C0000"
    assert said.splitlines()[8] == "C0001"


def test_reversed_sweep() -> None:
    bench = EmStatBench()
    bench.start(POTENTIOSTAT + "meas_loop_cv e i 3 4 2 100m 100m\nendloop")
    bench.client.read(3.5)
    assert bench.client.ask(b"R\n") == b"R\n"
    bench.client.read(100.0)
    volts = [value for _, value in driven(bench)[1:]]
    assert volts[:6] == [3.0, 3.1, 3.2, 3.3, 3.2, 3.1]
    assert min(volts) == 2.0
    assert volts[-1] == 3.0


def test_single_measurements() -> None:
    bench = EmStatBench()
    said = bench.run("var e\nvar i\nmeas 100m e ab\nmeas 200m i ba\npck_start\npck_add e\npck_add i\npck_end")
    assert said == "Pab8387520u;ba8000000 ,14,21B\n\n"
    assert bench.client.heard[-1][0] == pytest.approx(0.301)


def test_additional_measurement() -> None:
    bench = EmStatBench()
    said = bench.run(
        POTENTIOSTAT + "meas_loop_ca e i 3800m 1 1 add_meas(0 ab t)\npck_start\npck_add t\npck_end\nendloop"
    )
    assert said == "M0007\nPab839FBC0u\n*\n\n"


def test_setpoints_wait_for_the_cell_to_be_switched_on() -> None:
    bench = EmStatBench()
    bench.run("set_e 3\nset_i 1m\nset_pgstat_mode 2\nset_e 3500m\ncell_on\nset_e 3600m\nset_i 2m")
    assert driven(bench) == [("voltage", 3.5), ("voltage", 3.6)]


def test_change_of_mode_opens_the_cell() -> None:
    bench = EmStatBench()
    bench.run("set_pgstat_mode 6\nset_i 1m\ncell_on\nset_pgstat_mode 6\nset_pgstat_mode 3")
    assert driven(bench) == [("current", 0.001), ("open", 0.0)]


def test_setpoints_and_cell_outlive_a_script() -> None:
    bench = EmStatBench()
    bench.run("set_pgstat_mode 6\nset_i 1m\ncell_on")
    said = bench.run("var e\nvar i\nmeas_loop_cp e i 2m 1 1\n" + PACKAGE)
    assert said == "M000A\nPab83B8260u;db81E8480n\n*\n\n"


def test_body_longer_than_the_interval() -> None:
    script = GALVANOSTAT + "timer_start\nmeas_loop_cp e i 1m 1 3\nwait 1500m\ntimer_get t\n"
    bench = EmStatBench()
    said = bench.run(script + "pck_start\npck_add t\npck_add e\npck_end\nendloop")
    packages = [line for line in said.splitlines() if line.startswith("P")]
    assert packages[0] == "Peb82625A0u;ab839FBC0u", "1 s and 1.5 s of waiting"
    assert packages[1] == "Peb83D0900u;ab839FBC0u,11,206", "taken at once; the timing was not met"
    assert packages[2] == "Peb853EC60u;ab839FBC0u,11,206"


def test_charge_is_counted_on_the_instrument() -> None:
    script = """var e
var i
var q
set_pgstat_mode 6
set_range db 1m
set_i 0
cell_on
meas_loop_cp e i -1m 1 36000
  add_var q i
  if q <= -5m
    breakloop
  endif
endloop
cell_off
pck_start
pck_add q
pck_end"""
    bench = EmStatBench()
    assert bench.run(script).endswith("*\nPaa7B3B4C0n\n\n")
    assert bench.cell.charge_C == pytest.approx(-5e-3)


def test_script_of_the_vendor_silences_marks_to_join_curves() -> None:
    script = GALVANOSTAT + "meas_loop_cp e i 1m 1 1\nset_script_output 0\nendloop\n"
    script += "meas_loop_cp e i 1m 1 1\nset_script_output 1\n" + PACKAGE
    assert EmStatBench().run(script) == "M000A\nPab839FBC0u;db80F4240n\n*\n\n"


def test_hours_at_one_point_each_second() -> None:
    bench = EmStatBench()
    said = bench.run(GALVANOSTAT + "meas_loop_cp e i 1m 1 20k\n" + PACKAGE, 20001.0)
    assert said.count("P") == 20000
