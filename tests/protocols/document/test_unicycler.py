"""aurora-unicycler JSON: read with its own rules, written so that it reads back the same.

The documents here follow the package's published format; the package itself is asked by `tests/peers`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.protocols import changed, program

from operando.drivers.documents import DocumentError
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Recording, Technique
from operando.protocols.document import NotInUnicycler, load_protocol, parse_protocol, write_unicycler
from operando.protocols.program import CyclingAction, Program, RunStep, Safety, SampleInfo

CHARGE = {"step": "constant_current", "rate_C": "C/10", "until_voltage_V": 4.2}
HOLD = {"step": "constant_voltage", "voltage_V": 4.2, "until_rate_C": 0.02, "until_time_s": 21600}
DISCHARGE = {"step": "constant_current", "current_mA": "-0.12", "until_voltage_V": "3.0", "until_time_s": ""}
REST = {"step": "open_circuit_voltage", "until_time_s": 3600}
SPECTRUM = {
    "step": "impedance_spectroscopy",
    "amplitude_V": 0.01,
    "start_frequency_Hz": 200000.0,
    "end_frequency_Hz": 1.0,
}
LIMITS = {"max_voltage_V": 4.35, "min_voltage_V": 2.4, "max_current_mA": 0.24, "min_current_mA": -0.24, "delay_s": 5}


def loop(to: str | int, count: int) -> dict[str, object]:
    return {"step": "loop", "loop_to": to, "cycle_count": count}


def tag(name: str) -> dict[str, object]:
    return {"step": "tag", "tag": name}


def document(*method: Mapping[str, object], **more: object) -> dict[str, object]:
    return {
        "unicycler": {"version": "0.4.6"},
        "sample": {"name": "LPSCl-7", "capacity_mAh": 1.2},
        "record": {"time_s": 10, "voltage_V": 0.005, "current_mA": None},
        "safety": LIMITS,
        "method": method,
        **more,
    }


Load = Callable[[dict[str, object]], Program]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_document(content: dict[str, object]) -> Program:
        path = tmp_path / "cell.json"
        path.write_text(json.dumps(content, indent="\t"), encoding="utf-8")
        return load_protocol(path)

    return load_document


def test_sample_recording_and_safety(load: Load) -> None:
    loaded = load(document(REST))
    assert loaded.sample == SampleInfo("LPSCl-7", 4.32)
    assert loaded.recording == Recording(10.0, 0.005)
    assert loaded.safety == Safety((2.4, 4.35), (-0.00024, 0.00024), 5.0)


@pytest.mark.parametrize(
    ("step", "technique", "duration_s", "name"),
    [
        (CHARGE, Galvanostatic(0.00012, 4.2), None, "Charge at 0.12 mA until 4.2 V"),
        (DISCHARGE, Galvanostatic(-0.00012, 3.0), None, "Discharge at 0.12 mA until 3 V"),
        (HOLD, Potentiostatic(4.2, 2.4e-5), 21600.0,
         "Hold at 4.2 V until 0.024 mA or for 21600 seconds"),
        (REST, OpenCircuit(), 3600.0, "Rest for 3600 seconds"),
        (SPECTRUM, Impedance(2e5, 1.0, 10, 0.01, None), None, "impedance"),
        ({**CHARGE, "rate_C": "D/2", "id": "go"}, Galvanostatic(-0.0006, 4.2), None, "go"),
        ({**CHARGE, "rate_C": "1/5"}, Galvanostatic(0.00024, 4.2), None,
         "Charge at 0.24 mA until 4.2 V"),
        ({**CHARGE, "current_mA": 5.0}, Galvanostatic(0.00012, 4.2), None,
         "Charge at 0.12 mA until 4.2 V"),
    ],
)  # fmt: skip
def test_each_step_becomes_its_technique(
    load: Load, step: dict[str, object], technique: Technique, duration_s: float | None, name: str
) -> None:
    (only,) = load(document(step)).cycling
    assert isinstance(only, RunStep)
    assert only.technique == technique
    assert (only.duration_s, only.name, only.number) == (duration_s, name, 1)
    assert only.maximum_duration_s > (duration_s or 0.0)
    assert only.line > 1


@pytest.mark.parametrize(
    ("method", "count", "last_cycle"),
    [
        ((tag("a"), CHARGE, DISCHARGE, loop("a", 3)), 6, 3),
        ((REST, CHARGE, DISCHARGE, loop(2, 2)), 5, 2),
        ((tag("a"), tag("b"), CHARGE, DISCHARGE, loop("b", 5), SPECTRUM, loop("a", 4)), 44, 20),
        ((CHARGE, DISCHARGE, loop(1, 2), tag("slow"), CHARGE, REST, DISCHARGE, loop("slow", 2)), 10, 4),
        ((tag("p"), CHARGE, REST, loop("p", 60), DISCHARGE), 121, 1),
    ],
    ids=["tag", "number", "nested", "two", "titration"],
)
def test_loops_are_unrolled(load: Load, method: tuple[Mapping[str, object], ...], count: int, last_cycle: int) -> None:
    cycling = load(document(*method)).cycling
    assert (len(cycling), cycling[-1].cycle) == (count, last_cycle)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (document({"step": "voltage_scan", "start_voltage_V": 3, "end_voltage_V": 4, "scan_rate_mV_per_s": 1}),
         "voltage_scan is not available"),
        (document({"step": "constant_curent"}), "did you mean 'constant_current'?"),
        (document({"until_time_s": 3}), "is no step; a step has 'step'"),
        (document({**CHARGE, "until_volts": 4.0}), "unknown key 'until_volts'; did you mean 'until_voltage_V'?"),
        (document({**CHARGE, "rate_C": "C/"}), "'C/' is not a number"),
        (document({**CHARGE, "rate_C": 0}), "needs rate_C or current_mA"),
        (document({"step": "constant_current", "rate_C": 1}), "needs until_time_s or until_voltage_V"),
        (document({"step": "constant_voltage", "voltage_V": 4}), "needs until_time_s, until_rate_C"),
        (document({**SPECTRUM, "amplitude_mA": 1}), "galvanostatic impedance (amplitude_mA) is not available"),
        (document({**SPECTRUM, "drift_correction": True}), "drift correction is not available"),
        (document({**SPECTRUM, "measures_per_point": 3}), "measures_per_point other than 1"),
        (document(REST, record={"time_s": 1, "current_mA": 0.1}), "recording on a change of current"),
        (document(REST, safety={"max_voltage_V": 4.3}), "give all four limits"),
        (document(REST, safety={**LIMITS, "max_capacity_mAh": 2}), "a limit on the capacity is not available"),
        (document(CHARGE, sample={"name": "x"}), "a C-rate needs sample.nominal_capacity"),
        (document(DISCHARGE, sample={"name": "x"}), "may take any time"),
        (document(REST, loop("nowhere", 2)), "the tag 'nowhere', which does not exist"),
        (document(loop("a", 2), tag("a"), REST), "goes forwards"),
        (document(tag("a"), loop("a", 2)), "there is nothing to repeat"),
        (document(tag("a"), tag("a"), REST), "the tag 'a' is given twice"),
        (document(tag("a"), REST, tag("b"), REST, loop("a", 2), loop("b", 2)), "into the middle of another loop"),
        (document(), "method: needs at least 1 entries"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_refused_by_name(load: Load, content: dict[str, object], words: str) -> None:
    with pytest.raises(DocumentError) as refused:
        load(content)
    assert words in str(refused.value)


def test_problems_stand_at_the_line_of_their_step(load: Load) -> None:
    with pytest.raises(DocumentError) as refused:
        load(document(REST, {**CHARGE, "rate_C": "x"}))
    (problem,) = refused.value.problems
    assert (problem.where, problem.line) == ("method[1].rate_C", 28)


def test_a_protocol_takes_its_cycling_from_a_unicycler_file(tmp_path: Path) -> None:
    text = changed("sample: {name: cell, nominal_capacity: 1.2 mAh,", "sample: {name: cell,")
    start, end = text.index("cycling:"), text.index("regions:\n")
    text = text[:start] + "cycling: {unicycler: steps.json}\n" + text[end:]
    named: list[dict[str, object]] = [{**CHARGE, "id": "charge"}, {**DISCHARGE, "id": "discharge"}]
    (tmp_path / "steps.json").write_text(json.dumps(document(*named)), encoding="utf-8")
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    loaded = load_protocol(tmp_path / "p.yaml")
    assert [action.line for action in loaded] == [8, 8]
    assert loaded.sample.nominal_capacity_C == pytest.approx(4.32)
    assert loaded.attachments == {"steps.json": json.dumps(document(*named))}
    with pytest.raises(DocumentError, match=r"unknown step 'charg'; did you mean 'charge'\?"):
        parse_protocol(text.replace("end_of: charge", "end_of: charg"), folder=tmp_path)
    with pytest.raises(DocumentError, match=r":8: cycling.unicycler: .*other.json: cannot be read: .*steps.json"):
        parse_protocol(text.replace("steps.json", "other.json"), folder=tmp_path)


def test_repetitions_are_written_as_loops(load: Load) -> None:
    written = json.loads(write_unicycler(load(document(tag("a"), CHARGE, DISCHARGE, loop("a", 3), REST))))
    assert [step["step"] for step in written["method"]] == [
        "tag", "constant_current", "constant_current", "loop", "open_circuit_voltage"
    ]  # fmt: skip
    assert written["method"][3] == {"step": "loop", "loop_to": "repeat 1", "cycle_count": 3}
    assert written["safety"] == LIMITS


@settings(deadline=None)
@given(st.lists(st.sampled_from([CHARGE, HOLD, DISCHARGE, REST, SPECTRUM]), min_size=1, max_size=14))
@example([REST, CHARGE, DISCHARGE, REST, loop(2, 2)])
@example([tag("a"), tag("b"), CHARGE, DISCHARGE, loop("b", 5), SPECTRUM, loop("a", 4)])
@example([tag("p"), CHARGE, REST, loop("p", 60), DISCHARGE])
def test_what_is_written_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, method: tuple[Mapping[str, object], ...]
) -> None:
    folder = tmp_path_factory.mktemp("unicycler")
    (folder / "a.json").write_text(json.dumps(document(*method)), encoding="utf-8")
    first = load_protocol(folder / "a.json")
    (folder / "b.json").write_text(write_unicycler(first), encoding="utf-8")
    second = load_protocol(folder / "b.json")
    assert [shown(action) for action in first] == [shown(action) for action in second]
    assert (first.safety, first.recording) == (second.safety, second.recording)


def shown(action: CyclingAction) -> list[object]:
    assert isinstance(action, RunStep)
    values = (*astuple(action.technique), action.duration_s, action.cycle)
    return [type(action.technique), *(round(v, 13) if isinstance(v, float) else v for v in values)]


def test_a_charge_at_constant_current_is_written_as_a_time() -> None:
    text = changed("at C/10 until 4.2 V", "at C/10 until 0.6 mAh or until 4.2 V")
    only = text[: text.index("  - Rest")] + "  - Charge at C/10 until 0.6 mAh or until 4.2 V\n"
    written = json.loads(write_unicycler(parse_protocol(only)))
    (step,) = written["method"]
    assert step["until_time_s"] == pytest.approx(5 * 3600)
    assert (step["until_voltage_V"], step["current_mA"]) == (4.2, 0.12)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("{name: r, rest: {until: 1 mV/h, at_most: 1 h}}", "a rest until relaxation"),
        ("{capture: overview, at_most: 1 h}", "a rendezvous with a capture"),
        ("{ask: ready?}", "a question to the operator"),
        ("Hold at 4 V until 0.1 mAh", "a hold until a charge"),
        ("{impedance: {bias: 3.7 V, from: 1 kHz, to: 1 Hz, amplitude: 5 mV rms}}", "a spectrum at a bias"),
        ("Rest for 1 h (1 minute period)", "a recording interval of one step"),
    ],
)
def test_what_unicycler_has_no_words_for_is_refused(step: object, words: str) -> None:
    made = program("- Rest for 1 hour\n  - {capture: chemistry, cell: rest, at_most: 45 min}", f"- {step}")
    with pytest.raises(NotInUnicycler, match=words.replace("a spectrum", "an impedance spectrum")):
        write_unicycler(made)
