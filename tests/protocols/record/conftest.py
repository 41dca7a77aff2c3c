"""A small closed record, with something of everything in it."""

from pathlib import Path

import pytest
from support.made_up_record import write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a closed record."""
    write_run(tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def other_run(tmp_path: Path) -> Path:
    """The same once more."""
    write_run(tmp_path / "other")
    return tmp_path / "other"
