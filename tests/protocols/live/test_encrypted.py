"""The page over a network: TLS with a certificate that signs itself, two tokens, and nothing in the clear."""

import json
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from support.certificate import self_signed
from support.live_page import page_process
from support.made_up_record import write_run
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.app import app

PATIENCE_S = 20.0
NOTE = json.dumps({"do": "note", "who": "A. Scientist", "text": "hello"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encrypted") / "run"
    write_run(folder)
    return folder


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key."""
    return self_signed(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def addresses(folder: Path, pair: tuple[Path, Path]) -> Iterator[dict[str, str]]:
    """What is announced of a page that listens on every network."""
    certificate, key = map(str, pair)
    options = ("--port", "0", "--host", "0.0.0.0", "--certificate", certificate, "--key", key)
    with page_process(folder, *options) as (_, announced):
        yield announced


@pytest.fixture
def trusting(pair: tuple[Path, Path]) -> ssl.SSLContext:
    """A browser that was shown the certificate."""
    return ssl.create_default_context(cafile=pair[0])


def asked(
    addresses: dict[str, str], trusting: ssl.SSLContext, token: str, **request: str
) -> tuple[int, dict[str, str]]:
    """Status and answer of a request that steers."""
    port = urlsplit(addresses["look"]).port
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_S, context=trusting)
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}", **request}
    connection.request("POST", "/api/steer", NOTE, headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def another_key(folder: Path) -> Path:
    return self_signed(folder, seed=2)[1]


def token_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["token"][0]


def test_two_addresses_are_announced_one_of_which_steers(addresses: dict[str, str]) -> None:
    assert addresses.keys() == {"look", "look and steer"}
    assert all(address.startswith("https://") for address in addresses.values())
    assert len({token_of(address) for address in addresses.values()}) == 2


def test_the_token_for_steering_steers_and_the_other_does_not(
    addresses: dict[str, str], trusting: ssl.SSLContext
) -> None:
    status, answer = asked(addresses, trusting, token_of(addresses["look and steer"]))
    assert (status, answer["state"]) == (200, "refused")
    assert "no process that can be steered" in answer["text"], "this run is over: it is the run that refuses"
    assert asked(addresses, trusting, token_of(addresses["look"]))[0] == 403
    assert asked(addresses, trusting, "guessed")[0] == 401


def test_another_page_does_not_steer_with_the_right_token(addresses: dict[str, str], trusting: ssl.SSLContext) -> None:
    token = token_of(addresses["look and steer"])
    assert asked(addresses, trusting, token, origin="https://evil.example")[0] == 403
    assert asked(addresses, trusting, token, host="evil.example")[0] == 421


def test_the_news_come_encrypted_to_whoever_has_a_token(addresses: dict[str, str], trusting: ssl.SSLContext) -> None:
    news = f"wss://127.0.0.1:{urlsplit(addresses['look']).port}/news"
    with connect(f"{news}?token={token_of(addresses['look'])}", ssl=trusting, max_size=None) as following:
        assert json.loads(following.recv(PATIENCE_S))["may_steer"] is False
        assert len(json.loads(following.recv(PATIENCE_S))["curve"]["time_s"]) > 100
    with pytest.raises(InvalidStatus), connect(news, ssl=trusting):
        pass


def test_nothing_is_said_in_the_clear(addresses: dict[str, str]) -> None:
    place = ("127.0.0.1", urlsplit(addresses["look"]).port)
    with socket.create_connection(place, timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /?token=" + token_of(addresses["look"]).encode() + b" HTTP/1.1\r\nhost: a\r\n\r\n")
        assert b"HTTP" not in connection.recv(4096)


def test_a_stranger_certificate_is_not_trusted(addresses: dict[str, str]) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(addresses, ssl.create_default_context(), "any")


@pytest.mark.parametrize("wrong", ["certificate", "key"])
def test_files_that_are_no_pair_are_told_before_anything_listens(
    folder: Path, pair: tuple[Path, Path], tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "noise.pem").write_text("no certificate")
    certificate, key = (tmp_path / "noise.pem", pair[1]) if wrong == "certificate" else (pair[0], another_key(tmp_path))
    done = CliRunner().invoke(app, ["view", str(folder), "--certificate", str(certificate), "--key", str(key)])
    assert isinstance(done.exception, ConfigMismatch)
    assert "certificate" in done.exception.what
    assert done.exception.remedy
