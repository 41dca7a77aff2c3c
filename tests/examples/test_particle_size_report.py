"""What the report of the study says beside its findings."""

from free_parameters import free_parameters, free_sentence, free_table, parameter_count
from report import sentences
from verdict import Mode

from operando.simulators.world.presets import cell_preset


def test_free_parameters_are_those_that_the_data_files_call_free() -> None:
    found = {(one.batch, one.name): one for one in free_parameters(["fine", "coarse"])}
    assert found["coarse", "refilling"].value == "0.8"
    assert found["fine", "refilling"].value == "0.45"
    assert found["common", "collapse_fractions"].value == "0.3, 0.1"
    # free in a range beside what a paper says
    assert "free by 10 %" in found["fine", "replenishment_A_per_m2"].source
    # these have a source
    assert ("common", "area_m2") not in found
    assert ("coarse", "crack_tortuosity") not in found


def test_every_free_parameter_makes_a_cell() -> None:
    for batch in ("fine", "coarse"):
        values = cell_preset(batch).model_dump()
        assert all(one.name in values for one in free_parameters([batch]))
        assert parameter_count([batch]) == len(values)


def test_the_sentence_counts_what_the_table_lists() -> None:
    rows = free_table(["fine", "coarse"]).splitlines()[2:]
    assert free_sentence(["fine", "coarse"]).startswith(f"{len(rows)} of the ")


def test_a_batch_that_comes_twice_is_listed_once() -> None:
    assert free_table(["fine", "fine"]) == free_table(["fine"])


def test_a_mode_without_a_date_is_not_said_to_be_there_from_the_beginning() -> None:
    shown = (Mode("mechanical", 0.4, None, "seen at the end"), Mode("electrical", 0.7, 7200.0, "restless"))
    assert sentences(("A", "B"), (), (shown, ()))[1] == (
        "A: mechanical (0.40, onset not dated: seen at the end), then electrical (0.70, from 2 h: restless)."
    )
