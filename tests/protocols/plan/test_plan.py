"""The dry run as a whole."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.protocols import PROTOCOL, changed, program

from operando.protocols.document import load_protocol, parse_protocol
from operando.protocols.plan import PlannedCapture, PlannedQuestion, PlannedStep, plan, render_plan

EXAMPLE = Path(__file__).parents[3] / "examples" / "design_example.yaml"
HOUR_S = 3600.0


def only(*cycling: str, when: str = "[]") -> str:
    """A protocol with this cycling and these triggers."""
    head = PROTOCOL[: PROTOCOL.index("cycling:")]
    middle = PROTOCOL[PROTOCOL.index("regions:\n") : PROTOCOL.index("when:")]
    steps = "".join(f"  - {step}\n" for step in cycling)
    return f"{head}cycling:\n{steps}{middle}when: {when}\n"


def steps_of(*cycling: str) -> list[PlannedStep]:
    return list(plan(parse_protocol(only(*cycling))).steps)


def captures_of(when: str, *cycling: str) -> list[PlannedCapture]:
    return list(plan(parse_protocol(only(*cycling, when=when))).captures)


@pytest.mark.parametrize(
    ("step", "hours", "charge_mAh", "basis"),
    [
        ("Rest for 2 hours", 2.0, 0.0, "as written"),
        ("Charge at C/10 until 4.2 V", 10.0, 1.2, "estimate from the nominal capacity"),
        ("Charge at 0.4 mA until 4.2 V", 3.0, 1.2, "estimate from the nominal capacity"),
        ("Charge at C/10 until 4.2 V or for 4 hours", 4.0, 0.48, "as written"),
        ("Charge at C/10 until 4.2 V or until 0.6 mAh", 5.0, 0.6, "from its charge"),
        ("Discharge at C/5 until 3 V", 5.0, -1.2, "estimate from the nominal capacity"),
        ("Hold at 4.2 V for 3 h", 3.0, 0.0, "as written"),
        ("{name: r, rest: {until: 1 mV/h, at_most: 3 h}}", 3.0, 0.0, "at most, if it relaxes slowly"),
    ],
)
def test_the_time_and_charge_of_a_step(step: str, hours: float, charge_mAh: float, basis: str) -> None:
    (planned,) = steps_of(step)
    assert planned.duration_s == pytest.approx(hours * HOUR_S)
    assert planned.charge_C == pytest.approx(charge_mAh * 3.6)
    assert planned.basis == basis


def test_what_is_in_the_cell_is_carried_from_step_to_step() -> None:
    half, rest_of_it, back, forth = steps_of(
        "Charge at C/10 until 0.6 mAh",
        "Charge at C/10 until 4.2 V",
        "Discharge at C/5 until 3 V",
        "Charge at C/2 until 4 V",
    )
    assert [step.duration_s / HOUR_S for step in (half, rest_of_it, back, forth)] == pytest.approx([5, 5, 5, 2])


def test_a_hold_after_a_charge_decays() -> None:
    _, hold = steps_of("Charge at C/10 until 4.2 V", "Hold at 4.2 V until C/50")
    # a twentieth of the capacity at C/10 is half an hour; from C/10 to C/50 are ln 5 of them
    assert hold.duration_s == pytest.approx(0.5 * HOUR_S * 1.6094, rel=1e-3)
    assert hold.basis == "estimate of a decay"


def test_a_cell_that_is_first_discharged_is_taken_to_be_full() -> None:
    first, second = steps_of("Discharge at C/10 until 3 V", "Charge at C/10 until 4.2 V")
    assert [first.duration_s, second.duration_s] == pytest.approx([36000.0, 36000.0])


def test_actions_follow_one_another() -> None:
    planned = plan(program())
    cycling = [action for action in planned if not isinstance(action, PlannedCapture) or action.number is not None]
    assert cycling[0].start_s == 0.0
    for before, after in pairwise(cycling):
        assert after.start_s == pytest.approx(before.end_s)
    assert [action.number for action in cycling] == list(range(1, 15))
    assert any(isinstance(action, PlannedQuestion) and action.duration_s == HOUR_S for action in cycling)


def test_every_is_counted_from_the_start_of_the_run() -> None:
    found = captures_of("[{every: 10 min, capture: overview}]", "Rest for 1 hour")
    assert [capture.start_s for capture in found] == [600.0 * n for n in range(1, 6)]
    assert {capture.reason for capture in found} == {"every 10 min"}


def test_every_during_a_step_is_left_out_elsewhere_and_until_it_has_settled() -> None:
    when = "[{every: 10 min, during: b, settled: 15 min, capture: overview}]"
    found = captures_of(when, "{name: a, step: Rest for 1 hour}", "{name: b, step: Rest for 1 hour}")
    assert [capture.start_s for capture in found] == [4800.0, 5400.0, 6000.0, 6600.0]
    assert {capture.during for capture in found} == {"b"}


def test_once_is_once() -> None:
    assert len(captures_of("[{every: 1 min, once: true, capture: overview}]", "Rest for 1 hour")) == 1


def test_before_and_after_the_end_of_each_such_step() -> None:
    when = "[{just_before_end_of: charge, capture: overview}, {after_end_of: charge, capture: overview}]"
    loop = "{repeat: 3, steps: [{name: charge, step: Charge at 1C for 6 min}, Discharge at 1C for 6 min]}"
    found = captures_of(when, loop)
    before, after = found[::2], found[1::2]
    assert [capture.start_s + capture.duration_s for capture in before] == pytest.approx([360, 1080, 1800])
    assert [capture.start_s for capture in after] == pytest.approx([360, 1080, 1800])
    assert [capture.cycle for capture in before] == [1, 2, 3]


def test_each_portion_of_charge() -> None:
    found = captures_of("[{charge_passed: 0.25 mAh, capture: overview}]", "Charge at 1.2 mA for 1 hour")
    assert [capture.start_s for capture in found] == pytest.approx([750.0, 1500.0, 2250.0, 3000.0])


@pytest.mark.parametrize(
    ("condition", "count"),
    [("rises_above: 4.1 V", 1), ("rises_above: 4.25 V", 0), ("falls_below: 3.2 V", 1), ("falls_below: 2.9 V", 0)],
)
def test_a_value_is_crossed_once_in_each_step_that_leads_there(condition: str, count: int) -> None:
    steps = ("Charge at C/10 until 4.2 V", "Discharge at C/10 until 3 V", "Rest for 1 h")
    assert len(captures_of(f"[{{voltage: {{{condition}}}, capture: overview}}]", *steps)) == count


def test_events_are_not_foreseen_but_priced() -> None:
    (event,) = plan(program()).events
    assert (event.capture, event.reason) == ("overview", "voltage falls by 20 mV within 5 s")
    assert event.dose_C_per_m2 == {"anode": pytest.approx(0.0364, rel=1e-3)}


def test_doses_add_up_by_region_and_cycle() -> None:
    planned = plan(load_protocol(EXAMPLE))
    doses = {dose.region: dose for dose in planned.regions}
    # the design's own arithmetic: 80 pictures and one before the end, of 0.0728 C/m^2 each, in each cycle
    assert doses["anode"].worst_cycle_C_per_m2 == pytest.approx(81 * 0.0728, rel=1e-3)
    assert doses["anode"].counted_C_per_m2 == doses["anode"].worst_cycle_C_per_m2
    # 4 maps of 1024 points, 200 ms at 500 pA on 20 um x 15 um
    assert doses["cathode"].total_C_per_m2 == pytest.approx(4 * 204.8 * 500e-12 / 300e-12, rel=1e-6)
    assert doses["cathode"].worst_cycle == 1
    assert doses["control"].total_C_per_m2 == pytest.approx(2 * 0.0728, rel=1e-3)
    (spot,) = planned.spots
    assert (spot.region, spot.budget_C_per_m2) == ("cathode", 3600.0)


def test_regions_that_are_only_for_start_and_end_are_seen_then_and_never_else() -> None:
    planned = plan(load_protocol(EXAMPLE))
    seen = [(c.reason, c.regions, c.pictures) for c in planned.captures if "control" in c.regions]
    assert seen == [("at the start", ("control",), 2), ("at the end", ("control",), 2)]
    assert planned.captures[-1].start_s == pytest.approx(planned.steps[-1].end_s)


def test_sums() -> None:
    planned = plan(load_protocol(EXAMPLE))
    assert planned.pictures == 2 + 2 + 12 * (240 + 3)
    assert planned.spectra == 4 * 1024
    assert planned.bytes == planned.sample_bytes + sum(capture.bytes for capture in planned.captures)
    assert planned.sample_bytes == pytest.approx(69.8 * 3600 * 174, rel=0.01)


def test_a_step_that_records_slowly_needs_less_room() -> None:
    fast = plan(parse_protocol(only("Rest for 10 hours"))).sample_bytes
    slow = plan(parse_protocol(only("Rest for 10 hours (10 seconds period)"))).sample_bytes
    assert fast == pytest.approx(10 * slow)


def test_pictures_alone_take_the_time_that_is_said() -> None:
    text = PROTOCOL[: PROTOCOL.index("cycling:")] + "imaging_only: 2 h\n" + PROTOCOL[PROTOCOL.index("regions:\n") :]
    text = text[: text.index("when:")] + "when: [{every: 10 min, capture: overview}]\n"
    planned = plan(parse_protocol(text))
    assert planned.duration_s == 7200.0
    assert len(planned.captures) == 11


def test_a_plan_is_plain_json() -> None:
    planned = plan(program())
    plain = json.loads(json.dumps(planned.as_json()))
    assert plain["pictures"] == planned.pictures
    assert {action["kind"] for action in plain["actions"]} == {"step", "question", "capture"}
    assert len(plain["actions"]) == len(planned.actions)


def test_a_plan_is_text_for_people() -> None:
    text = render_plan(plan(load_protocol(EXAMPLE)))
    assert "about 2 d 22 h, 2920 pictures, 4096 spectra" in text
    assert "cycle 1  charge: 10 h, +1.2 mAh (estimate from the nominal capacity)" in text
    assert "240 x overview (every 15 min)" in text
    assert "8 C/m^2 allowed per cycle" in text
    assert "each time that voltage falls by 20 mV within 5 s (depends on the cell): burst" in text
    every = render_plan(plan(load_protocol(EXAMPLE)), every_action=True)
    assert every.count("overview at anode, separator") + every.count("overview at separator, anode") == 243


@settings(max_examples=25, deadline=None)
@given(period=st.integers(1, 120), hours=st.integers(1, 20), repeat=st.integers(1, 4))
def test_the_number_of_timed_captures_is_the_time_over_the_period(period: int, hours: float, repeat: int) -> None:
    text = only(
        f"{{repeat: {repeat}, steps: [Rest for {hours} hours]}}", when=f"[{{every: {period} min, capture: overview}}]"
    )
    planned = plan(parse_protocol(text))
    assert planned.duration_s >= repeat * hours * HOUR_S
    assert len(planned.captures) == (repeat * hours * 60 - 1) // period


def test_a_longer_dwell_costs_more_of_everything() -> None:
    short, long = plan(program()), plan(parse_protocol(changed("dwell: 5 us", "dwell: 10 us")))
    assert long.regions[0].total_C_per_m2 == pytest.approx(2 * short.regions[0].total_C_per_m2, rel=0.01)
    assert long.captures[-1].duration_s > short.captures[-1].duration_s
