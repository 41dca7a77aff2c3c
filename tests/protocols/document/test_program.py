"""What a protocol becomes: the example of the design, value by value."""

from importlib.resources import files
from pathlib import Path

import pytest
from support.protocols import PROTOCOL, changed, program

from operando.drivers.documents import DocumentError
from operando.drivers.roles import (
    Galvanostatic,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
    StagePosition,
)
from operando.protocols.document import load_protocol, parse_protocol
from operando.protocols.program import (
    AskOperator,
    BeamChoice,
    Capture,
    CaptureNow,
    DoseBudget,
    EdsChoice,
    Program,
    RunStep,
    Safety,
    SampleInfo,
)
from operando.protocols.shipped import SHIPPED_PROTOCOLS, shipped_protocol
from operando.protocols.trigger_conditions import BeforeEndOf, Changes, ChargePassed, Crosses, Every, Source

EXAMPLE = Path(__file__).parents[3] / "examples" / "design_example.yaml"


@pytest.fixture(scope="module")
def example() -> Program:
    return load_protocol(EXAMPLE)


def steps_of(made: Program) -> list[RunStep]:
    """The steps that the potentiostat carries out."""
    return [action for action in made if isinstance(action, RunStep)]


def test_sample_safety_and_recording(example: Program) -> None:
    assert example.title == "LPSCl 50-150 um, three regions, C/10"
    assert example.sample == SampleInfo("LPSCl-coarse-03", 4.32, 7.85e-5, "coarse")
    assert example.safety == Safety((2.4, 4.35), (-2.4e-4, 2.4e-4), 2.0)
    assert example.recording == Recording(1.0, 0.001)
    assert example.text == EXAMPLE.read_text(encoding="utf-8")


def test_the_loop_is_unrolled_and_numbered(example: Program) -> None:
    assert len(example.cycling) == 2 + 3 * 6
    assert [action.number for action in example] == list(range(1, 21))
    assert [action.cycle for action in example] == [1] * 8 + [2] * 6 + [3] * 6
    assert [action.line for action in example][:8] == [7, 8, 11, 12, 13, 14, 15, 16]
    first, second = example.cycling[2:8], example.cycling[8:14]
    assert [getattr(a, "name", "") for a in first] == [getattr(a, "name", "") for a in second]


def test_each_kind_of_step_becomes_its_technique(example: Program) -> None:
    rest, charge, hold, relax, spectrum, discharge = steps_of(example)[:6]
    assert rest.technique == OpenCircuit()
    assert (rest.name, rest.duration_s) == ("Rest for 1 hour", 3600.0)
    assert example.cycling[1] == CaptureNow(2, 1, "chemistry", "rest", 2700.0, 8)
    assert charge.technique == Galvanostatic(0.00012, 4.2)
    assert hold.technique == Potentiostatic(4.2, 2.4e-5)
    assert (relax.relaxation_V_per_s, relax.duration_s) == (1e-3 / 3600, 7200.0)
    assert spectrum.technique == Impedance(2e5, 1.0, 10, 0.01, None)
    assert discharge.technique == Galvanostatic(-0.00012, 3.0)


def test_no_step_is_without_an_end(example: Program) -> None:
    rest, charge, hold, relax, spectrum, *_ = steps_of(example)
    assert rest.maximum_duration_s == pytest.approx(3660.0)
    assert charge.maximum_duration_s == pytest.approx(10 * 3600 * 1.5 + 600)
    assert hold.maximum_duration_s == 86400.0
    assert relax.maximum_duration_s > 7200.0
    assert spectrum.maximum_duration_s > 600.0


def test_regions_keep_the_axes_that_are_left_out(example: Program) -> None:
    anode, separator = example.regions["anode"], example.regions["separator"]
    assert anode.stage == StagePosition(0.0012, -0.00035, 0.0)
    assert anode.width_m == pytest.approx(1.2e-4)
    assert separator.tiles == (5, 1)
    assert example.regions["control"].only == ("start", "end")
    found = StagePosition(0.1, 0.2, 0.0077, 0.5, 0.25)
    assert anode.target(found) == StagePosition(0.0012, -0.00035, 0.0077, 0.5, 0.25)


