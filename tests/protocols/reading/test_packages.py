"""What needs a package that is not installed says which, and how to get it."""

import sys
from collections.abc import Callable

import pytest

from operando.protocols.reading import MissingPackage, Run
from operando.protocols.reading.packages import require_package


@pytest.mark.parametrize(
    "ask",
    [Run.to_pandas, lambda run: run.join([1.0]), lambda run: run.frames.table(), lambda run: run.spectra.table()],
    ids=["samples", "join", "frames", "spectra"],
)
def test_tables_need_pandas(run: Run, ask: Callable[[Run], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackage, match=r"a table needs the package pandas.*pip install 'operando\[tables\]'"):
        ask(run)


def test_everything_else_does_without(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert run.frames.at(voltage=3.6).verified_pixels().shape == (6, 8)
    assert len(run.frames[0].lines()) == 6


def test_a_part_of_a_package_is_installed_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingPackage, match=r"operando\[parquet\]"):
        require_package("pyarrow.parquet", "Parquet")
