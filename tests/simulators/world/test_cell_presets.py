"""Presets are data: each value has a source or is marked free, and sums to the resistances of the sheet."""

from importlib.resources import files

import pytest
from pydantic import ValidationError

from operando.drivers.documents import parse_document
from operando.simulators.world.presets import CellParameters, cell_preset


@pytest.mark.parametrize("part", ["common", "fine", "coarse", "xu2019"])
def test_every_value_says_where_it_is_from(part: str) -> None:
    text = files("operando.simulators.world").joinpath(f"cell_{part}.yaml").read_text(encoding="utf-8")
    data = parse_document(text, part).data
    assert isinstance(data, dict)
    assert set(data) <= set(CellParameters.model_fields)
    assert all(set(entry) == {"value", "source"} and entry["source"] for entry in data.values())


def test_value_without_source_is_refused() -> None:
    values = cell_preset("fine").model_dump()
    with pytest.raises(ValidationError, match="needs its source"):
        CellParameters.model_validate({**values, "area_m2": {"value": 1e-4}})


def test_unknown_value_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        CellParameters.model_validate({**cell_preset("fine").model_dump(), "aera_m2": 1e-4})


@pytest.mark.parametrize(("preset", "ohm_cm2"), [("fine", 38.0), ("coarse", 31.0)])
def test_separator_has_the_resistance_of_the_sheet(preset: str, ohm_cm2: float) -> None:
    parameters = cell_preset("fine" if preset == "fine" else "coarse")
    assert parameters.separator_ohm_m2 * 1e4 == pytest.approx(ohm_cm2, rel=0.02)


def test_conductivity_follows_temperature() -> None:
    warm = cell_preset("fine").model_copy(update={"temperature_K": 333.15})
    # 0.35 eV over 35 K: a factor of 4.18 for sigma T
    assert warm.conductivity_now_S_per_m == pytest.approx(0.156 * 298.15 / 333.15 * 4.18, rel=0.01)
