"""`operando alert` and `operando watch`, as people type them."""

import json
import threading
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.made_up_run import run_header
from support.mail_server import mail_server
from support.sessions import CYCLED, at_times
from support.web_server import web_server
from typer.testing import CliRunner

from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts import outbox_folder
from operando.protocols.cli.app import app
from operando.protocols.record import RunRecord
from operando.protocols.runner import Ending, RunOptions

BENCH = """
operando_bench: 1
name: laboratory
instruments: {{}}
alerts:
  mail: {{server: 127.0.0.1, port: {mail}, security: none, sender: sem@example.org, to: [a@example.org]}}
  webhook: {{url: {web}}}
  least_free_GB: 0
record: {{institution: Test Institute, operator: A. Nobody}}
"""


@pytest.fixture(autouse=True)
def _same_priority(mocker: MockerFixture) -> None:
    """The command runs inside the process of the tests, which goes on afterwards."""
    mocker.patch("operando.protocols.cli.watch.give_way")


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    return result.exit_code, result.stdout


def test_the_test_button_tries_every_route_once(tmp_path: Path) -> None:
    bench = tmp_path / "bench.yaml"
    with mail_server() as mail, web_server(status=500) as web:
        bench.write_text(BENCH.format(mail=mail.port, web=web.url), encoding="utf-8")
        code, said = run("alert", "test", bench, "--json")
    assert code == 1
    told = [json.loads(line) for line in said.splitlines()]
    assert [(one["route"], one["delivered"]) for one in told] == [("mail to a@example.org", True), ("webhook", False)]
    assert "Nothing has happened" in mail.mails[0].get_content()


def test_a_bench_that_names_nobody() -> None:
    with pytest.raises(ConfigMismatch, match="names nobody to alert"):
        run("alert", "test", "sim")


def test_a_run_that_has_failed_is_told_seen_and_acknowledged(tmp_path: Path) -> None:
    folder, bench = tmp_path / "run", tmp_path / "bench.yaml"
    record = RunRecord.create(folder, run_header(simulated=False))
    record.event(5.0, "run", "failed", "TransportClosed: potentiostat: gone", exit_code=4)
    record.close("failed")
    with mail_server() as mail, web_server() as web:
        text = BENCH.format(mail=mail.port, web=web.url).replace("least_free_GB: 0", "at_most: 1")
        bench.write_text(text, encoding="utf-8")
        assert run("watch", folder, "--bench", bench)[0] == 0
        assert run("watch", folder, "--bench", bench)[0] == 0
    assert len(mail.mails) == len(web.posts) == 1
    assert "NOT confirmed: go and look" in mail.mails[0].get_content()
    (line,) = run("alert", "list", folder, "--json")[1].splitlines()
    listed = json.loads(line)
    assert listed["sent"] == {"mail to a@example.org": 1, "webhook": 1}
    assert run("alert", "acknowledge", folder, listed["alert"], "--by", "A. Nobody")[0] == 0
    assert json.loads(run("alert", "list", folder, "--json")[1])["acknowledged_by"] == "A. Nobody"
    with pytest.raises(ConfigMismatch, match="no alert 'question-1'"):
        run("alert", "acknowledge", folder, "question-1")
    assert not list(folder.glob("*alert*")), "the record knows nothing of who was told"
    assert outbox_folder(folder).is_dir()


@pytest.fixture
def parked(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    options = RunOptions(steered_by=at_times({20.0: lambda steering: steering.park("eva")}))
    assert SimulatedBench.open().run(CYCLED, folder, options).ending is Ending.PARKED
    return folder


def test_a_watcher_that_waits_for_the_next_session_tells_what_happens_in_it(tmp_path: Path, parked: Path) -> None:
    bench = tmp_path / "bench.yaml"

    def next_session() -> None:
        record = RunRecord.reopen(parked)
        record.event(500.0, "run", "failed", "another sample", exit_code=1)
        record.close("failed")

    with mail_server() as mail, web_server() as web:
        bench.write_text(
            BENCH.format(mail=mail.port, web=web.url).replace("least_free_GB: 0", "at_most: 1"), encoding="utf-8"
        )
        session = threading.Timer(1.0, next_session)
        session.start()
        assert run("watch", parked, "--bench", bench, "--next-session")[0] == 0
        session.join()
    assert len(web.posts) == 1
    assert "another sample" in mail.mails[0].get_content()


def test_a_parked_run_is_watched_no_longer_and_that_is_said(tmp_path: Path, parked: Path) -> None:
    bench = tmp_path / "bench.yaml"
    bench.write_text(BENCH.format(mail=1, web="http://127.0.0.1:1"), encoding="utf-8")
    done = CliRunner().invoke(app, ["watch", str(parked), "--bench", str(bench)], catch_exceptions=False)
    assert done.exit_code == 0 and "is parked, and watched no longer" in done.stderr
    assert "operando continue RUN --alerts" in done.stderr
