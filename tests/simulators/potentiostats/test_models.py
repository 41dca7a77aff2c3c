"""The other MethodSCRIPT instruments: identity, ranges and refusals of the sheet (1.2 and 1.4)."""

import dataclasses

import pytest
from support.emstat_bench import EmStatBench
from support.resistor_world import ResistorCell

from operando.simulators.potentiostats import EMSTAT4_LR, EMSTAT_PICO, NEXUS, EmStat4Settings

HOLD = "var p\nvar c\nset_pgstat_mode {mode}\n{ranges}\nset_e {volts}\ncell_on\n"
POINT = "meas_loop_ca p c {volts} 1 1\npck_start\npck_add c\npck_end\nendloop\non_finished:\ncell_off\n"


def bench(settings: EmStat4Settings, emf_V: float = 0.5) -> EmStatBench:
    quiet = dataclasses.replace(settings, voltage_noise_V=0.0, current_noise_of_range=0.0, xon_at_connect=False)
    return EmStatBench(ResistorCell(emf_V=emf_V, resistance_ohm=1e4), quiet)


def hold(settings: EmStat4Settings, ranges: str, volts: str, mode: int = 3) -> str:
    return bench(settings).run((HOLD + POINT).format(mode=mode, ranges=ranges, volts=volts), 5.0)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EMSTAT4_LR, b"tes4_lr1500#Mar 12 2026 14:28:01\nR*\n"),
        (NEXUS, b"tnexus11100#"),
        (EMSTAT_PICO, b"tespico1301#"),
    ],
    ids=["EmStat4 LR", "Nexus", "EmStat Pico"],
)
def test_firmware_names_the_model(settings: EmStat4Settings, said: bytes) -> None:
    assert bench(settings).client.ask(b"t\n").startswith(said)


def test_the_serial_number_of_the_sheet() -> None:
    assert bench(EMSTAT4_LR).client.ask(b"i\n") == b"iES4LR20B0008\n"


@pytest.mark.parametrize(
    ("settings", "ranges", "index"),
    [
        (EMSTAT4_LR, "set_range ba 5n", "06"),
        (EMSTAT4_LR, "set_range ba 1", "18"),
        (NEXUS, "set_range ba 1m", "08"),
        (NEXUS, "set_range ba 500m", "0B"),
        (EMSTAT_PICO, "set_range_minmax da 0 1\nset_range ba 100u", "86"),
        (EMSTAT_PICO, "set_range_minmax da 0 1\nset_range ba 1m", "88"),
    ],
)
def test_the_range_is_named_by_the_models_own_number(settings: EmStat4Settings, ranges: str, index: str) -> None:
    assert f",2{index}" in hold(settings, ranges, "501m")


@pytest.mark.parametrize(
    ("settings", "ranges", "volts", "mode"),
    [
        (EMSTAT4_LR, "wait 1m", "3100m", 3),
        (NEXUS, "wait 1m", "11", 3),
        (EMSTAT_PICO, "set_range_minmax da 0 1", "1100m", 3),
        (EMSTAT_PICO, "wait 1m", "700m", 3),
        (EMSTAT_PICO, "set_range_minmax da -1300m 0", "0", 2),
    ],
    ids=["LR 3 V", "Nexus 10 V", "Pico, its window", "Pico, its first window", "Pico, low speed"],
)
def test_a_potential_out_of_reach_is_refused(settings: EmStat4Settings, ranges: str, volts: str, mode: int) -> None:
    assert "!000F" in hold(settings, ranges, volts, mode)


def test_a_window_that_is_too_wide_for_the_mode_is_refused() -> None:
    assert "!4205" in hold(EMSTAT_PICO, "set_range_minmax da 0 1500m", "500m", 3)
    assert "!" not in hold(EMSTAT_PICO, "set_range_minmax da 0 1500m", "501m", 4)


@pytest.mark.parametrize("loop", ["meas_loop_cp p c 1m 1 1", "meas_loop_lsp p c 0 1m 1u 1m"])
def test_a_pico_has_no_galvanostat(loop: str) -> None:
    pico = bench(EMSTAT_PICO)
    assert pico.refusal(f"var p\nvar c\n{loop}\nendloop\n").startswith("e!4206: Line 3")
    assert "!0021: Line 1" in pico.run("set_pgstat_mode 6\n", 1.0)


def test_a_pico_takes_no_range_of_the_measured_voltage_and_keeps_no_files() -> None:
    pico = bench(EMSTAT_PICO)
    assert pico.refusal("set_range ab 1\n").startswith("e!0084")
    assert pico.client.ask(b"fs_dir\n").startswith(b"f!0083")
