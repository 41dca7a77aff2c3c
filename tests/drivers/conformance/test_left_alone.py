"""What somebody has begun on a bench goes on while the suite only reads."""

from pathlib import Path

from support.served import bench_of, serving

from operando.drivers import open_bench
from operando.drivers.conformance import JudgedSession, Outcome
from operando.drivers.roles import Safety

EDS = bench_of(eds="amptek-dp5 sim://eds", gauge="keller-33x sim://box")
LIVE_S = 600.0


def begin_somebodys_spectrum(bench_file: Path) -> None:
    bench = open_bench(bench_file)
    bench.eds.start(LIVE_S)
    bench.close()


def still_acquires(bench_file: Path) -> bool:
    bench = open_bench(bench_file)
    acquiring = bench.eds.acquiring()
    bench.close()
    return acquiring


def judged(bench_file: Path, only: list[str]) -> dict[str, Outcome]:
    session = JudgedSession.open(bench_file)
    for case in session.cases(only):
        session.judge(case)
    verdict = session.finish()
    assert verdict.confirmed_safe
    assert all(state.safety is Safety.CONFIRMED for state in verdict.safe_states)
    return {result.id: result.outcome for result in verdict.results}


def test_an_acquisition_outlives_checks_that_only_read(tmp_path: Path) -> None:
    with serving(tmp_path, EDS) as served:
        begin_somebodys_spectrum(served.bench)
        assert judged(served.bench, ["eds.identity", "pressure.identity"])["eds.identity"] is Outcome.KEPT
        assert still_acquires(served.bench)


def test_what_was_used_is_left_safe_and_the_rest_as_it_was(tmp_path: Path) -> None:
    with serving(tmp_path, EDS) as served:
        session = JudgedSession.open(served.bench)
        for case in session.cases(["eds.stops", "pressure.identity"]):
            session.judge(case)
        assert {state.instrument for state in session.finish().safe_states} == {"eds"}
