"""The scripts: one whole, the rules of their ends, and what every script must keep."""

import re

import numpy as np
import pytest

from operando.drivers.potentiostats.step_scripts import step_script
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
    Step,
    Technique,
)

GUARD = Guard((2.4, 4.35), (-240e-6, 240e-6), 40000.0)
PLAIN = Recording()
DENSE = Recording(1.0, 1e-3)
SHORTEST_INTERVAL_S = 0.02

TECHNIQUES: dict[str, Technique] = {
    "charge": Galvanostatic(120e-6, until_voltage_V=4.2),
    "discharge": Galvanostatic(-120e-6, until_voltage_V=3.0, until_charge_C=4.32),
    "hold": Potentiostatic(4.2, until_current_A=24e-6, until_charge_C=1.0),
    "rest": OpenCircuit(),
    "impedance at open circuit": Impedance(200e3, 1.0, 10, 10e-3),
    "impedance at a voltage": Impedance(100e3, 0.1, 5, 10e-3, bias_V=3.7),
}


def script(
    technique: Technique,
    *,
    recording: Recording = PLAIN,
    duration_s: float | None = None,
    charge_before_C: float = 0.0,
    elapsed_before_s: float = 0.0,
) -> str:
    step = Step(7, technique, GUARD, duration_s, recording, charge_before_C, elapsed_before_s)
    return step_script(step, SHORTEST_INTERVAL_S)


def test_a_rest_whole() -> None:
    assert script(OpenCircuit(), duration_s=3600.0) == (
        "e\n"
        "var step\nvar elapsed\nvar charge\nvar voltage\nvar current\n"
        "var now\nvar before\nvar part\nvar total\nvar lost\n"
        "store_var step 7i ee\n"
        "store_var elapsed 0 eb\n"
        "store_var charge 0 ja\n"
        "store_var voltage 0 ab\n"
        "store_var current 0 ba\n"
        "store_var before 0 eb\n"
        "store_var lost 0 ja\n"
        "set_pgstat_chan 0\n"
        "set_pgstat_mode 3\n"
        "set_max_bandwidth 5850m\n"
        "set_range ab 4350m\n"
        "cell_off\n"
        "timer_start\n"
        "meas_loop_ocp voltage 1 3600\n"
        "timer_get now\n"
        "store_var elapsed 0 eb\n"
        "add_var elapsed now\n"
        "pck_start\npck_add step\npck_add elapsed\npck_add charge\npck_add voltage\npck_add current\npck_end\n"
        'if voltage > 4350m\nsend_string "end voltage limit"\nabort\nendif\n'
        'if voltage < 2400m\nsend_string "end voltage limit"\nabort\nendif\n'
        "endloop\n"
        'send_string "end time"\n'
        "on_finished:\n"
        "cell_off\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "charge",
            [
                "set_pgstat_mode 6\nset_max_bandwidth 5850m\nset_range ab 4350m\nset_range db 120u\n",
                "set_i 0\ncell_on\ntimer_start\n",
                "meas_loop_cp voltage current 120u 1 40k\n",
                'if current > 240u\nsend_string "end current limit"\nabort\nendif\n',
                'if current < -240u\nsend_string "end current limit"\nabort\nendif\n',
                'if voltage >= 4200m\nsend_string "end voltage"\nabort\nendif\n',
            ],
        ),
        (
            "discharge",
            [
                "meas_loop_cp voltage current -120u 1 40k\n",
                'if voltage <= 3\nsend_string "end voltage"\nabort\nendif\n',
                'if charge <= -4320m\nsend_string "end charge"\nabort\nendif\n',
            ],
        ),
        (
            "hold",
            [
                "set_range ba 240u\nset_autoranging ba 240n 240u\nset_e 4200m\ncell_on\n",
                "meas_loop_ca voltage current 4200m 1 40k\n",
                'if current <= 24u\nif current >= -24u\nsend_string "end current"\nabort\nendif\nendif\n',
                'if charge >= 1\nsend_string "end charge"\nabort\nendif\n',
                'if charge <= -1\nsend_string "end charge"\nabort\nendif\n',
            ],
        ),
        (
            "impedance at open circuit",
            [
                "cell_off\ntimer_start\nmeas_loop_ocp voltage 100m 1\n",
                "set_e voltage\ncell_on\nmeas_loop_eis frequency real imaginary 10m 200k 1 54i voltage\n",
                'if elapsed >= 40k\nsend_string "end maximum duration"\nabort\nendif\nendloop\n',
                'endloop\nsend_string "end completed"\n',
            ],
        ),
        (
            "impedance at a voltage",
            [
                "set_e 3700m\ncell_on\n",
                "meas_loop_ca voltage current 3700m 100m 1\n",
                "meas_loop_eis frequency real imaginary 10m 100k 100m 31i 3700m\n",
            ],
        ),
    ],
)
def test_the_words_of_a_technique(name: str, parts: list[str]) -> None:
    text = script(TECHNIQUES[name])
    places = [text.find(part) for part in parts]
    assert -1 not in places, [part for part, place in zip(parts, places, strict=True) if place < 0]
    assert places == sorted(places)


