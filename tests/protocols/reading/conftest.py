"""Small records to read."""

from pathlib import Path

import pytest
from support.recorded_run import record_run

from operando.protocols import open_run
from operando.protocols.reading import Run


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed record. Not to be changed."""
    folder = tmp_path_factory.mktemp("closed") / "run"
    record_run(folder)
    return folder


@pytest.fixture
def run(closed: Path) -> Run:
    """The closed record, opened."""
    return open_run(closed)
