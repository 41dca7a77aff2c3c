"""A record that is watched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.watched_record import WatchedRecord


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedRecord]:
    run = WatchedRecord(tmp_path / "run")
    yield run
    run.close()
