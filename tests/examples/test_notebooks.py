"""The notebooks run from top to bottom in a new kernel, and lie in the repository without what they printed."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = ("first_look", "open_tools")


def notebook(name: str) -> nbformat.NotebookNode:
    text = (EXAMPLES / f"{name}.ipynb").read_text(encoding="utf-8")
    read: nbformat.NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # its package is not annotated
    return read


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_kept_without_outputs(name: str) -> None:
    read = notebook(name)
    nbformat.validate(read)
    cells = [cell for cell in read.cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_step_of_a_notebook_is_explained(name: str) -> None:
    kinds = [cell.cell_type for cell in notebook(name).cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= 0.6 * kinds.count("code")


def test_the_open_tools_need_nothing_of_ours() -> None:
    code = "\n".join(cell.source for cell in notebook("open_tools").cells if cell.cell_type == "code")
    assert "import operando" not in code
    assert "from operando" not in code


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")  # of the kernel's own packages
def test_first_look_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPERANDO_RUN", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    read = notebook("first_look")
    NotebookClient(read, timeout=500, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = "".join(
        output.text for cell in read.cells if cell.cell_type == "code" for output in cell.outputs if "text" in output
    )
    assert "nothing is wrong" in printed
    assert "frames of anode" in printed
    pictures = [
        output
        for cell in read.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 4
