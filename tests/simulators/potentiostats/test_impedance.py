"""Impedance spectra: order, time, values and options (sheet 1.4, 1.5)."""

from dataclasses import replace

import pytest
from support.emstat_bench import QUIET, EmStatBench
from support.resistor_world import ResistorCell

from operando.simulators.potentiostats import EmStat4Settings

EIS = """var f
var r
var x
var t
var a
var b
var c
array u 8i
array v 8i
set_pgstat_mode 3
set_autoranging ba 1u 100m
set_e 3700m
cell_on
timer_start
meas_loop_eis f r x {arguments}
pck_start
{adds}
pck_end
endloop
on_finished:
cell_off"""
POINT = "pck_add f\npck_add r\npck_add x"


def cell() -> ResistorCell:
    return ResistorCell(resistance_ohm=12.34, reactance_ohm=-1.5)


def spectrum(arguments: str, adds: str = POINT, settings: EmStat4Settings = QUIET) -> tuple[EmStatBench, list[str]]:
    bench = EmStatBench(cell(), settings)
    return bench, bench.run(EIS.format(arguments=arguments, adds=adds), 1e5).splitlines()


def test_literal_point() -> None:
    _, lines = spectrum("60m 100k 100k 1i 3700m")
    assert lines == ["M000D", "PdcDF5E100m;cc8BC4B20u,10,218;cd7E91CA0u,10,204", "*", ""]


def test_frequencies_are_spaced_logarithmically_from_high_to_low() -> None:
    _, lines = spectrum("10m 100k 100m 7 3700m")
    codes = [line[3:11] for line in lines if line.startswith("P")]
    assert codes == ["DF5E100m", "8989680m", "80F4240m", "DF5E100u", "8989680u", "80F4240u", "DF5E100n"]


def test_each_point_takes_some_periods() -> None:
    bench, _ = spectrum("10m 100k 100m 7 3700m")
    times = [time for time, line in bench.client.heard if line.startswith(b"P")]
    steps = [later - earlier for earlier, later in zip([0.001, *times], times, strict=False)]
    assert steps == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.3, 3.0, 30.0])


def test_cell_is_biased_and_then_opened() -> None:
    bench, _ = spectrum("10m 1k 1 3 3800m")
    assert [(kind, value) for kind, value, _ in bench.cell.drives] == [
        ("voltage", 3.7),
        ("voltage", 3.8),
        ("open", 0.0),
    ]


def test_galvanostatic_spectrum() -> None:
    script = """var f
var r
var x
set_pgstat_mode 6
set_range db 20m
set_i 0
cell_on
meas_loop_geis f r x 5m 100k 100 2 10m
pck_start
pck_add f
pck_add r
pck_add x
pck_end
endloop
cell_off"""
    bench = EmStatBench(cell())
    assert bench.run(script) == (
        "M000E\nPdcDF5E100m;cc8BC4B20u,10,218;cd7E91CA0u,10,204\nPdcDF5E100u;cc8BC4B20u,10,218;cd7E91CA0u,10,204\n*\n\n"
    )
    assert ("current", 0.01) in [(kind, value) for kind, value, _ in bench.cell.drives]


def test_amplitudes_means_and_time() -> None:
    adds = "pck_add a\npck_add b\npck_add c\npck_add x\npck_add t"
    _, lines = spectrum("10m 1k 1k 1 3700m eis_acdc(a b c x) time(t)", adds)
    amplitude_A = 0.01 / abs(12.34 - 1.5j)
    assert amplitude_A == pytest.approx(804.4511e-6, rel=1e-6)
    assert lines[1] == "Pch8989680n;ci8387520u;cj80C4663n;ck8000000 ;ebDF5E100n"


def test_waves_in_the_time_domain() -> None:
    bench = EmStatBench(ResistorCell(resistance_ohm=100.0))
    shown = 'send_string f"{a} {b} {u[0]} {v[0]} {u[4]} {v[4]}"'
    said = bench.run(
        EIS.format(arguments="10m 30 30 1 3700m eis_tdd(u v a b 0)", adds="pck_add f").replace(
            "endloop", shown + "\nendloop"
        )
    )
    text = said.splitlines()[2]
    assert text == "T8 80 3.71414 0.000141421 3.68586 -0.000141421"


def test_overload_of_a_fixed_range_is_said() -> None:
    script = EIS.format(arguments="60m 1k 1k 1 3700m", adds=POINT).replace(
        "set_autoranging ba 1u 100m", "set_range ba 1m"
    )
    assert ",12,215;" in EmStatBench(cell()).run(script)


def test_range_holds_the_bias_current_too() -> None:
    script = EIS.format(arguments="10m 1k 1k 1 3800m", adds=POINT)
    assert ",10,218;" in EmStatBench(ResistorCell(resistance_ohm=30.0)).run(script), "3.3 mA bias, 0.47 mA wave"


def test_noise_is_small() -> None:
    _, lines = spectrum("10m 1k 1k 50 3700m", settings=replace(QUIET, impedance_noise=5e-4))
    real = [(int(line.split(";")[1][2:9], 16) - 2**27) / 1e6 for line in lines if line.startswith("P")]
    assert len(set(real)) == 50
    assert all(abs(value - 12.34) < 0.05 for value in real)


def test_abort_in_the_middle_of_a_slow_point() -> None:
    bench = EmStatBench(cell())
    bench.start(EIS.format(arguments="10m 1 1m 4 3700m", adds=POINT))
    bench.client.read(10.0)
    assert bench.client.ask(b"Z\n") == b"Z\n*\n\n"
    assert bench.cell.drive == ("open", 0.0)
