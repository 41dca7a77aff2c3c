"""Presets are data: each value has a source or is marked free, and sums to the resistances of the sheet."""

from importlib.resources import files

import pytest
from pydantic import ValidationError

from operando.drivers.documents import parse_document
from operando.simulators.world.presets import CellParameters, GrainBatch, PresetName, cell_preset
from operando.simulators.world.scene_layout import grain_batch

DIFFERENCES = {
    "conductivity_S_per_m": "smaller grains conduct less: more boundaries, less dense",
    "conductivity_activation_eV": "measured for both grain sizes",
    "interface_ohm_m2": "small grains touch the lithium at more and smaller places",
    "replenishment_A_per_m2": "small grains lose contact at a lower current",
    "void_share": "small grains keep more of the voids at the contact",
    "refilling": "voids over small grains close less well",
    "anode_sei_growth_m_per_sqrt_s": "more boundaries along which the interphase grows",
    "cathode_sei_growth_m_per_sqrt_s": "small grains touch more of the NMC",
    "initial_flaw_m": "flaws are as large as the roughness of the pellet",
    "r_curve_length_m": "large grains deflect and bridge a crack",
    "crack_tortuosity": "cracks go along grain boundaries, around large grains",
    "grains.d10_m": "the batches are sieve cuts of other sizes",
    "grains.d50_m": "the batches are sieve cuts of other sizes",
    "grains.d90_m": "the batches are sieve cuts of other sizes",
    "grains.smallest_m": "what the finer sieve lets through is not in the batch",
    "grains.largest_m": "what the wider sieve holds back is not in the batch",
    "grains.porosity": "small grains are pressed less dense",
    "grains.roughness_m": "the surface of a pellet is as rough as its grains are large",
}
"""Everything in which the two batches differ, each with its reason; whoever adds a difference says why here."""


def by_name(parameters: CellParameters) -> dict[str, object]:
    """All values, those of the grains as `grains.NAME`."""
    values = parameters.model_dump()
    grains = values.pop("grains")
    return {**values, **{f"grains.{name}": value for name, value in grains.items()}}


def test_batches_differ_in_what_is_declared_and_in_nothing_else() -> None:
    fine, coarse = cell_preset("fine"), cell_preset("coarse")
    ours, theirs = by_name(fine), by_name(coarse)
    assert set(ours) == set(theirs)
    differing = {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}
    shown = "\n".join(f"{name}: fine {a}, coarse {b}" for name, (a, b) in differing.items())
    print(shown)  # noqa: T201  the difference of the batches, for whoever asks with -s
    assert set(differing) == set(DIFFERENCES), shown


def test_symmetric_cells_keep_what_makes_the_batch() -> None:
    for batch in ("fine", "coarse"):
        name: PresetName = "fine" if batch == "fine" else "coarse"
        full, symmetric = cell_preset(name), cell_preset(name, "symmetric")
        assert symmetric.symmetric and not full.symmetric
        ours, theirs = by_name(full), by_name(symmetric)
        assert all(ours[field] == theirs[field] for field in DIFFERENCES if "cathode" not in field)


@pytest.mark.parametrize("part", ["common", "fine", "coarse", "symmetric", "xu2019"])
def test_every_value_says_where_it_is_from(part: str) -> None:
    text = files("operando.simulators.world").joinpath(f"cell_{part}.yaml").read_text(encoding="utf-8")
    data = parse_document(text, part).data
    assert isinstance(data, dict)
    assert set(data) <= set(CellParameters.model_fields)
    grains = data.pop("grains", {})
    assert set(grains) == (set(GrainBatch.model_fields) if part in ("fine", "coarse") else set())
    for entry in [*data.values(), *grains.values()]:
        assert set(entry) == {"value", "source"} and entry["source"]


def test_value_without_source_is_refused() -> None:
    values = cell_preset("fine").model_dump()
    with pytest.raises(ValidationError, match="needs its source"):
        CellParameters.model_validate({**values, "area_m2": {"value": 1e-4}})


def test_grains_are_those_of_the_data_file_and_need_their_source() -> None:
    assert grain_batch("coarse") == GrainBatch(
        d10_m=62e-6, d50_m=92e-6, d90_m=136e-6, smallest_m=50e-6, largest_m=150e-6, porosity=0.035, roughness_m=5e-6
    )
    assert cell_preset("xu2019").grains is None
    with pytest.raises(ValueError, match="no preset 'xu2019' of the specimen; there are fine, coarse"):
        grain_batch("xu2019")
    with pytest.raises(ValidationError, match="needs its source"):
        GrainBatch.model_validate({**grain_batch("fine").model_dump(), "porosity": {"value": 0.1}})


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
