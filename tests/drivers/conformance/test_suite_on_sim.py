"""The whole suite on the installed bench: every promise is kept, what is not offered is told, and it is left safe."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from operando.drivers.conformance import JudgedSession, Outcome, Permission, Subject, Verdict, write_verdict
from operando.drivers.roles import Safety

NOT_OFFERED = {
    "potentiostat.becomes_safe_beside_a_call": "virtual time",
    "potentiostat.knows_voltage": "dummy_cell",
    "potentiostat.knows_current": "dummy_cell",
    "potentiostat.knows_impedance": "dummy_cell",
    "potentiostat.only_watches": "observed",
    "potentiostat.follows": "observed",
}


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    session = JudgedSession(Subject("sim"), list(Permission))
    for case in session.cases():
        session.judge(case)
    return session.finish()


def test_every_promise_is_kept(verdict: Verdict) -> None:
    assert [result.message for result in verdict.results if result.outcome is Outcome.BROKEN] == []
    assert verdict.passed and verdict.counts[Outcome.KEPT] > 100


def test_what_is_not_offered_is_told_with_what_is_missing(verdict: Verdict) -> None:
    told = {
        result.id: result.detail
        for result in verdict.results
        if result.outcome is Outcome.NOT_OFFERED and not result.id.startswith("force.")
    }
    assert set(told) == set(NOT_OFFERED)
    assert all(words in told[check] for check, words in NOT_OFFERED.items())


def test_it_is_left_safe(verdict: Verdict) -> None:
    assert {state.safety for state in verdict.safe_states} == {Safety.CONFIRMED}
    assert {judged.name for judged in verdict.judged} == {"potentiostat", "sem", "eds", "box gauge"}


def test_every_limit_has_a_reason_and_every_value_a_unit_or_is_a_ratio(verdict: Verdict) -> None:
    for result in verdict.results:
        assert result.promise.endswith(".") and result.promise[0].isprintable()
        assert result.outcome is not Outcome.KEPT or result.measurements or result.id.endswith("keeps_alive")
        assert all(one.because for one in result.measurements)


def test_the_folder_holds_the_same_verdict_for_people_machines_and_ci(verdict: Verdict, tmp_path: Path) -> None:
    folder = write_verdict(verdict, tmp_path / "verdict")
    written = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    assert written["passed"] is True and len(written["results"]) == len(verdict.results)
    assert {one["name"] for one in written["judged"]} == {one.name for one in verdict.judged}
    suite = ElementTree.parse(folder / "junit.xml").getroot()[0]
    assert int(suite.attrib["tests"]) == len(verdict.results) == len(suite)
    assert suite.attrib["failures"] == "0" and int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f'id="{result.id}"' in page for result in verdict.results)
    assert page.count("<svg") > 40 and "src=" not in page and "<link" not in page


def test_equal_benches_give_equal_pages(tmp_path: Path) -> None:
    texts = []
    for _ in range(2):
        session = JudgedSession(Subject("sim"), list(Permission))
        for case in session.cases(["potentiostat.polarity", "scanner.pictures_tell_truth"]):
            session.judge(case)
        texts.append((write_verdict(session.finish(), tmp_path) / "index.html").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
