"""Wires as clients find them: who is let in, what a cut wire looks like, and that the next exchange is right again."""

import asyncio
import os
import select
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.served import PATIENT_S, Served, bench_of, serving

from operando.drivers.errors import TransportClosed, TransportTimeout
from operando.drivers.links import Link
from operando.drivers.waiting import wait_for
from operando.simulators.serve.listener import bind_neighbours

BENCH = bench_of(
    potentiostat="emstat4-hr sim://potentiostat",
    sem="tescan sim://sem/control",
    eds="amptek-dp5 sim://eds",
    box="keller-33x sim://box",
)
SHORT_S = 0.2
posix_only = pytest.mark.skipif(os.name != "posix", reason="this platform has no pseudo terminals")

SERIAL_NUMBER = (b"i\n", b"iES4HR20B0008\n")
AMPTEK_ECHO = (bytes.fromhex("F5FAF17F00026869FBCE"), bytes.fromhex("F5FA8F7F00026869FC30"))
KELLER_ECHO = (bytes.fromhex("010800001234ED7C"), bytes.fromhex("010800001234ED7C"))
EXCHANGES = [
    pytest.param("potentiostat", "tcp", *SERIAL_NUMBER, id="potentiostat over TCP"),
    pytest.param("potentiostat", "pty", *SERIAL_NUMBER, id="potentiostat over a terminal", marks=posix_only),
    pytest.param("eds", "udp", *AMPTEK_ECHO, id="spectrometer over UDP"),
    pytest.param("box", "tcp", *KELLER_ECHO, id="gauge over TCP"),
    pytest.param("box", "pty", *KELLER_ECHO, id="gauge over a terminal", marks=posix_only),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), BENCH) as server:
        yield server


@pytest.fixture(autouse=True)
def plugged(served: Served) -> Iterator[None]:
    yield
    for name in served.instruments:
        served.control.order(plug=name)


def _ask(served: Served, link: Link, request: bytes, reply: bytes) -> None:
    link.write(request)
    assert served.read(link, reply) == reply


def _open_when_free(served: Served, wire: str) -> Link:
    """The potentiostat takes one client, and learns that the last one has gone a moment after it has."""
    opened: list[Link] = []

    def answers() -> bool:
        link = served.link("potentiostat", wire)
        try:
            link.write(SERIAL_NUMBER[0])
            assert link.read(SHORT_S) == SERIAL_NUMBER[1]
        except (TransportClosed, TransportTimeout):
            link.close()
            return False
        opened.append(link)
        return True

    wait_for(served.clock, answers, PATIENT_S, every_s=0.02)
    return opened[0]


def _open(served: Served, name: str, wire: str) -> Link:
    return _open_when_free(served, wire) if name == "potentiostat" else served.link(name, wire)


@pytest.mark.parametrize(("name", "wire", "request_", "reply"), EXCHANGES)
def test_a_cut_wire_is_an_error_and_a_mended_one_is_right_again(
    served: Served, name: str, wire: str, request_: bytes, reply: bytes
) -> None:
    with closing(_open(served, name, wire)) as link:
        _ask(served, link, request_, reply)
        assert served.control.order(unplug=name) == {"ok": True}
        with pytest.raises(TransportClosed if wire == "tcp" else TransportTimeout):
            link.write(request_)
            link.read(SHORT_S)
        assert served.control.order(plug=name) == {"ok": True}
        if wire != "tcp":
            _ask(served, link, request_, reply)  # the client's end of such a wire has outlived the cut
    if wire != "udp":
        with closing(_open(served, name, wire)) as another:
            _ask(served, another, request_, reply)


def test_the_spectrometer_is_deaf_to_a_second_host(tmp_path: Path) -> None:
    with (
        serving(tmp_path, bench_of(eds="amptek-dp5 sim://eds")) as served,
        closing(served.link("eds", "udp")) as first,
        closing(served.link("eds", "udp")) as second,
    ):
        _ask(served, first, *AMPTEK_ECHO)
        second.write(AMPTEK_ECHO[0])
        with pytest.raises(TransportTimeout):
            second.read(SHORT_S)
        _ask(served, first, *AMPTEK_ECHO)


