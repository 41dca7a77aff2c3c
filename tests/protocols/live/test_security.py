"""What must not get in does not, and the run stays untouched."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from support.live_page import page_client, page_process
from support.made_up_record import write_run
from support.steered_run import SteeredRun

from operando.protocols.live.app import MOST_VIEWERS
from operando.protocols.live.options import PageOptions
from operando.protocols.reading import open_run
from operando.protocols.runner.steering_door import door_of

NEWS = "ws://127.0.0.1:8765/news"
NOTE = {"do": "note", "who": "A. Scientist", "text": "hello"}
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("live") / "run"
    write_run(folder)
    (folder.parent / "outside.txt").write_text("not to be seen")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with page_client(folder) as (client, _):
        yield client


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The address of a page in a process of its own."""
    with page_process(folder, "--port", "0") as (_, addresses):
        yield addresses["look and steer"]


@pytest.mark.parametrize("path", ["/", "/api/state", "/pictures/1/144", "/assets/js/main.mjs"])
def test_another_host_is_refused(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"host": "evil.example"}).status_code == 421


def test_another_page_neither_steers_nor_listens(client: TestClient) -> None:
    evil = {"origin": "http://evil.example"}
    assert client.post("/api/steer", json=NOTE, headers=evil).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(NEWS, headers=evil):
        pass


def test_a_form_of_another_page_is_no_wish(client: TestClient) -> None:
    answer = client.post("/api/steer", content=json.dumps(NOTE), headers={"content-type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/", "/api/state", "/api/curve", "/pictures/1/144", "/assets/css/page.css"])
def test_without_a_token_nothing_is_seen(folder: Path, path: str) -> None:
    with page_client(folder, PageOptions(with_token=True)) as (client, _):
        assert client.get(path).status_code == 401
        assert client.get(path, params={"token": "guessed"}).status_code == 401
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(NEWS):
            pass


def test_a_token_goes_from_the_address_into_a_cookie(folder: Path) -> None:
    with page_client(folder, PageOptions(with_token=True)) as (client, access):
        answer = client.get("/", params={"token": access.look_token})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        kept = answer.headers["set-cookie"]
        assert "HttpOnly" in kept
        assert "SameSite=strict" in kept
        assert client.get("/api/state").status_code == 200


def test_a_token_for_looking_does_not_steer(folder: Path) -> None:
    with page_client(folder, PageOptions(with_token=True)) as (client, access):
        bearer = {"authorization": f"Bearer {access.look_token}"}
        answer = client.post("/api/steer", json=NOTE, headers=bearer)
        assert answer.status_code == 403
        assert "looking" in answer.json()["error"]
        with client.websocket_connect(NEWS, headers=bearer) as socket:
            assert socket.receive_json()["may_steer"] is False


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../../outside.txt",
        "/assets/%2e%2e/%2e%2e/outside.txt",
        "/assets/..%2f..%2foutside.txt",
        "/assets//etc/passwd",
        "/assets/js/../../../app.py",
        "/assets/uplot/LICENSE",
        "/pictures/..%2f..%2foutside.txt/144",
        "/maps/1/..%2f..%2foutside.txt",
        "/samples.blocks",
        "/bench.yaml",
        "/../outside.txt",
    ],
)
def test_no_path_leads_out(served: str, path: str) -> None:
    answer = raw_request(served, path)
    assert answer.split(b" ")[1] in (b"404", b"400", b"307")
    assert b"not to be seen" not in answer
    assert b"root:" not in answer


def test_what_is_no_wish_is_explained(client: TestClient) -> None:
    for wish in ({}, {**NOTE, "do": "format disk"}, {**NOTE, "who": ""}, {**NOTE, "colour": "red"}):
        assert client.post("/api/steer", json=wish).status_code == 422


@pytest.mark.parametrize("member", ["who", "text", "name"])
def test_control_characters_are_no_words(client: TestClient, member: str) -> None:
    """HDF5 takes no NUL, and a terminal obeys what begins with an escape."""
    for said in ("a\0b", "\x1b[2J", "\x9b2J"):
        answer = client.post("/api/steer", json={**NOTE, member: said})
        assert answer.status_code == 422
        assert "control characters" in answer.json()["error"]


def test_a_finished_run_cannot_be_steered(client: TestClient) -> None:
    answer = client.post("/api/steer", json=NOTE).json()
    assert answer["state"] == "refused"
    assert "no process that can be steered" in answer["text"]


def test_ten_megabytes_are_refused(folder: Path) -> None:
    with page_process(folder, "--port", "0") as (process, addresses):
        address = addresses["look and steer"]
        for header in (b"content-length: 10000000\r\n", b"transfer-encoding: chunked\r\n"):
            assert post_too_much(address, header).split(b" ")[1] == b"413"
        assert listen_and_send(address, b"\x82\xff" + (10_000_000).to_bytes(8, "big") + bytes(4)) in (1009, 1011)
        assert process.poll() is None
        assert raw_request(address, "/api/state").startswith(b"HTTP/1.1 200")


