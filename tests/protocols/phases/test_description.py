"""The phases as data: what each allows, and that the way leads round."""

import pytest

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.interlocks import Phase, shipped_rules
from operando.protocols.phases import Deed, deed_of, described

WAY = tuple(Phase)


def test_every_phase_is_described_in_the_order_of_the_way() -> None:
    assert tuple(described()) == WAY


@pytest.mark.parametrize(("before", "after"), list(zip(WAY, (*WAY[1:], WAY[0]), strict=True)), ids=str)
def test_the_way_leads_from_each_phase_to_the_next_and_round(before: Phase, after: Phase) -> None:
    assert before in described()[after].follows


def test_beam_high_voltage_stage_and_current_are_for_the_open_box_that_is_observed_alone() -> None:
    for phase, description in described().items():
        powers = description.allows & {Deed.BEAM, Deed.HIGH_VOLTAGE, Deed.STAGE, Deed.CURRENT}
        assert bool(powers) is (phase is Phase.OBSERVE)


def test_the_cell_is_left_alone_while_the_box_is_not_in_the_chamber() -> None:
    alone = {phase for phase, description in described().items() if not description.cell_connected}
    assert alone == {Phase.GLOVEBOX, Phase.TRANSFER, Phase.BACK}


def test_what_no_gauge_can_tell_is_confirmed_by_a_person() -> None:
    assert {phase for phase, one in described().items() if one.confirmed_before} == {Phase.OBSERVE, Phase.VENT}


def test_hydrogen_sulfide_is_told_wherever_moist_air_can_meet_the_cell() -> None:
    told = {phase for phase, one in described().items() if "hydrogen sulfide" in one.tell}
    assert told == {Phase.TRANSFER, Phase.CLOSE, Phase.VENT, Phase.BACK} == shipped_rules()["hydrogen sulfide"].phases


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.OBSERVE, Phase.CLOSE], ids=str)
def test_people_are_told_not_to_vent_while_the_box_is_open(phase: Phase) -> None:
    assert "venting" in described()[phase].tell
    assert phase in shipped_rules()["venting"].phases & shipped_rules()["vented over the open box"].phases


@pytest.mark.parametrize(
    ("technique", "deed"),
    [
        (OpenCircuit(), Deed.REST),
        (Impedance(1e5, 1.0, 10, 0.01), Deed.REST),
        (Impedance(1e5, 1.0, 10, 0.01, 3.7), Deed.CURRENT),
        (Galvanostatic(1e-4), Deed.CURRENT),
        (Potentiostatic(3.7), Deed.CURRENT),
    ],
    ids=["rest", "spectrum at rest", "spectrum at a bias", "charge", "hold"],
)
def test_what_a_step_does_to_the_cell(technique: OpenCircuit | Impedance | Galvanostatic, deed: Deed) -> None:
    assert deed_of(technique) is deed
