"""The dry run shows where regions are focused and with what dose; what would harm a region is refused."""

import pytest
from support.bench_facts import BENCH
from support.protocols import PROTOCOL, changed

from operando.drivers.documents import DocumentError
from operando.protocols.check import check
from operando.protocols.document import parse_protocol
from operando.protocols.focus.place import focus_spots, overlap
from operando.protocols.plan import plan, render_plan

CROWD = """\
regions:
  spare: {stage: {x: 1.3 mm, y: -0.35 mm}, width: 120 um}
"""


def with_focus(rule: str, text: str = PROTOCOL) -> str:
    return f"{text}focus: {{{rule}}}\n"


def findings(text: str) -> list[str]:
    return [finding.what for finding in check(parse_protocol(text), BENCH) if finding.severity == "error"]


def test_a_rule_with_nothing_against_it() -> None:
    assert findings(with_focus("every: 2 h, largest_dose: 5 C/m^2")) == findings(PROTOCOL)


def test_the_plan_says_where_how_often_and_with_what_dose() -> None:
    program = parse_protocol(with_focus("every: 2 h, largest_dose: 2 C/m^2"))
    rehearsed = plan(program, BENCH)
    beside = {one.spot: one for one in rehearsed.focusing}
    assert set(beside) == {"focus beside anode", "focus beside cathode"}
    anode = beside["focus beside anode"]
    assert (anode.x_m, anode.y_m) == pytest.approx((1.285e-3, -0.35e-3)), "half of both fields, and 10 um"
    hours = rehearsed.duration_s / 3600
    assert 0.3 * hours < anode.times <= hours / 2 + 1
    assert beside["focus beside cathode"].each_C_per_m2 == pytest.approx(2.0)
    assert anode.total_C_per_m2 == pytest.approx(anode.times * anode.each_C_per_m2)
    assert "focus beside anode at x 1.285 mm, y -0.350 mm" in render_plan(rehearsed)
    without = {one.region: one.waiting_C_per_m2 for one in plan(parse_protocol(PROTOCOL), BENCH).regions}
    assert all(one.waiting_C_per_m2 < without[one.region] for one in rehearsed.regions), "regions are not focused on"


@pytest.mark.parametrize("tiles", ["[1, 1]", "[3, 1]", "[3, 4]"])
def test_spots_touch_no_region_and_no_other_spot(tiles: str) -> None:
    text = changed("tiles: [3, 1]", f"tiles: {tiles}").replace("y: -0.98 mm", "y: -0.42 mm")
    program = parse_protocol(with_focus("every: 2 h", text))
    spots = focus_spots(program)
    for name, spot in spots.items():
        assert spot is not None
        others = [one for other, one in spots.items() if other != name and one is not None]
        assert not any(overlap(spot, one, 0.0) for one in (*program.regions.values(), *others))


REFUSED = [
    ("looks at the sacrificed", "on: anode", "", "", "looks at region 'anode', which is sacrificed to focus"),
    ("overlaps", "on: spare", "regions:\n", CROWD, "which is sacrificed to focus, overlaps region 'anode'"),
    ("dose", "largest_dose: 0.01 C/m^2", "", "", "0.01 C/m^2 are allowed"),
    ("budget", "every: 10 min, budget: 3 C/m^2", "", "", "by"),
    ("range", "range: 60 mm", "", "", "a range of 60000 um to both sides is more than the column's"),
    ("detector", "detector: Inlens", "", "", "unknown detector 'Inlens'"),
]


@pytest.mark.parametrize(
    ("rule", "old", "new", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_would_harm_or_cannot_be_is_refused(rule: str, old: str, new: str, said: str) -> None:
    text = changed(old, new) if old else PROTOCOL
    assert any(said in what for what in findings(with_focus(rule, text)))


UNREADABLE = [
    ("no unit", "range: 60", "range"),
    ("no percent", "when_sharpness_falls: 30", "when_sharpness_falls"),
    ("too many percent", "when_sharpness_falls: 130 %", "not a percentage"),
    ("no dose", "largest_dose: 5 C", "largest_dose"),
    ("unknown region", "on: anodee", "did you mean 'anode'"),
    ("unknown key", "evry: 2 h", "every"),
    ("no astigmatism", "stigmator_range: 3 %", "astigmatism: true"),
]


@pytest.mark.parametrize(("rule", "said"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_what_is_not_understood_is_said(rule: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said.replace("(", r"\(")):
        parse_protocol(with_focus(rule))
