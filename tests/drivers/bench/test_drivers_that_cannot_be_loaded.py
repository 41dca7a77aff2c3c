"""A driver of others whose package is broken, or lacks something, is told by its entry point."""

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from operando.drivers.bench import open_bench
from operando.drivers.errors import ConfigMismatch

BENCH = """operando_bench: 1
name: test
instruments: {gauge: {driver: acme, address: 'sim://box'}}
record: {institution: test, operator: test}
"""


@pytest.mark.parametrize("offered", ["acme_that_is_not_installed:open_gauge", "json:open_gauge"])
def test_what_cannot_be_loaded_is_named(offered: str, mocker: MockerFixture, tmp_path: Path) -> None:
    bench = tmp_path / "bench.yaml"
    bench.write_text(BENCH, encoding="utf-8")
    entry = EntryPoint("acme", offered, "operando.drivers")
    mocker.patch("operando.drivers.bench.open.entry_points", return_value=EntryPoints([entry]))
    with pytest.raises(ConfigMismatch, match=f"'acme' is offered as {offered}, which cannot be loaded") as caught:
        open_bench(bench)
    assert caught.value.where == "gauge" and "entry point" in caught.value.remedy
