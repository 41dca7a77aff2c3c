"""A real serial line on a pseudo terminal, where the platform has them; on every platform through a TCP socket."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links import Address, LinkContext, LinkRegistry, StreamBuffer

PATIENT_S = 5.0


@pytest.fixture
def links() -> LinkRegistry:
    return LinkRegistry(LinkContext(RealClock()))


if sys.platform != "win32":
    import pty
    import tty

    @pytest.fixture
    def terminal() -> Iterator[tuple[int, str]]:
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        yield ours, os.ttyname(theirs)
        os.close(ours)
        os.close(theirs)

    def test_pseudo_terminal(links: LinkRegistry, terminal: tuple[int, str]) -> None:
        ours, name = terminal
        with closing(links.open(Address.parse(f"serial://{name}?baudrate=115200"))) as link:
            assert link.read(0.0) == b""
            link.write(b"\x01\x03")
            assert os.read(ours, 10) == b"\x01\x03"
            os.write(ours, b"reply")
            assert StreamBuffer(link, RealClock()).read_exactly(5, PATIENT_S) == b"reply"
            with pytest.raises(TransportTimeout):
                link.read(0.05)


def test_the_same_over_a_socket(links: LinkRegistry) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        place = f"socket://127.0.0.1:{server.getsockname()[1]}"
        with closing(links.open(Address("serial", place))) as link, closing(server.accept()[0]) as peer:
            peer.sendall(b"hello")
            assert StreamBuffer(link, RealClock()).read_exactly(5, PATIENT_S) == b"hello"


def test_a_port_that_is_not_there(links: LinkRegistry) -> None:
    with pytest.raises(TransportClosed, match="cannot open the port"):
        links.open(Address.parse("serial:///dev/no-such-port"))


def test_a_parity_that_does_not_exist(links: LinkRegistry) -> None:
    with pytest.raises(ConfigMismatch, match="parity"):
        links.open(Address.parse("serial:///dev/null?parity=X"))
