"""Hardware that nobody answers for: the suite only reads, unless somebody answers; its verdict then opens the gate.

Served simulators stand for hardware: without `simulated: true` in the bench file nobody can tell them from it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.served import bench_of, serving

from operando.drivers import open_bench
from operando.drivers.conformance import JudgedSession, Outcome, write_verdict
from operando.drivers.errors import ConfigMismatch, LimitRefused

Json = dict[str, Any]
EDS = bench_of(eds="amptek-dp5 sim://eds")


@pytest.fixture
def hardware(tmp_path: Path) -> Iterator[Path]:
    """A bench file with a spectrometer that might be real."""
    with serving(tmp_path, EDS) as served:
        bench = tmp_path / "bench.yaml"
        text = served.bench.read_text(encoding="utf-8").replace("simulated: true", "simulated: false")
        bench.write_text(text, encoding="utf-8")
        yield bench


def judged(bench: Path, folder: Path, only: list[str], by: str = "") -> dict[str, Outcome]:
    session = JudgedSession.open(bench, "spectrum", by)
    for case in session.cases(only):
        session.judge(case)
    verdict = session.finish()
    write_verdict(verdict, folder)
    assert all(result.outcome is not Outcome.BROKEN for result in verdict.results), [r.message for r in verdict.results]
    return {result.id: result.outcome for result in verdict.results}


def test_without_an_answer_the_suite_only_reads(hardware: Path, tmp_path: Path) -> None:
    results = judged(hardware, tmp_path / "verdict", ["eds.identity", "eds.stops", "eds.refuses_limits"])
    assert results == {
        "eds.identity": Outcome.KEPT,
        "eds.stops": Outcome.NOT_ALLOWED,
        "eds.refuses_limits": Outcome.NOT_ALLOWED,
    }


def with_verdict(bench: Path) -> None:
    text = bench.read_text(encoding="utf-8").replace("simulated: false", "simulated: false, verdict: verdict")
    bench.write_text(text, encoding="utf-8")


def test_a_good_verdict_opens_the_gate_of_what_it_is_about_and_of_nothing_else(hardware: Path, tmp_path: Path) -> None:
    results = judged(hardware, tmp_path / "verdict", ["eds.identity", "eds.refuses_limits"], by="A. Scientist")
    assert set(results.values()) == {Outcome.KEPT}
    with open_bench(hardware) as bench, pytest.raises(LimitRefused, match="never been on hardware"):
        bench.eds.stop()
    with_verdict(hardware)
    with open_bench(hardware) as bench:
        bench.eds.stop()
    path = tmp_path / "verdict" / "verdict.json"
    good = json.loads(path.read_text(encoding="utf-8"))
    for change, words in BAD:
        bad = json.loads(json.dumps(good))
        change(bad)
        path.write_text(json.dumps(bad), encoding="utf-8")
        with pytest.raises(ConfigMismatch, match=words):
            open_bench(hardware)


def _another_unit(verdict: Json) -> None:
    verdict["judged"][0]["identity"]["serial"] = "77777"


def _another_version(verdict: Json) -> None:
    verdict["judged"][0]["driver_version"] = "0.0.9"


def _simulated(verdict: Json) -> None:
    verdict["judged"][0]["simulated"] = True


def _old(verdict: Json) -> None:
    verdict["on"] = "2020-01-01T00:00:00+00:00"


def _of_the_future(verdict: Json) -> None:
    verdict["on"] = "2999-01-01T00:00:00+00:00"


def _broken(verdict: Json) -> None:
    verdict["results"][0]["outcome"] = "broken"


def _not_allowed(verdict: Json) -> None:
    verdict["results"][0]["outcome"] = "not allowed"


def _empty(verdict: Json) -> None:
    verdict["results"] = []


BAD = (
    (_another_unit, "is not about amptek-dp5"),
    (_another_version, "it is about the driver of operando 0.0.9"),
    (_simulated, "simulated instrument"),
    (_old, "valid for 365 days"),
    (_of_the_future, "valid for 365 days"),
    (_broken, "is broken"),
    (_not_allowed, "is not allowed"),
    (_empty, "none was judged"),
)


def test_a_verdict_that_is_not_there_is_told(hardware: Path) -> None:
    with_verdict(hardware)
    with pytest.raises(ConfigMismatch, match="cannot be read"):
        open_bench(hardware)
