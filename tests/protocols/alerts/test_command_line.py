"""`operando alert` and `operando watch`, as people type them."""

import json
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.made_up_run import run_header
from support.mail_server import mail_server
from support.web_server import web_server
from typer.testing import CliRunner

from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts import outbox_folder
from operando.protocols.cli.app import app
from operando.protocols.record import RunRecord

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
