"""What somebody has begun on a bench goes on while the suite only reads."""

from pathlib import Path

from support.served import bench_of, serving

from operando.drivers import open_bench
from operando.drivers.conformance import JudgedSession, Outcome
from operando.drivers.roles import Guard, OpenCircuit, Safety, Step

EDS = bench_of(eds="amptek-dp5 sim://eds", gauge="keller-33x sim://box")
CELL = bench_of(cell="emstat4-hr sim://potentiostat")
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


def test_somebodys_spectrum_is_not_overwritten_unless_that_is_allowed(tmp_path: Path) -> None:
    with serving(tmp_path, EDS) as served:
        begin_somebodys_spectrum(served.bench)
        session = JudgedSession.open(served.bench, allow="move,current")
        results = [session.judge(case) for case in session.cases(["eds"])]
        session.finish()
        refused = {result.id for result in results if result.outcome is Outcome.NOT_ALLOWED}
        assert {"eds.configures", "eds.ends_by_itself", "eds.stops", "eds.becomes_safe"} <= refused
        assert still_acquires(served.bench)


def test_somebodys_step_is_not_ended_by_an_allowed_check(tmp_path: Path) -> None:
    with serving(tmp_path, CELL) as served:
        somebody = open_bench(served.bench)  # whoever closes a bench without a `with` leaves its steps running
        guard = Guard(voltage_V=(0.5, 4.5), current_A=(-1e-3, 1e-3), maximum_duration_s=900.0)
        somebody.potentiostat.start(Step(1, OpenCircuit(), guard, duration_s=LIVE_S))
        somebody.close()
        session = JudgedSession.open(served.bench, allow="current")
        (result,) = [session.judge(case) for case in session.cases(["potentiostat.aborts"])]
        session.finish()
        somebody = open_bench(served.bench)
        running = somebody.potentiostat.running()
        somebody.close()
    assert result.outcome is Outcome.NOT_ALLOWED and "a step runs that the suite has not begun" in result.detail
    assert running is not None


def test_what_was_used_is_left_safe_and_the_rest_as_it_was(tmp_path: Path) -> None:
    with serving(tmp_path, EDS) as served:
        session = JudgedSession.open(served.bench, allow="spectrum")
        for case in session.cases(["eds.stops", "pressure.identity"]):
            session.judge(case)
        assert {state.instrument for state in session.finish().safe_states} == {"eds"}
