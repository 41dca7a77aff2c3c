"""The charging script of the sheet (1.5) with the stream that is expected of it, and the switches that change it."""

from dataclasses import replace

import pytest
from support.emstat_bench import CC_CHARGE, QUIET, EmStatBench
from support.resistor_world import ResistorCell

from operando.simulators.potentiostats import EmStat4Settings

CHARGED = [(3.5123, 1e-3), (3.513, 1e-3), (4.2004, 1e-3)]


def bench(measured: list[tuple[float, float]], settings: EmStat4Settings = QUIET) -> EmStatBench:
    return EmStatBench(ResistorCell(script=list(measured)), settings)


def test_expected_stream() -> None:
    charging = bench(CHARGED)
    assert charging.start(CC_CHARGE) == b"e\nM000A\n"
    assert charging.client.read(10.0) == (
        b"Peb80F4240u;ab83597ECu;db80F4240n\n"
        b"Peb81E8480u;ab8359AA8u;db80F4240n\n"
        b"Peb82DC6C0u;ab84017D0u;db80F4240n\n"
        b"*\n"
        b"\n"
    )


def test_each_point_comes_when_it_is_measured() -> None:
    charging = bench(CHARGED)
    charging.start(CC_CHARGE)
    charging.client.read(10.0)
    packages = [(time, line) for time, line in charging.client.heard if line.startswith(b"P")]
    assert [time for time, _ in packages] == pytest.approx([1.001, 2.001, 3.001])
    assert charging.client.heard[-1][0] == pytest.approx(3.001), "the step ends where the limit is met"


def test_cell_is_driven_from_cell_on_to_the_end() -> None:
    charging = bench(CHARGED)
    charging.run(CC_CHARGE)
    assert [(kind, value) for kind, value, _ in charging.cell.drives] == [
        ("current", 0.0),
        ("current", 1e-3),
        ("open", 0.0),
    ]
    assert [time for *_, time in charging.cell.drives] == pytest.approx([0.001, 0.001, 3.001])


def test_hard_limit_aborts_and_still_switches_the_cell_off() -> None:
    charging = bench([(2.3, 1e-3)])
    assert charging.run(CC_CHARGE) == "M000A\nPeb80F4240u;ab8231860u;db80F4240n\n*\n\n"
    assert charging.cell.drive == ("open", 0.0)


def test_step_ends_by_its_duration() -> None:
    charging = EmStatBench()
    said = charging.run(CC_CHARGE.replace("36000", "3"))
    assert said.count("P") == 3
    assert said.endswith("*\n\n")
    assert charging.cell.drive == ("open", 0.0)


def test_first_point_at_zero() -> None:
    charging = bench(CHARGED, settings=replace(QUIET, first_point_at_zero=True))
    said = charging.run(CC_CHARGE.replace("36000", "3"))
    assert [line.split(";")[0] for line in said.splitlines() if line.startswith("P")] == [
        "Peb8000000 ",
        "Peb80F4240u",
        "Peb81E8480u",
    ]


def test_current_as_measured_type() -> None:
    charging = bench(CHARGED, settings=replace(QUIET, galvanostatic_current_type="ba"))
    assert "ba80F4240n,10,215\n" in charging.run(CC_CHARGE)


def test_metadata_of_the_voltage() -> None:
    charging = bench(CHARGED, settings=replace(QUIET, voltage_metadata=True))
    assert "ab83597ECu,10,206;" in charging.run(CC_CHARGE)


def test_noise_is_small_and_the_same_at_each_run() -> None:
    noisy = EmStat4Settings()
    first, second = (EmStatBench(settings=noisy).run(CC_CHARGE.replace("36000", "50")) for _ in range(2))
    assert first == second
    volts = [(int(line[14:21], 16) - 2**27) / 1e6 for line in first.splitlines() if line.startswith("P")]
    assert len(volts) == 50
    assert len(set(volts)) > 10
    assert all(abs(volt - 3.8) < 150e-6 for volt in volts)
