"""The doors of runners are kept in a place of the test's own."""

import pytest


@pytest.fixture(autouse=True)
def _own_doors(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))