@pytest.mark.parametrize("name", ["potentiostat", "sem", "box"])
def test_a_cut_wire_takes_no_new_client(served: Served, name: str) -> None:
    served.control.order(unplug=name)
    with pytest.raises(TransportClosed), closing(served.link(name, "tcp")) as link:
        link.write(b"anything")
        link.read(PATIENT_S)


def test_the_potentiostat_takes_one_client(served: Served) -> None:
    with closing(_open_when_free(served, "tcp")) as first:
        with pytest.raises(TransportClosed), closing(served.link("potentiostat", "tcp")) as second:
            second.read(PATIENT_S)
        _ask(served, first, *SERIAL_NUMBER)


@posix_only
def test_the_potentiostat_takes_nobody_at_one_port_while_the_other_is_held(served: Served) -> None:
    with closing(_open_when_free(served, "pty")) as terminal:
        with pytest.raises(TransportClosed), closing(served.link("potentiostat", "tcp")) as second:
            second.read(PATIENT_S)
        _ask(served, terminal, *SERIAL_NUMBER)
    with closing(_open_when_free(served, "tcp")) as first:
        with closing(served.link("potentiostat", "pty")) as deaf:
            deaf.write(SERIAL_NUMBER[0])
            with pytest.raises(TransportTimeout):
                deaf.read(SHORT_S)
        _ask(served, first, *SERIAL_NUMBER)


@posix_only
def test_what_a_client_left_unread_is_not_given_to_the_next(served: Served) -> None:
    with closing(_open_when_free(served, "pty")) as first:
        first.write(b"t\n")
    _open_when_free(served, "tcp").close()  # now the server knows that the first client has gone
    path = served.instruments["potentiostat"]["pty"].removeprefix("serial://")
    answers: list[bytes] = []

    def answered() -> bool:
        answers.append(_ask_plainly(path, b"i\n"))
        return bool(answers[-1])

    wait_for(served.clock, answered, PATIENT_S, every_s=0.02)
    assert answers[-1] == SERIAL_NUMBER[1]


def _ask_plainly(path: str, request: bytes) -> bytes:
    """What comes within a short time; without pyserial, which discards what is there when it opens a port."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, request)
        readable, _, _ = select.select([port], [], [], SHORT_S)
        return os.read(port, 1000) if readable else b""
    finally:
        os.close(port)


def test_two_clients_of_the_microscope_are_both_answered(served: Served) -> None:
    version = b"TcpGetVersion".ljust(16, b"\0") + bytes(4) + (1).to_bytes(4, "little") + bytes(8)
    with closing(served.link("sem", "tcp")) as first, closing(served.link("sem", "tcp")) as second:
        for link in (first, second, first):
            link.write(version)
            reply = b""
            while len(reply) < 32:
                reply += link.read(PATIENT_S)
            assert reply.startswith(b"TcpGetVersion")


def test_an_unannounced_data_connection_of_the_microscope_is_refused(served: Served) -> None:
    with pytest.raises(TransportClosed), closing(served.link("sem", "data")) as data:
        data.read(PATIENT_S)


def test_the_data_port_of_the_microscope_is_one_above_its_control_port(served: Served) -> None:
    control, data = (int(served.instruments["sem"][wire].rpartition(":")[2]) for wire in ("tcp", "data"))
    assert data == control + 1


def test_small_replies_are_not_held_back() -> None:
    """With Nagle's delay the second of two replies waits 40 ms for the client's acknowledgement of the first."""

    class Accepted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            taken.set_result(transport)

    async def accept() -> int:
        (bound,) = bind_neighbours(1)
        server = await asyncio.get_running_loop().create_server(Accepted, sock=bound)
        with closing(socket.create_connection(bound.getsockname(), timeout=PATIENT_S)):
            transport = await taken
            option = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            transport.close()
        server.close()
        return int(option)

    with asyncio.Runner() as runner:
        taken: asyncio.Future[asyncio.BaseTransport] = runner.get_loop().create_future()
        assert runner.run(accept()) != 0