@pytest.mark.parametrize("recording", [PLAIN, DENSE], ids=["each", "on change"])
@pytest.mark.parametrize("technique", TECHNIQUES.values(), ids=TECHNIQUES)
def test_what_every_script_keeps(technique: Technique, recording: Recording) -> None:
    text = script(technique, recording=recording, charge_before_C=-1.23456, elapsed_before_s=1234.5)
    lines = text.split("\n")
    assert lines[0] == "e"
    assert lines[-2:] == ["", ""], "one empty line at the end"
    assert "" not in lines[:-2], "and none before it"
    assert max(map(len, lines)) <= 127
    assert not re.search(r"\d\.\d", text), "no decimal point"
    assert text.count("if ") == text.count("endif")
    assert text.count("meas_loop_") == text.count("endloop")
    assert text.endswith("on_finished:\ncell_off\n\n") or "on_finished:\ncell_off\nif report == 0i\n" in text
    for package in re.findall(r"pck_start\n(.*?)pck_end", text, re.DOTALL):
        assert 1 <= package.count("pck_add") <= 8
    declared = set(re.findall(r"^var (\w+)$", text, re.MULTILINE))
    used = set(re.findall(r"^(?:pck_add|timer_get|(?:add|sub|mul)_var \w+|if) (\w+)", text, re.MULTILINE))
    assert used <= declared
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in declared)


@pytest.mark.parametrize(
    ("duration_s", "before_s", "run", "reason"),
    [
        (3600.0, 0.0, "3600", "time"),
        (3600.0, 600.0, "3k", "time"),
        (None, 0.0, "40k", "maximum duration"),
        (50000.0, 1000.0, "39k", "maximum duration"),
    ],
)
def test_the_time_that_remains_runs_on_the_instrument(
    duration_s: float | None, before_s: float, run: str, reason: str
) -> None:
    text = script(OpenCircuit(), duration_s=duration_s, elapsed_before_s=before_s)
    assert f"meas_loop_ocp voltage 1 {run}\n" in text
    assert f'endloop\nsend_string "end {reason}"\n' in text


def test_a_step_that_is_carried_on_keeps_its_counters() -> None:
    text = script(TECHNIQUES["charge"], charge_before_C=1.5, elapsed_before_s=600.0)
    assert "store_var charge 1500m ja\n" in text
    assert "timer_get now\nstore_var elapsed 600 eb\nadd_var elapsed now\n" in text


def test_a_moving_voltage_is_reported_at_once_and_the_last_measurement_always() -> None:
    text = script(TECHNIQUES["charge"], recording=DENSE)
    assert "meas_loop_cp voltage current 120u 200m 40k\n" in text
    assert "if change >= 900m\nstore_var report 1i ja\nendif\n" in text
    assert "if change >= 1m\nstore_var report 1i ja\nendif\n" in text
    assert "if change <= -1m\nstore_var report 1i ja\nendif\n" in text
    assert text.index("add_var charge total") < text.index("store_var report 0i ja"), "charge is counted each time"
    assert text.endswith(
        "cell_off\nif report == 0i\npck_start\npck_add step\npck_add elapsed\npck_add charge\n"
        "pck_add voltage\npck_add current\npck_end\nendif\n\n"
    )


def test_charge_is_counted_exactly_in_single_precision() -> None:
    """Ten hours at 120 uA, carried out in single precision: the plain sum would be wrong by 1e-4."""
    text = script(TECHNIQUES["charge"])
    block = text[text.index("store_var part 0") : text.index("pck_start")].splitlines()
    program = [line.split() for line in block if line]
    value = {"charge": np.float32(0), "lost": np.float32(0), "before": np.float32(0), "current": np.float32(120e-6)}
    count = 36000
    for second in range(1, count + 1):
        value["now"] = np.float32(second)
        for command, target, argument, *_ in program:
            if command == "store_var":
                value[target] = np.float32(0)
            elif command == "add_var":
                value[target] = np.float32(value[target] + value[argument])
            elif command == "sub_var":
                value[target] = np.float32(value[target] - value[argument])
            else:
                value[target] = np.float32(value[target] * value[argument])
    assert float(value["charge"]) == pytest.approx(120e-6 * count, rel=2e-7)