def test_axes_that_are_given_are_gone_to() -> None:
    region = program("y: -0.35 mm}", "y: -0.35 mm, z: 8 mm, tilt: 90 deg}").regions["anode"]
    assert region.as_found == ("rotation",)
    target = region.target(StagePosition(0.0, 0.0, 0.05, 1.0, 1.0))
    assert (target.z_m, target.rotation_rad, target.tilt_rad) == (0.008, 1.0, 1.5707963267948966)


def test_captures_and_triggers(example: Program) -> None:
    assert example.captures["overview"] == Capture(
        "overview", ("anode", "separator"), BeamChoice(5000.0, 1e-10), ("SE", "BSE"), (1024, 768), 1e-5, line=23
    )
    assert example.captures["chemistry"].eds == EdsChoice(None, (32, 32), 0.2)
    assert example.captures["chemistry"].refocus
    assert example.captures["burst"].repeat == 20
    assert [trigger.condition for trigger in example.triggers] == [
        Every(900.0),
        BeforeEndOf("charge"),
        Changes(Source("voltage"), 0.02, 5.0, "falls"),
    ]
    soft_short = example.triggers[2]
    assert (soft_short.during, soft_short.settled_s, soft_short.start_within_s) == (("charge",), 60.0, 3.0)


def test_dose_and_interlocks(example: Program) -> None:
    assert example.dose == DoseBudget({"anode": 8.0, "cathode": 1500.0}, frozenset({"anode"}), 3600.0)
    assert [rule.name for rule in example.interlocks] == ["chamber vacuum", "box leak", "stack pressure"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("voltage: {rises_above: 4.1 V}", Crosses(Source("voltage"), 4.1, "rises")),
        ("voltage: {falls_below: 3.2 V}", Crosses(Source("voltage"), 3.2, "falls")),
        ("voltage: {rises: 5 mV, over: 1 s}", Changes(Source("voltage"), 0.005, 1.0, "rises")),
        ("charge_passed: 0.1 mAh", ChargePassed(0.36)),
        ("charge_passed: 0.1 mAh/cm^2", ChargePassed(0.2826)),
    ],
)
def test_conditions(condition: str, expected: object) -> None:
    assert program("every: 15 min", condition).triggers[0].condition == expected


def test_a_question_has_answers_and_a_way_out() -> None:
    asked = next(action for action in program() if isinstance(action, AskOperator))
    assert (asked.question, asked.answers, asked.otherwise, asked.at_most_s) == ("go on?", ("yes", "no"), "yes", 3600.0)


def test_a_step_may_record_at_its_own_pace() -> None:
    step = program("Rest for 1 hour", "Rest for 1 hour (1 minute period)").cycling[0]
    assert isinstance(step, RunStep)
    assert step.recording == Recording(60.0, 0.001)


def test_the_longest_time_of_a_step_can_be_given() -> None:
    step = program("until 4.2 V}", "until 4.2 V, at_most: 12 h}").cycling[2]
    assert isinstance(step, RunStep)
    assert step.maximum_duration_s == 43200.0
    with pytest.raises(DocumentError, match=r":13: .*at_most 60 s is not longer than the 7200 s that the step takes"):
        parse_protocol(changed("until 4.2 V}", "for 2 h, at_most: 60 s}"))


def test_pictures_alone_need_no_cycling() -> None:
    text = PROTOCOL[: PROTOCOL.index("cycling:")] + "imaging_only: 2 h\n" + PROTOCOL[PROTOCOL.index("regions:") :]
    text = text[: text.index("when:")] + "when: [{every: 10 min, capture: overview}]\n"
    made = parse_protocol(text)
    assert (made.cycling, made.imaging_only_s) == ((), 7200.0)


@pytest.mark.parametrize("name", SHIPPED_PROTOCOLS)
def test_shipped_protocols_are_package_data_and_load(name: str) -> None:
    assert (files("operando.protocols.shipped") / f"{name}.yaml").is_file()
    assert len(shipped_protocol(name).cycling) > 3


def test_what_is_not_shipped_is_refused_with_what_is() -> None:
    with pytest.raises(KeyError, match="there are demo, minutes"):
        shipped_protocol("dmeo")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nowhere.yaml: cannot be read: there is no such file"):
        load_protocol(tmp_path / "nowhere.yaml")
