"""The built wheel holds what it must and nothing else, and runs in a new environment, in another folder."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("drivers", "simulators", "protocols")
DATA = {".typed", ".yaml", ".yml", ".json", ".csv", ".html", ".css", ".js", ".mjs", ".svg"}


def run(*command: object, cwd: Path) -> str:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "COVERAGE_PROCESS_START")
    }
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as it is about to be committed."""
    source = tmp_path_factory.mktemp("source") / "operando"
    run("git", "clone", "--quiet", ROOT, source, cwd=source.parent)
    changed = run("git", "ls-files", "--others", "--modified", "--exclude-standard", cwd=ROOT).split()
    for name in changed:  # what is about to be committed counts, too
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    for name in run("git", "ls-files", "--deleted", cwd=ROOT).split():
        (source / name).unlink(missing_ok=True)
    return source


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_module_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    wanted = {
        f"operando/{path.relative_to(ROOT).as_posix()}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and (path.suffix == ".py" or path.suffix in DATA or path.name in {"py.typed", "LICENSE"})
        if "__pycache__" not in path.parts
    }
    assert held == wanted


def test_the_source_distribution_holds_the_rooms_and_what_builds_them(source: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--sdist", "--outdir", tmp_path, source, cwd=tmp_path)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    made = {"PKG-INFO", "setup.cfg", "operando.egg-info"}
    assert {name.split("/")[0] for name in names} == {*ROOMS, *made, "LICENSE", "README.md", "pyproject.toml"}
    assert {"drivers/py.typed", "simulators/bench.yaml", "protocols/shipped/demo.yaml"} <= names


@pytest.mark.timeout(600)
def test_the_wheel_runs_the_demo_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """The dependencies come from this environment; the package itself from the wheel alone."""
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    bin_folder = "Scripts" if sys.platform == "win32" else "bin"
    python = tmp_path / "venv" / bin_folder / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel, cwd=tmp_path)
    import numpy

    (site / "dependencies.pth").write_text(str(Path(numpy.__file__).parents[1]), encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = run(python, "-c", "import operando.drivers as d; print(d.__file__)", cwd=elsewhere)
    assert str(site) in where
    run(python, "-m", "operando.protocols.cli", "demo", "--no-pictures", "--out", elsewhere / "run", cwd=elsewhere)
    assert (elsewhere / "run" / "derived" / "summary.png").stat().st_size > 10_000
    run(python, "-m", "operando.protocols.cli", "verify", elsewhere / "run", cwd=elsewhere)
