"""Every Python snippet of the README and the documentation runs, and every protocol in them passes its check."""

import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from support.served import serving

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def snippets(language: str, containing: str = "") -> dict[str, str]:
    """Texts by page and number."""
    found: dict[str, str] = {}
    for page in PAGES:
        blocks = re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        found |= {f"{page.name}[{index}]": block for index, block in enumerate(blocks) if containing in block}
    return found


PYTHON = snippets("python")
PROTOCOLS = snippets("yaml", containing="operando: 1")


def test_there_are_snippets() -> None:
    assert PYTHON and PROTOCOLS


@pytest.mark.parametrize("code", list(PYTHON.values()), ids=list(PYTHON))
def test_python(code: str, tmp_path: Path) -> None:
    with serving(tmp_path) if "ports.json" in code else nullcontext():
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", list(PROTOCOLS.values()), ids=list(PROTOCOLS))
def test_protocol(text: str, tmp_path: Path) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_text(text, encoding="utf-8")
    check = [sys.executable, "-m", "operando.protocols.cli", "check", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
