"""The same suite, the same ids, over TCP, UDP and pseudo terminals, in real time, two clients and all."""

from pathlib import Path

import pytest
from support.served import bench_of, serving

from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject, Verdict

POTENTIOSTAT = bench_of(cell="emstat4-hr sim://potentiostat")
GAUGE = bench_of(box="keller-33x sim://box")
SPECTROMETER = bench_of(eds="amptek-dp5 sim://eds")

SAFETY = (
    "potentiostat.identity",
    "potentiostat.pulled",
    "potentiostat.silent",
    "potentiostat.second",
    "potentiostat.becomes",
)
SAMPLES = ("potentiostat.polarity", "potentiostat.loses", "potentiostat.aborts", "potentiostat.unknown")
ENDS = (
    "potentiostat.ends_by_time",
    "potentiostat.ends_charge",
    "potentiostat.guard_stops",
    "potentiostat.ends_unattended",
)


@pytest.mark.parametrize("wire", ["tcp", "pty"])
@pytest.mark.parametrize(
    ("bench", "only"),
    [(POTENTIOSTAT, SAFETY), (POTENTIOSTAT, SAMPLES), (POTENTIOSTAT, ENDS), (GAUGE, ())],
    ids=["potentiostat, safety", "potentiostat, samples", "potentiostat, ends", "gauge"],
)
def test_serial_instruments(bench: str, only: tuple[str, ...], wire: str, tmp_path: Path) -> None:
    with serving(tmp_path, bench) as served:
        (addresses,) = served.instruments.values()
        if wire not in addresses:
            assert wire == "pty", "a platform without pseudo terminals serves TCP only"
            return
        if "pty" in addresses:
            text = served.bench.read_text(encoding="utf-8").replace(addresses["pty"], addresses[wire])
            served.bench.write_text(text, encoding="utf-8")
        kept(judged(served.bench, only))


def test_spectrometer_over_udp(tmp_path: Path) -> None:
    with serving(tmp_path, SPECTROMETER) as served:
        kept(judged(served.bench, ()))


STAGE = ("stage",)
COLUMN = ("column.identity", "column.reads", "column.pulled", "column.blanks_as", "column.unknown", "detectors")
SCANNER = (
    "scanner.identity",
    "scanner.second",
    "scanner.silent",
    "scanner.pulled",
    "scanner.refuses",
    "scanner.unknown",
)


@pytest.mark.parametrize("only", [STAGE, COLUMN, SCANNER], ids=["stage", "column and detectors", "scanner"])
def test_microscope_over_tcp(only: tuple[str, ...], tmp_path: Path) -> None:
    """What draws pictures is judged in virtual time: here it would wait for the machine."""
    with serving(tmp_path) as served:
        kept(judged(served.bench, only))


def test_ids_are_those_of_the_simulated_bench(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        session = JudgedSession(Subject(served.bench), [])
        ids = [case.id for case in session.cases()]
        session.finish()
    simulated = JudgedSession(Subject("sim"), [])
    assert ids == [case.id for case in simulated.cases()]
    simulated.finish()


def judged(bench: Path, only: tuple[str, ...]) -> Verdict:
    session = JudgedSession(Subject(bench), list(Permission))
    try:
        for case in session.cases(only):
            session.judge(case)
    finally:
        verdict = session.finish()
    return verdict


def kept(verdict: Verdict) -> None:
    assert [result.message for result in verdict.results if result.outcome is Outcome.BROKEN] == []
    assert verdict.passed and verdict.confirmed_safe and verdict.counts[Outcome.KEPT] > 0
