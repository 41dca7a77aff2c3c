"""The control address: what can be made to happen while a bench is served, and what it says about everything else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.served import PATIENT_S, Served, bench_of, serving

from operando.drivers.bench import open_bench
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import InstrumentError
from operando.drivers.waiting import wait_for

BENCH = bench_of(
    cell="emstat4-hr sim://potentiostat",
    sem="tescan sim://sem/control",
    zem="zem sim://zem",
    meter="keithley-2450 sim://keithley-2450",
    box="keller-33x sim://box",
)
WITHOUT_POTENTIOSTAT = bench_of(box="keller-33x sim://box")
HAPPENS: dict[str, dict[str, object]] = {
    "soft short": {},
    "hard short": {"ohm": 10.0},
    "no short": {},
    "contact loss": {"lost": 0.5},
    "holder": {"temperature_K": 310.0, "pressure_MPa": 2.0},
    "box leak": {"conductance_m3_per_s": 1e-9},
    "pump stops": {},
    "pump": {},
    "vent": {},
    "put back sample": {"turned_deg": 3.0, "shift_mm": [0.3, 0.25]},
    "stage misses": {"instrument": "sem", "by_mm": 0.1},
    "stage stuck": {"instrument": "sem"},
    "beam trip": {"instrument": "sem"},
    "operator at microscope": {
        "instrument": "sem",
        "voltage_V": 1e4,
        "current_A": 1e-10,
        "stage_mm": [1.0, 0.0, 10.0],
        "high_voltage": "on",
    },
    "operator at potentiostat": {"instrument": "cell"},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), BENCH) as server:
        yield server


def true(served: Served, name: str) -> float:
    return float(str(served.control.order(state=True)[name]))


@pytest.mark.parametrize("what", list(HAPPENS))
def test_everything_that_is_offered_happens(served: Served, what: str) -> None:
    assert served.control.order(physics=what, **HAPPENS[what]) == {"ok": True}


@pytest.mark.parametrize("name", ["zem", "meter"])
def test_other_instruments_have_operators_and_trips_too(served: Served, name: str) -> None:
    what = {"zem": "beam trip", "meter": "operator at potentiostat"}[name]
    assert served.control.order(physics=what, instrument=name) == {"ok": True}


def test_the_world_obeys(tmp_path: Path) -> None:
    with serving(tmp_path, BENCH) as served:
        before_V, before_Pa = true(served, "voltage_V"), true(served, "box_pressure_Pa")
        served.control.order(physics="hard short", ohm=10.0)
        served.control.order(physics="box leak", conductance_m3_per_s=1e-4)
        wait_for(served.clock, lambda: true(served, "voltage_V") < before_V - 0.1, PATIENT_S, every_s=0.05)
        wait_for(served.clock, lambda: true(served, "box_pressure_Pa") < 0.9 * before_Pa, PATIENT_S, every_s=0.05)
        chamber_Pa = true(served, "chamber_pressure_Pa")
        served.control.order(physics="vent")
        wait_for(served.clock, lambda: true(served, "chamber_pressure_Pa") > 10 * chamber_Pa, PATIENT_S, every_s=0.05)


def test_what_is_no_number_is_told_as_null_because_json_has_no_other_word(served: Served) -> None:
    served.control.order(physics="no short")
    line = served.control.raw(b'{"state": true}')
    told = json.loads(line, parse_constant=pytest.fail)
    assert told["short_ohm"] is None and told["voltage_V"] > 0


def test_an_order_with_what_is_no_number_is_no_json(served: Served) -> None:
    told = served.control.line(b'{"physics": "hard short", "ohm": Infinity}')
    assert "this is no JSON: Infinity is no number" in str(told["error"])


def test_what_is_nested_without_end_is_no_json_and_the_server_goes_on(served: Served) -> None:
    assert "this is no JSON" in str(served.control.line(b"[" * 100_000)["error"])
    assert served.control.order(state=True)["time_s"]


def test_a_fault_hits_the_wire_until_it_is_repaired(tmp_path: Path) -> None:
    with serving(tmp_path, WITHOUT_POTENTIOSTAT) as served, open_bench(served.bench) as bench:
        gauge = bench.pressures["box"]
        rule = {"fault": {"effect": "drop"}}
        assert served.control.order(fault="box", rule=rule) == {"ok": True}
        with pytest.raises(InstrumentError):
            gauge.pressure()
        assert served.control.order(repair="box") == {"ok": True}
        assert gauge.pressure().value > 0


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"physics": "earthquake"}, "hard short"),
        ({"physics": "hard short", "ohms": 3.0}, "ohms"),
        ({"physics": "hard short", "ohm": -1.0}, "greater than 0"),
        ({"physics": "holder", "temperature_K": 5.0}, "greater than or equal to 150"),
        ({"physics": "contact loss"}, "lost"),
        ({"physics": "stage misses", "instrument": "zem", "by_mm": 1.0}, "no served TESCAN"),
        ({"physics": "operator at potentiostat", "instrument": "sem"}, "no served EmStat"),
        ({"fault": "nobody", "rule": {"fault": {"effect": "drop"}}}, "cell, meter, sem, zem"),
        ({"fault": "box", "rule": {"fault": {"effect": "explode"}}}, "explode"),
        ({"fault": "box"}, "rule"),
        ({"repair": "box", "plug": "box"}, "one of unplug, plug, fault, repair"),
        ({"state": False}, "state"),
        ({"measured_current_A": 1e-4, "time_s": 1.0}, "the simulated 'cell' has the cell"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_obeyed_is_told_with_what_can(served: Served, order: dict[str, object], complaint: str) -> None:
    assert complaint in str(served.control.order(**order)["error"])


def test_a_measured_current_drives_the_cell_of_the_world_and_the_truth_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, WITHOUT_POTENTIOSTAT) as served:
        rest_V = true(served, "voltage_V")
        assert "measured_current_A" not in served.control.order(state=True)
        assert served.control.order(measured_current_A=1e-4, time_s=1.0) == {"ok": True}
        assert true(served, "measured_current_A") == 1e-4 and true(served, "current_A") == pytest.approx(1e-4)
        assert true(served, "voltage_V") > rest_V, "positive charges"
        assert "no sample after" in str(served.control.order(measured_current_A=0.0, time_s=1.0)["error"])
        served.control.order(measured_current_A=-1e-4, time_s=2.0)
        assert true(served, "voltage_V") < rest_V and true(served, "measured_time_s") == 2.0


def test_a_current_of_which_nothing_new_is_said_ends(tmp_path: Path) -> None:
    with serving(tmp_path, WITHOUT_POTENTIOSTAT) as served:
        served.control.order(measured_current_A=1e-4, time_s=1.0, holds_s=0.2)
        wait_for(served.clock, lambda: true(served, "current_A") == 0.0, PATIENT_S, every_s=0.05)
        assert "measured_current_A" not in served.control.order(state=True)


@pytest.mark.parametrize(
    ("bench", "why"),
    [
        (bench_of(box="keller-33x sim://box", cell="emstat4-hr tcp://127.0.0.1:1"), "which live in different time"),
        (bench_of(box="keller-33x tcp://127.0.0.1:1"), "whose time cannot be skipped"),
    ],
    ids=["some simulated in this process", "all real or served"],
)
def test_virtual_time_is_refused_beside_anything_real(bench: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "mixed.yaml"
    path.write_text(bench, encoding="utf-8")
    with pytest.raises(InstrumentError, match=why):
        open_bench(path, VirtualClock())
