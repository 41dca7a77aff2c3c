"""Who is let in: by the name of the page, the page that asks, and the token."""

from pathlib import Path

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.protocols.live.access import Access, Grant
from operando.protocols.live.options import PageOptions

LOCAL = PageOptions()
NETWORK = PageOptions(host="192.0.2.7", port=8765)


@pytest.mark.parametrize(
    ("options", "host", "status"),
    [
        pytest.param(LOCAL, "127.0.0.1:8765", None, id="address"),
        pytest.param(LOCAL, "localhost:9000", None, id="end of a tunnel"),
        pytest.param(LOCAL, "[::1]:8765", None, id="address of version 6"),
        pytest.param(LOCAL, "evil.example:8765", 421, id="rebound name"),
        pytest.param(LOCAL, "127.0.0.1.evil.example", 421, id="name that begins like an address"),
        pytest.param(LOCAL, "192.0.2.7:8765", 421, id="address of the network on a local page"),
        pytest.param(LOCAL, "", 421, id="no name"),
        pytest.param(LOCAL, "[::1", 421, id="no name at all"),
        pytest.param(NETWORK, "192.0.2.7:8765", None, id="its own address"),
        pytest.param(NETWORK, "evil.example", 421, id="another name on the network"),
        pytest.param(PageOptions(host="0.0.0.0"), "192.0.2.9:8765", None, id="any address of digits"),
        pytest.param(PageOptions(host="0.0.0.0"), "evil.example", 421, id="any address, but a name"),
    ],
)
def test_the_page_answers_only_to_its_own_names(options: PageOptions, host: str, status: int | None) -> None:
    refused = Access(options).refusal("GET", {"host": host}, "", websocket=False)
    assert (refused.status if refused else None) == status


@pytest.mark.parametrize(
    ("method", "websocket", "origin", "status"),
    [
        pytest.param("POST", False, "http://localhost:8765", None, id="this page steers"),
        pytest.param("POST", False, None, None, id="a script without a page"),
        pytest.param("POST", False, "http://evil.example", 403, id="another page steers"),
        pytest.param("POST", False, "http://localhost:8766", 403, id="another port steers"),
        pytest.param("POST", False, "null", 403, id="a page without an origin"),
        pytest.param("POST", False, "http://[", 403, id="no origin at all"),
        pytest.param("GET", True, "http://evil.example", 403, id="another page listens"),
        pytest.param("GET", True, "http://localhost:8765", None, id="this page listens"),
        pytest.param("GET", False, "http://evil.example", None, id="looking alone reveals nothing across origins"),
    ],
)
def test_only_this_page_steers_and_listens(
    method: str, websocket: bool, origin: str | None, status: int | None
) -> None:
    headers = {"host": "localhost:8765"} | ({"origin": origin} if origin else {})
    refused = Access(LOCAL).refusal(method, headers, "", websocket=websocket)
    assert (refused.status if refused else None) == status


@pytest.mark.parametrize("length", ["10000000", "-1", "many", "16385", "\u00b2"])
def test_long_bodies_are_refused_by_their_announced_length(length: str) -> None:
    refused = Access(LOCAL).refusal("POST", {"host": "localhost", "content-length": length}, "", websocket=False)
    assert refused is not None
    assert refused.status == 413


def with_tls(folder: Path, host: str = "192.0.2.7") -> PageOptions:
    for name in ("page.pem", "page.key"):
        (folder / name).write_text("made up")
    return PageOptions(host=host, certificate=folder / "page.pem", key=folder / "page.key")


def test_on_this_computer_everybody_steers_unless_a_token_is_asked_for() -> None:
    assert Access(LOCAL).grant({}, "") is Grant.STEER
    asking = Access(PageOptions(with_token=True))
    assert asking.grant({}, "") is Grant.NOTHING
    assert asking.grant({}, f"token={asking.steer_token}") is Grant.STEER


def test_tokens_grant_what_they_are_for(tmp_path: Path) -> None:
    access = Access(with_tls(tmp_path))
    assert access.grant({}, "token=") is Grant.NOTHING
    assert access.grant({}, "token=wrong") is Grant.NOTHING
    assert access.grant({}, f"token={access.look_token}") is Grant.LOOK
    assert access.grant({"authorization": f"Bearer {access.steer_token}"}, "") is Grant.STEER
    assert access.grant({"cookie": f"{access.cookie}={access.look_token}"}, "") is Grant.LOOK
    assert access.grant({"cookie": "\x00=;;"}, "") is Grant.NOTHING


def test_over_a_network_nobody_steers_without_encryption() -> None:
    access = Access(NETWORK)
    assert access.grant({}, f"token={access.steer_token}") is Grant.LOOK
    assert "TLS" in access.why_no_steering


def test_a_page_for_looking_only_grants_no_steering() -> None:
    access = Access(PageOptions(view_only=True))
    assert access.grant({}, "") is Grant.LOOK
    assert "looking only" in access.why_no_steering


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigMismatch, match="TLS needs both"):
        PageOptions(certificate=tmp_path / "page.pem")
