"""Mail, webhook and command, against servers on this machine."""

import json
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from support.mail_server import mail_server
from support.watched_record import ALERTS
from support.web_server import web_server

from operando.drivers.bench.alerts import AlertKind, AlertsEntry, CommandEntry, MailEntry, WebhookEntry
from operando.drivers.bench.file import load_bench_file
from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts import Alert, Message, NotDelivered, routes_of
from operando.protocols.alerts.command import CommandRoute
from operando.protocols.alerts.webhook import WebhookRoute

ALERT = Alert("question-7", AlertKind.QUESTION, "a question waits", "Open the box,\nthen confirm: 5 µm", 1.7e9)
MESSAGE = Message("20261122_LPSCl", ALERT, 2, 8, "", "operando alert acknowledge /runs/1 question-7")
SECRET = "hunter2-is-no-password"


def mail(port: int, *to: str) -> MailEntry:
    return MailEntry(server="127.0.0.1", port=port, security="none", sender="sem@example.org", to=to)


def alerts(**parts: object) -> AlertsEntry:
    return AlertsEntry.model_validate(parts)


def test_a_mail_arrives_whole() -> None:
    with mail_server() as server:
        (route,) = routes_of(alerts(mail=mail(server.port, "a@example.org")), {})
        route.send(MESSAGE)
        route.send(MESSAGE)
    first, second = server.mails
    assert first["Subject"] == "operando: a question waits (reminder 1) [20261122_LPSCl]"
    assert (first["From"], first["To"]) == ("sem@example.org", "a@example.org")
    assert "then confirm: 5 µm" in first.get_content()
    assert "operando alert acknowledge /runs/1 question-7" in first.get_content()
    assert first["Message-ID"] == second["Message-ID"], "a mailbox tells that it is the same mail"


def test_one_address_that_is_refused_keeps_the_mail_from_nobody_else() -> None:
    with mail_server(refuses=frozenset({"gone@example.org"})) as server:
        gone, there = routes_of(alerts(mail=mail(server.port, "gone@example.org", "a@example.org")), {})
        with pytest.raises(NotDelivered, match=r"^127\.0\.0\.1:\d+: SMTPRecipientsRefused"):
            gone.send(MESSAGE)
        there.send(MESSAGE)
    assert [each["To"] for each in server.mails] == ["a@example.org"]


def test_a_mail_server_that_is_not_there() -> None:
    with mail_server() as server:
        port = server.port
    (route,) = routes_of(alerts(mail=mail(port, "a@example.org")), {})
    with pytest.raises(NotDelivered, match="ConnectionRefusedError"):
        route.send(MESSAGE)


def test_a_post_arrives_whole() -> None:
    with web_server() as server:
        entry = WebhookEntry.model_validate({"url": server.url, "authorization": {"environment": "TOKEN"}})
        WebhookRoute(entry, {"TOKEN": f"Bearer {SECRET}"}).send(MESSAGE)
    (post,) = server.posts
    assert (post.path, post.headers["Authorization"]) == ("/alerts", f"Bearer {SECRET}")
    assert post.headers["Idempotency-Key"] == "20261122_LPSCl/question-7/2"
    assert post.content["kind"] == "question"
    assert post.content["text"] == "Open the box,\nthen confirm: 5 µm"
    assert SECRET not in json.dumps(post.content)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_only_an_answer_of_2xx_means_taken(status: int) -> None:
    with web_server(status=status) as server:
        url = server.url
        with pytest.raises(NotDelivered, match=f"the server answered {status}"):
            WebhookRoute(WebhookEntry(url=url), {}).send(MESSAGE)


def test_an_address_that_is_a_secret_is_in_no_error() -> None:
    with web_server() as server:
        url = f"{server.url}/{SECRET}"
    entry = WebhookEntry.model_validate({"url": {"environment": "HOOK"}})
    with pytest.raises(NotDelivered) as refused:
        WebhookRoute(entry, {"HOOK": url}).send(MESSAGE)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("environment", [{}, {"HOOK": "  "}, {"HOOK": SECRET}], ids=["unset", "blank", "no address"])
def test_a_secret_that_is_not_there_is_named_and_not_shown(environment: dict[str, str]) -> None:
    entry = WebhookEntry.model_validate({"url": {"environment": "HOOK"}})
    with pytest.raises(ConfigMismatch) as refused:
        WebhookRoute(entry, environment).send(MESSAGE)
    assert SECRET not in str(refused.value)


def test_a_secret_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n", encoding="utf-8")
    with web_server() as server:
        entry = WebhookEntry.model_validate({"url": server.url, "authorization": {"file": tmp_path / "token"}})
        WebhookRoute(entry, {}).send(MESSAGE)
    assert server.posts[0].headers["Authorization"] == SECRET


def test_a_command_reads_the_alert(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    CommandRoute(CommandEntry(program=(sys.executable, "-c", script, str(told)))).send(MESSAGE)
    assert json.loads(told.read_text(encoding="utf-8"))["alert"] == "question-7"


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), "ended with code 3"),
        (("/no/such/program",), "cannot be started"),
    ],
    ids=["fails", "is not there"],
)
def test_a_command_that_fails(program: tuple[str, ...], why: str) -> None:
    with pytest.raises(NotDelivered, match=why):
        CommandRoute(CommandEntry(program=program)).send(MESSAGE)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({}, "alerts go nowhere"),
        ({"webhook": {"url": "https://user:pass@example.org/"}}, "is a secret"),
        ({"webhook": {"url": "https://example.org/?key=1"}}, "is a secret"),
        ({"webhook": {"url": "ftp://example.org/"}}, "no address of a web server"),
        (
            {"webhook": {"url": "http://example.org/", "authorization": {"environment": "TOKEN"}}},
            "readable on the network",
        ),
        ({"webhook": {"url": {"environment": "A", "file": "b"}}}, "name one place of the secret"),
        ({"webhook": {"url": "https://example.org/", "authorization": "Bearer 1"}}, "authorization"),
        (
            {"mail": {"server": "a", "sender": "b", "to": ["c"], "user": "d", "password": "hunter2"}},
            "password",
        ),
        (
            {
                "mail": {
                    "server": "a",
                    "sender": "b",
                    "to": ["c"],
                    "security": "none",
                    "user": "d",
                    "password": {"environment": "E"},
                }
            },
            "readable on the network",
        ),
        ({"command": {"program": []}}, "program"),
        ({"command": {"program": ["a"]}, "abuot": ["short"]}, "abuot"),
    ],
)
def test_what_a_bench_file_may_not_say(entry: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        AlertsEntry.model_validate(entry)


def test_a_bench_file_says_it_like_this() -> None:
    text = """
operando_bench: 1
name: laboratory
instruments: {}
alerts:
  mail:
    {server: smtp.example.org, sender: sem@example.org, to: [a@example.org], user: sem, password: {environment: PW}}
  webhook: {url: {file: /run/secrets/webhook}}
  repeat_every: 10 min
  stale_after: 3 min
record: {institution: Test Institute, operator: A. Nobody}
"""
    entry = load_bench_file(text)[1].alerts
    assert entry is not None
    assert [route.name for route in routes_of(entry, {})] == ["mail to a@example.org", "webhook"]
    assert (entry.repeat_every, entry.stale_after, entry.about) == (600.0, 180.0, ALERTS.about)
