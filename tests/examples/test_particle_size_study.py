"""What the study runs, and what it takes for the truth."""

from beam import without_beam
from specimens import PROTOCOL
from truth import CellTruth, TrueCycle, shorts_of

from operando.protocols.document import load_protocol, parse_protocol
from operando.protocols.plan import plan
from operando.protocols.program import CaptureNow
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset


def test_the_spared_cell_is_cycled_alike_and_looked_at_only_fresh_and_at_the_end() -> None:
    whole, spared = load_protocol(PROTOCOL), parse_protocol(without_beam(PROTOCOL.read_text(encoding="utf-8")))
    looks, fewer = ([one for one in program.cycling if isinstance(one, CaptureNow)] for program in (whole, spared))
    assert len(whole.cycling) - len(looks) == len(spared.cycling) - len(fewer)
    assert 0 < len(fewer) < len(looks)
    assert list(spared.regions) == list(whole.regions)


def test_a_run_takes_as_many_pictures_as_its_first_lines_say() -> None:
    expected = plan(load_protocol(PROTOCOL)).pictures
    assert f": {expected} pictures." in PROTOCOL.read_text(encoding="utf-8")
    assert expected <= 200


def test_the_truth_of_a_short_is_known_to_the_second() -> None:
    cell = SimulatedCell(cell_preset("coarse"), 1)
    cell.inject_soft_short(1234.0)
    cell.state(2000.0)
    cell.inject_hard_short(2500.0)
    assert shorts_of(cell, 3000.0) == (1234.0, 2500.0)


def test_a_cell_without_a_short_has_no_time_of_one() -> None:
    assert shorts_of(SimulatedCell(cell_preset("coarse"), 1), 600.0) == (None, None)


def test_the_truth_of_a_cycle_has_names() -> None:
    truth = CellTruth((TrueCycle(1, 4.3, 0.92, 50.0, 60.0),), None, None)
    assert truth.cycles[0].efficiency == 0.92
