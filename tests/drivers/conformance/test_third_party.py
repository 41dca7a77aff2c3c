"""A driver of others, in a package of its own: found by its entry point, and judged like ours."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "third_party_driver"
PATIENT_S = 60.0


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that has the package installed, as an installer leaves it."""
    site = tmp_path / "site"
    (site / "acme_gauge").mkdir(parents=True)
    for path in (EXAMPLE / "acme_gauge").glob("*.py"):
        (site / "acme_gauge" / path.name).write_bytes(path.read_bytes())
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    told.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (told / "METADATA").write_text(metadata, encoding="utf-8")
    groups = [
        "\n".join([f"[{group}]", *(f"{name} = {target}" for name, target in offered.items())])
        for group, offered in project["entry-points"].items()
    ]
    (told / "entry_points.txt").write_text("\n".join(groups) + "\n", encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(site)}


@pytest.fixture
def bench(installed: dict[str, str], tmp_path: Path) -> Iterator[Path]:
    """A bench file that leads to its simulator, which runs in another process."""
    path = tmp_path / "bench.yaml"
    command = [sys.executable, "-m", "acme_gauge.simulator", str(path)]
    with subprocess.Popen(command, env=installed, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert simulator.stdout is not None
            assert simulator.stdout.readline().startswith("ready")
            yield path
        finally:
            simulator.terminate()


def check(installed: dict[str, str], bench: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "operando.protocols.cli", "bench", "check", str(bench), "--json"]
    return subprocess.run(
        [*command, "--out", str(bench.parent / "verdict")],
        env=installed,
        capture_output=True,
        text=True,
        timeout=PATIENT_S,
    )


def test_it_is_found_and_passes(installed: dict[str, str], bench: Path) -> None:
    done = check(installed, bench)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads((bench.parent / "verdict" / "verdict.json").read_text(encoding="utf-8"))
    (judged,) = verdict["judged"]
    assert (judged["driver_package"], judged["driver_version"]) == ("acme-gauge", "1.0.0")
    kept = {result["id"] for result in verdict["results"] if result["outcome"] == "kept"}
    assert {"pressure.identity[chamber]", "pressure.reads[chamber]", "pressure.is_not_made_up[chamber]"} <= kept


def test_the_page_about_it_shows_what_it_prints(installed: dict[str, str], bench: Path) -> None:
    command = [sys.executable, "-m", "operando.protocols.cli", "bench", "check", bench.name]
    done = subprocess.run(
        command, cwd=bench.parent, env=installed, capture_output=True, text=True, timeout=PATIENT_S, check=True
    )
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    page = (ROOT / "docs" / "adding_an_instrument.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    told = [line for line in shown.splitlines() if line != "..."]
    assert told[-1].startswith("passed: ") and set(told) <= set(printed), printed[-1]


def test_a_defect_in_it_is_found(installed: dict[str, str], bench: Path) -> None:
    driver = Path(installed["PYTHONPATH"]) / "acme_gauge" / "driver.py"
    good = driver.read_text(encoding="utf-8")
    try:
        driver.write_text(good.replace('"Pa", quality', '"hPa", quality'), encoding="utf-8")
        done = check(installed, bench)
    finally:
        driver.write_text(good, encoding="utf-8")
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    broken = {one["id"]: one["message"] for one in told if one.get("outcome") == "broken"}
    assert "One reading in Pa" in broken["pressure.reads[chamber]"]


def test_it_is_small() -> None:
    lines = [line for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml") for line in _lines(path)]
    assert len(lines) < 300


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if "__pycache__" not in path.parts else []