def test_five_hundred_connections_are_bounded(folder: Path) -> None:
    with page_process(folder, "--port", "0") as (process, addresses):
        address = addresses["look and steer"]
        listening, sockets = 0, []
        for _ in range(500):
            connection = connect(address)
            if connection is None:
                continue
            sockets.append(connection)
            connection.sendall(upgrade(address))
        for connection in sockets:
            listening += status_of(connection) == 101
        assert 0 < listening <= MOST_VIEWERS
        for connection in sockets:
            connection.close()
        assert process.poll() is None
        wait_until_served(address)


def test_a_run_that_goes_on_notices_neither_crowd_nor_bulk(tmp_path: Path) -> None:
    with SteeredRun(tmp_path / "run", pace=60.0) as run:
        run.until("step started", "charge")
        door = door_of(run.folder)
        assert door is not None
        with page_process(run.folder, "--port", "0") as (_, addresses):
            address = addresses["look and steer"]
            assert post_too_much(address, b"content-length: 10000000\r\n").split(b" ")[1] == b"413"
            with socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE_S) as runner, suppress(OSError):
                runner.sendall(b"x" * 10_000_000)
            for besieged in (address, f"http://127.0.0.1:{door.port}/"):
                crowd = [connect(besieged) for _ in range(500)]
                wait_for_samples(run, 50)
                for connection in crowd:
                    if connection is not None:
                        connection.close()
        run.wait_for(lambda: run.ask("abort", "enough").ok)
        assert run.until_over().exit_code == 3
    record = open_run(run.folder)
    charge = record.samples[record.samples["step"] == record.samples["step"][-1]]
    assert set(abs(charge["current_A"].round(6))) == {2e-4}
    assert np.diff(charge["time_s"]).max() < 1.5
    assert not [event for event in record.events if event.kind in ("tripped", "instrument lost")]


def wait_for_samples(run: SteeredRun, count: int) -> None:
    """Wait until so many more were recorded."""
    seen = open_run(run.folder).samples.size
    run.wait_for(lambda: bool(open_run(run.folder).samples.size >= seen + count))


def test_a_browser_that_does_not_read_holds_up_nobody(folder: Path) -> None:
    with page_process(folder, "--port", "0") as (_, addresses):
        address = addresses["look and steer"]
        asleep = connect(address)
        assert asleep is not None
        asleep.sendall(upgrade(address))
        assert raw_request(address, "/api/state").startswith(b"HTTP/1.1 200")
        asleep.close()


def test_beyond_loopback_a_token_is_asked_for(folder: Path) -> None:
    with page_process(folder, "--port", "0", "--host", "0.0.0.0") as (_, addresses):
        assert addresses.keys() == {"look"}
        port = urlsplit(addresses["look"]).port
        assert raw_request(f"http://127.0.0.1:{port}/", "/").startswith(b"HTTP/1.1 401")


def place_of(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port


def connect(address: str) -> socket.socket | None:
    try:
        return socket.create_connection(place_of(address), timeout=PATIENCE_S)
    except OSError:
        return None


def upgrade(address: str) -> bytes:
    host, port = place_of(address)
    return (
        f"GET /news HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


def status_of(connection: socket.socket) -> int:
    """Of the answer; 0 if the server hung up."""
    try:
        first = connection.recv(64)
    except OSError:
        return 0
    return int(first.split(b" ")[1]) if first.startswith(b"HTTP") else 0


def raw_request(address: str, path: str) -> bytes:
    """Send a path exactly as it is; clients tidy paths up."""
    host, port = place_of(address)
    with socket.create_connection((host, port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n".encode())
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while data := connection.recv(65536):
        found += data
    return found


def post_too_much(address: str, header: bytes) -> bytes:
    host, port = place_of(address)
    head = f"POST /api/steer HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\n".encode()
    with socket.create_connection((host, port), timeout=PATIENCE_S) as connection:
        connection.sendall(head + header + b"\r\n")
        if b"chunked" in header:
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n0\r\n\r\n")
        return connection.recv(4096)


def listen_and_send(address: str, frame: bytes) -> int:
    """Open the stream of news, send a frame, and return the code with which the server closes."""
    host, port = place_of(address)
    with socket.create_connection((host, port), timeout=PATIENCE_S) as connection:
        connection.sendall(upgrade(address) + frame)
        data = read_all(connection)
    at = data.rfind(b"\x88")
    return int.from_bytes(data[at + 2 : at + 4], "big")


def wait_until_served(address: str) -> None:
    """The connections that were closed are forgotten one after the other."""
    for _ in range(200):
        if raw_request(address, "/api/state").startswith(b"HTTP/1.1 200"):
            return
    raise AssertionError("the page does not answer any more")
