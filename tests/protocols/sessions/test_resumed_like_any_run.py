"""`operando resume` has what surrounds `run` and `continue`: a script that answers, the page, the watcher."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.mortal_run import MortalRun
from support.run_protocols import HEAD
from typer.testing import CliRunner

from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.app import app
from operando.protocols.record import read_events, verify_record

ASKING = HEAD + "cycling:\n  - Rest for 5 seconds\n  - {ask: Is it dry?, confirm: true}\n  - Rest for 5 seconds\n"
ANSWERS = """\
operando_answers: 1
answers: [{to: Is it dry?, answer: confirmed, after: 1 min, by: eva}]
meanwhile:
  - {at: 1 s, do: note, by: eva, text: before the kill}
  - {at: 60 s, do: note, by: eva, text: after the kill}
"""


@pytest.fixture
def killed(tmp_path: Path, mocker: MockerFixture) -> Path:
    """A run that was killed as it asked; its instruments go on."""
    mortal = MortalRun(ASKING, tmp_path / "run", without=("eds",))
    assert mortal.start(die_at=b'"kind":"question"') is None, "it was killed"
    mortal.clock.sleep_until(mortal.clock.now() + 20.0)
    # a world in virtual time ends with its process; here it has not ended
    mocker.patch("operando.protocols.cli.carrying_on.bench_of_run", return_value=mortal.connect())
    return tmp_path / "run"


def resume(run: Path, *options: str) -> int:
    return CliRunner().invoke(app, ["resume", str(run), "--json", *options], catch_exceptions=False).exit_code


def test_a_script_answers_what_is_asked_again_and_wants_only_what_is_still_to_come(
    killed: Path, tmp_path: Path, mocker: MockerFixture
) -> None:
    page = mocker.patch("operando.protocols.cli.watched.begin_page")
    (file := tmp_path / "answers.yaml").write_text(ANSWERS, encoding="utf-8")
    assert resume(killed, "--answers", str(file), "--live") == 0
    events = read_events(killed)
    assert [(event["message"], event["who"]) for event in events if event["kind"] == "answer"] == [("confirmed", "eva")]
    assert [event["message"] for event in events if event["kind"] == "note"] == ["after the kill"]
    assert page.call_count == 1 and page.call_args.args[0] == killed
    assert verify_record(killed).closed


def test_answers_that_do_not_fit_are_refused_before_anything_is_touched(killed: Path, tmp_path: Path) -> None:
    (file := tmp_path / "answers.yaml").write_text(ANSWERS.replace("Is it dry?", "Is it wet?"), encoding="utf-8")
    before = (killed / "journal.jsonl").read_bytes()
    with pytest.raises(DocumentError, match="Is it wet"):
        resume(killed, "--answers", str(file))
    assert (killed / "journal.jsonl").read_bytes() == before


def test_nobody_can_be_alerted_whom_the_bench_file_does_not_name(killed: Path) -> None:
    before = (killed / "journal.jsonl").read_bytes()
    with pytest.raises(ConfigMismatch, match="names nobody to alert"):
        resume(killed, "--alerts")
    assert (killed / "journal.jsonl").read_bytes() == before


def test_the_watcher_waits_until_the_run_goes_on(killed: Path, mocker: MockerFixture) -> None:
    """What stands in the record of a killed run is not told as if it had just happened."""
    companion = mocker.patch("operando.protocols.cli.watch.begin_companion")
    mocker.patch("operando.protocols.cli.carrying_on.alerts_of")
    resume(killed, "--alerts")
    (words,) = [call.args[1] for call in companion.call_args_list]
    assert words == ["watch", str(killed.absolute()), "--next-session"]
