"""Real sockets on loopback: right bytes, or the right error by the deadline."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links import Address, LinkContext, LinkRegistry, StreamBuffer

SOON_S = 0.05
PATIENT_S = 5.0


@pytest.fixture
def links() -> LinkRegistry:
    return LinkRegistry(LinkContext(RealClock()))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(PATIENT_S)
        yield server


def tcp(listener: socket.socket) -> Address:
    return Address("tcp", "127.0.0.1", listener.getsockname()[1])


def test_tcp_there_and_back(links: LinkRegistry, listener: socket.socket) -> None:
    with closing(links.open(tcp(listener))) as link, closing(listener.accept()[0]) as peer:
        link.write(b"who\n")
        assert peer.recv(10) == b"who\n"
        peer.sendall(b"me\nand more")
        assert StreamBuffer(link, RealClock()).read_until(b"\n", PATIENT_S) == b"me\n"


def test_tcp_silence_is_a_time_out_and_the_next_exchange_is_right(links: LinkRegistry, listener: socket.socket) -> None:
    with closing(links.open(tcp(listener))) as link, closing(listener.accept()[0]) as peer:
        buffer = StreamBuffer(link, RealClock())
        assert buffer.available() == b""
        with pytest.raises(TransportTimeout, match="waited for 4 bytes"):
            buffer.read_exactly(4, SOON_S)
        peer.sendall(b"late")
        assert buffer.read_exactly(4, PATIENT_S) == b"late"


def test_tcp_keeps_what_came_before_a_time_out(links: LinkRegistry, listener: socket.socket) -> None:
    with closing(links.open(tcp(listener))) as link, closing(listener.accept()[0]) as peer:
        buffer = StreamBuffer(link, RealClock())
        peer.sendall(b"half")
        with pytest.raises(TransportTimeout, match="half"):
            buffer.read_until(b"\n", 4 * SOON_S)
        peer.sendall(b" and half\n")
        assert buffer.read_until(b"\n", PATIENT_S) == b"half and half\n"


def test_tcp_closed_by_the_peer_is_closed_not_a_time_out(links: LinkRegistry, listener: socket.socket) -> None:
    with closing(links.open(tcp(listener))) as link:
        peer = listener.accept()[0]
        peer.sendall(b"last words")
        peer.close()
        assert link.read(PATIENT_S) == b"last words"
        with pytest.raises(TransportClosed, match="closed"):
            link.read(PATIENT_S)


def test_tcp_refused_says_so_at_once(links: LinkRegistry) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with pytest.raises(TransportClosed, match="cannot connect"):
        links.open(Address("tcp", "127.0.0.1", port))


def test_tcp_local_port_is_known_before_the_connection(links: LinkRegistry, listener: socket.socket) -> None:
    pending = links.prepare(tcp(listener))
    port = pending.local_port
    with closing(pending.connect()):
        peer, (_, seen) = listener.accept()
        peer.close()
    assert seen == port


def test_udp_datagrams_stay_whole(links: LinkRegistry) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(PATIENT_S)
        with closing(links.open(Address("udp", "127.0.0.1", server.getsockname()[1]))) as link:
            assert link.read(0.0) == b""
            with pytest.raises(TransportTimeout):
                link.read(SOON_S)
            link.write(b"ask")
            data, client = server.recvfrom(100)
            server.sendto(b"one", client)
            server.sendto(b"two", client)
            assert (data, link.read(PATIENT_S), link.read(PATIENT_S)) == (b"ask", b"one", b"two")


def test_udp_sends_from_the_local_port_that_was_asked_for_by_one_link_after_another(links: LinkRegistry) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(PATIENT_S)
        port = server.getsockname()[1]
        with closing(links.open(Address("udp", "127.0.0.1", port))) as link:
            link.write(b"from any port")
            local_port = server.recvfrom(100)[1][1]
        address = Address("udp", "127.0.0.1", port, (("local_port", str(local_port)),))
        for _ in range(2):
            with closing(links.open(address)) as link:
                link.write(b"from this port")
                assert server.recvfrom(100) == (b"from this port", ("127.0.0.1", local_port))
        with closing(links.open(address)), pytest.raises(TransportClosed, match="local_port"):
            links.open(address)


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1", "udp://127.0.0.1", "udp://127.0.0.1:9?local_port=many", "carrier-pigeon://roof"],
)
def test_addresses_that_make_no_sense(links: LinkRegistry, address: str) -> None:
    with pytest.raises(ConfigMismatch):
        links.open(Address.parse(address))
