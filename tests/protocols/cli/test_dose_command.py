"""`operando dose propose` on a run that is no damage series."""

from pathlib import Path

import pytest
from support.focus_runs import bench_in_world
from support.run_protocols import IMAGING_ONLY

from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.dose import propose_dose


def test_a_run_without_pairs_of_pictures_is_no_series(tmp_path: Path) -> None:
    bench_in_world(tmp_path).run(IMAGING_ONLY, tmp_path / "run")
    with pytest.raises(ConfigMismatch, match="no damage series: no spot was looked at twice") as refused:
        propose_dose(tmp_path / "run", None, json=False)
    assert "repeat: 2" in str(refused.value)
