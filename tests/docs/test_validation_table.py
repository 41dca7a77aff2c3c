"""The table in the docs is what the command prints: values of the presets beside those of the literature."""

from pathlib import Path

from peers.cell_table import beside_literature

WORLD = Path(__file__).parents[2] / "docs" / "world.md"


def test_the_table_beside_the_literature_is_the_one_that_the_command_prints() -> None:
    assert beside_literature() in WORLD.read_text(encoding="utf-8")
