"""The proxy between a real client and a real server, over real sockets on loopback."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from operando.drivers.clock import RealClock
from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import Address
from operando.simulators.faults import (
    Close,
    CutAfter,
    Direction,
    Drop,
    FaultRule,
    Overwrite,
    Split,
    Unplug,
    WireFaults,
)
from operando.simulators.proxy import TcpProxy, UdpProxy, read_rules
from operando.simulators.proxy.__main__ import proxy_to

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[list[bytes]]]


async def _say_again(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data.upper())
    await gone(writer)


async def gone(writer: asyncio.StreamWriter) -> None:
    """Closed, whether or not the other end has reset it."""
    writer.close()
    with suppress(ConnectionResetError):
        await writer.wait_closed()


async def _over_tcp(rules: tuple[FaultRule, ...], talk: Talk) -> list[bytes]:
    faults = WireFaults()
    for rule in rules:
        faults.add(rule)
    server = await asyncio.start_server(_say_again, "127.0.0.1", 0)
    proxy = TcpProxy(RealClock(), faults, *server.sockets[0].getsockname())
    await proxy.open()
    address = Address.parse(proxy.address)
    try:
        reader, writer = await asyncio.open_connection(address.place, address.port)
        try:
            return await talk(reader, writer)
        finally:
            await gone(writer)
    finally:
        await proxy.close()
        server.close()
        await server.wait_closed()


def asked(*questions: bytes) -> Talk:
    """What comes back; each answer is awaited before the next question."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bytes]:
        answers = []
        for question in questions:
            writer.write(question)
            try:
                answers.append(await reader.readexactly(len(question)))
            except asyncio.IncompleteReadError as error:
                answers.append(error.partial + b"|closed")
            except ConnectionResetError:
                answers.append(b"|reset")
        return answers

    return talk


def tcp(*rules: FaultRule, ask: tuple[bytes, ...]) -> list[bytes]:
    return asyncio.run(_over_tcp(rules, asked(*ask)))


def test_without_rules_everything_passes() -> None:
    assert tcp(ask=(b"one", b"two")) == [b"ONE", b"TWO"]


def test_a_reply_in_pieces_is_the_same_reply() -> None:
    assert tcp(FaultRule(fault=Split(parts=3, gap_s=0.001)), ask=(b"one", b"two")) == [b"ONE", b"TWO"]


def test_one_request_is_changed_on_its_way() -> None:
    rule = FaultRule(fault=Overwrite(at=0, hex="78"), on=Direction.REQUESTS, nth=(2,))
    assert tcp(rule, ask=(b"one", b"two", b"two")) == [b"ONE", b"XWO", b"TWO"]


def test_the_connection_is_closed_in_the_middle_of_a_reply() -> None:
    assert tcp(FaultRule(fault=CutAfter(count=2, close=True)), ask=(b"one",)) == [b"ON|closed"]


def test_the_connection_is_reset() -> None:
    assert tcp(FaultRule(fault=Close(reset=True)), ask=(b"one",)) == [b"|reset"]


def test_while_the_wire_is_cut_nobody_is_let_in() -> None:
    assert tcp(FaultRule(fault=Unplug()), ask=(b"one",))[0] in (b"|reset", b"|closed")


def test_a_server_that_is_not_there_looks_as_without_the_proxy() -> None:
    async def talk() -> bytes:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            proxy = TcpProxy(RealClock(), WireFaults(), *free.getsockname())
        await proxy.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", Address.parse(proxy.address).port)
        try:
            return await reader.read(1) or b"closed"
        except ConnectionResetError:
            return b"reset"
        finally:
            await gone(writer)
            await proxy.close()

    assert asyncio.run(talk()) == b"reset"


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(None)


class _Asking(_Datagrams):
    def __init__(self) -> None:
        super().__init__()
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.answers.put_nowait(data)


class _Answering(_Datagrams):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(data.upper(), addr)


def test_datagrams_pass_and_get_lost() -> None:
    async def talk() -> list[bytes]:
        loop = asyncio.get_running_loop()
        server, answering = await loop.create_datagram_endpoint(_Answering, local_addr=("127.0.0.1", 0))
        faults = WireFaults()
        faults.add(FaultRule(fault=Drop(), nth=(2,)))
        proxy = UdpProxy(RealClock(), faults, *server.get_extra_info("sockname"))
        await proxy.open()
        port = Address.parse(proxy.address).port
        assert port is not None
        to_proxy = ("127.0.0.1", port)
        client, asking = await loop.create_datagram_endpoint(_Asking, remote_addr=to_proxy)
        heard = []
        for question, answered in ((b"one", True), (b"two", False), (b"three", True)):
            client.sendto(question)
            if answered:
                heard.append(await asking.answers.get())
        client.close()
        await proxy.close()
        server.close()
        await asyncio.gather(asking.lost, answering.lost)
        return heard

    assert asyncio.run(talk()) == [b"ONE", b"THREE"]


def test_a_rules_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("operando_faults: 1\nrules:\n  - {fault: {effect: cut, count: 2}, nth: [3]}\n")
    assert read_rules(path).rules == (FaultRule(fault=CutAfter(count=2), nth=(3,)),)
    path.write_text("operando_faults: 1\nrules:\n  - {fault: {effect: cut, count: 2}, nht: [3]}\n")
    with pytest.raises(DocumentError, match=r"rules.yaml:3: .*nht.*nth"):
        read_rules(path)


@pytest.mark.parametrize("address", ["serial:///dev/ttyUSB0", "tcp://127.0.0.1"])
def test_only_sockets_with_a_port_are_proxied(address: str) -> None:
    with pytest.raises(ConfigMismatch, match="tcp://host:port"):
        proxy_to(Address.parse(address), WireFaults())
