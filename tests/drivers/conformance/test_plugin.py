"""`pytest --bench BENCH`: the same checks with the same ids, and the instruments as fixtures."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from operando.drivers.conformance import JudgedSession, Subject

PATIENT_S = 90.0
PLUGIN = "operando.drivers.conformance.plugin"

OWN_TEST = """
def test_there_is_a_vacuum(pressure, bench, potentiostat, stage, column, scanner, detectors, eds):
    assert pressure["chamber"].pressure().value < 1.0
    assert potentiostat.running() is None and not stage.moving() and not column.busy() and eds.capabilities.channels
    assert detectors.available() == ("SE", "BSE") and not scanner.progress().complete
    assert bench.file.name == "simulated laboratory"
"""


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", "-q", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENT_S)


def test_ids_are_those_of_the_suite(tmp_path: Path) -> None:
    done = run(tmp_path, "--bench", "sim", "--collect-only")
    collected = [line.removeprefix("conformance::") for line in done.stdout.splitlines() if "conformance::" in line]
    session = JudgedSession(Subject("sim"), [])
    wanted = [case.id for case in session.cases()]
    session.finish()
    assert collected == wanted and len(set(wanted)) == len(wanted)


def test_it_judges_and_serves_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(OWN_TEST, encoding="utf-8")
    done = run(tmp_path, "--bench", "sim", "-k", "test_own or pressure or thermometer or stops", "--verdict", "v")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left potentiostat: confirmed" in done.stdout, "the bench is left safe, and says so"
    assert "not allowed: stage.stops: say --allow move" in done.stdout, "what was not judged is told"
    assert (tmp_path / "v" / "index.html").is_file()


def test_what_was_not_judged_is_counted_under_its_own_word_with_the_reason(tmp_path: Path) -> None:
    done = run(
        tmp_path, "--bench", "sim", "-k", "potentiostat.knows or potentiostat.rests or force", "--junitxml=j.xml"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r" deselected, 4 not allowed, \d+ not offered in ", done.stdout), done.stdout
    assert "skipped" not in done.stdout
    assert (
        "not offered: force.identity" in done.stdout and "nobody on this bench plays the role of force" in done.stdout
    )
    assert re.search("not allowed: potentiostat.rests, .*: say --allow current", done.stdout)
    cases = ElementTree.parse(tmp_path / "j.xml").iter("testcase")
    told = {str(case.get("name")): case.find("skipped") for case in cases}
    assert all(found is not None and found.get("message") for found in told.values())


def test_a_broken_promise_fails_with_its_name(tmp_path: Path) -> None:
    conftest = (
        "import operando.drivers.conformance.subject as subject\n"
        "from support.broken_drivers import breaking\n"
        "from support.broken_drivers.readings import Celsius\n"
        "whole = subject.Subject.__init__\n"
        "def broken(self, source, answers='', change=breaking(Celsius), clock=None, wires=None):\n"
        "    whole(self, source, answers, change, clock, wires)\n"
        "subject.Subject.__init__ = broken\n"
    )
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    support = str(Path(__file__).parents[2])
    done = run(tmp_path, "--bench", "sim", "-k", "thermometer", "-o", f"pythonpath={support}", "-o", "addopts=")
    assert done.returncode == 1
    assert "promise broken: One reading in K" in done.stdout


def test_without_a_bench_it_adds_nothing_and_fixtures_say_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_one(bench): ...\ndef test_two(): ...\n", encoding="utf-8")
    done = run(tmp_path)
    assert "1 passed, 1 error" in done.stdout and "--bench" in done.stdout


@pytest.mark.parametrize("arguments", [("--bench", "nowhere.yaml"), ("--bench", "sim", "--allow", "everything")])
def test_wrong_words_are_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode not in (0, 1)
    assert (
        "there is no bench file 'nowhere.yaml'" in done.stdout + done.stderr
        or "everything" in done.stdout + done.stderr
    )
