"""The conformance suite under pytest: `pytest --bench BENCH` judges a bench, check by check, with the same ids.

Tests of one's own get the instruments of the bench as fixtures: `bench`, `potentiostat`, `stage`, `column`, `scanner`,
`detectors`, `eds`, `pressure`.
"""

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from operando.drivers.bench import Bench
    from operando.drivers.conformance.session import JudgedSession
    from operando.drivers.roles import (
        Column,
        Detectors,
        EdsSpectrometer,
        Potentiostat,
        PressureSensor,
        Scanner,
        Stage,
    )

SESSION: "pytest.StashKey[JudgedSession]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The words are those of `operando bench check`."""
    group = parser.getgroup("operando", "conformance of instruments")
    group.addoption("--bench", help="a bench file, or `sim`: judge it, and offer its instruments as fixtures")
    group.addoption("--allow", default="", help="what checks may do: move,beam,current,spectrum")
    group.addoption("--by", default="", help="who answers for drivers that have never been on hardware")
    group.addoption("--wires", type=Path, help="record what goes over the wires into this new file")
    group.addoption("--verdict", type=Path, help="folder for the verdict of the suite")


@pytest.hookimpl(tryfirst=True)  # so that -k chooses among the checks, too
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the catalogue, once for each instrument of the bench."""
    if config.getoption("--bench") is None:
        return
    from operando.drivers.conformance.items import conformance_items

    items.extend(conformance_items(session, _session(config)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What an instrument does not offer is no failure."""
    report = yield
    if item.config.stash.get(SESSION, None) is not None:
        from operando.drivers.conformance.items import report_not_judged

        report_not_judged(report, call)
    return report


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport, config: pytest.Config
) -> tuple[str, str, str] | None:
    """What an instrument does not offer, or nobody has allowed, is counted under that word."""
    if config.stash.get(SESSION, None) is None:
        return None
    from operando.drivers.conformance.items import status_of

    return status_of(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not judged, and how the instruments were left."""
    judged = config.stash.get(SESSION, None)
    if judged is None:
        return
    terminalreporter.section(f"conformance of {judged.subject.file.name}")
    for line in judged.summary():
        terminalreporter.line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the bench safe, and write the verdict; a promise that is broken only now fails the session, too."""
    judged = session.config.stash.get(SESSION, None)
    if judged is not None:
        judged.finish(session.config.getoption("--verdict"))
        if judged.left:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> "Iterator[Bench]":
    """The open bench of `--bench`; cell and beam are made safe after the last test."""
    if request.config.getoption("--bench") is None:
        raise pytest.UsageError("this test needs a bench: say --bench with a bench file, or --bench sim")
    yield _session(request.config).hand_out()


@pytest.fixture(scope="session")
def potentiostat(bench: "Bench") -> "Potentiostat":
    """The potentiostat of the bench."""
    return bench.potentiostat


@pytest.fixture(scope="session")
def stage(bench: "Bench") -> "Stage":
    """The stage of the bench."""
    return bench.stage


@pytest.fixture(scope="session")
def column(bench: "Bench") -> "Column":
    """The column of the bench."""
    return bench.column


@pytest.fixture(scope="session")
def scanner(bench: "Bench") -> "Scanner":
    """The scanner of the bench."""
    return bench.scanner


@pytest.fixture(scope="session")
def detectors(bench: "Bench") -> "Detectors":
    """The detectors of the bench."""
    return bench.detectors


@pytest.fixture(scope="session")
def eds(bench: "Bench") -> "EdsSpectrometer":
    """The EDS spectrometer of the bench."""
    return bench.eds


@pytest.fixture(scope="session")
def pressure(bench: "Bench") -> "Mapping[str, PressureSensor]":
    """The gauges of the bench, by what they measure."""
    return bench.pressures


def _session(config: pytest.Config) -> "JudgedSession":
    """The bench, opened when it is first needed."""
    if SESSION not in config.stash:
        from operando.drivers.conformance.folder import require_folder_for_verdict
        from operando.drivers.conformance.session import JudgedSession

        verdict = config.getoption("--verdict")
        if verdict is not None:
            require_folder_for_verdict(verdict)
        words = ("--bench", "--allow", "--by", "--wires")
        config.stash[SESSION] = JudgedSession.open(*(config.getoption(word) for word in words))
    return config.stash[SESSION]
