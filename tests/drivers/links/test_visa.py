"""`visa://` at a served instrument and at sockets that misbehave, through pyvisa and pyvisa-py."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pyvisa
from pytest_mock import MockerFixture
from support.one_instrument import context_for
from support.served import PATIENT_S, bench_of, serving

from operando.drivers.bench.file import load_bench_file
from operando.drivers.bench.open import connect_bench
from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links import Address, Link, LinkContext
from operando.drivers.links.visa import VisaLinks
from operando.drivers.potentiostats.keithley.keithley_2450 import open_keithley_2450
from operando.drivers.roles import Galvanostatic, Guard, OpenCircuit, Safety, Step

BENCH = bench_of(smu="keithley-2450 sim://keithley-2450", old="keithley-2400 sim://keithley-2400")


def opened(resource: str) -> Link:
    return VisaLinks(LinkContext(RealClock())).open(Address.parse(f"visa://{resource}?backend=@py"))


def line(link: Link) -> bytes:
    """What comes until the end of a line."""
    data = b""
    while not data.endswith(b"\n"):
        data += link.read(PATIENT_S)
    return data


@contextmanager
def peer() -> Iterator[tuple[Link, socket.socket]]:
    """A link, and the socket at its other end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = opened(f"TCPIP::127.0.0.1::{server.getsockname()[1]}::SOCKET")
        other, _ = server.accept()
        with other:
            try:
                yield link, other
            finally:
                link.close()


def test_nothing_that_has_come_is_lost_by_a_time_out() -> None:
    with peer() as (link, other):
        other.sendall(b"half an ans")
        assert link.read(PATIENT_S) == b"half an ans"
        with pytest.raises(TransportTimeout):
            link.read(0.05)
        assert link.read(0.0) == b""
        other.sendall(b"wer\n")
        assert link.read(PATIENT_S) == b"wer\n"


def test_more_than_pyvisa_py_takes_at_once_comes_whole() -> None:
    with peer() as (link, other):
        sent = bytes(range(32, 127)) * 200 + b"\n"
        other.sendall(sent)
        assert line(link) == sent


def test_line_ends_are_not_waited_for_and_nothing_is_added() -> None:
    with peer() as (link, other):
        link.write(b"\x01no line end")
        assert other.recv(100) == b"\x01no line end"
        assert other.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


def test_a_closed_peer_is_no_time_out() -> None:
    with peer() as (link, other):
        other.sendall(b"last words")
        other.close()
        assert link.read(PATIENT_S) == b"last words"
        with pytest.raises(TransportClosed, match="end of stream"):
            link.read(PATIENT_S)
        with pytest.raises(TransportClosed):
            for _ in range(100):
                link.write(b"*IDN?\n")


def test_a_refused_port_is_refused_when_it_is_opened() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TransportClosed, match="cannot open"):
        opened(f"TCPIP::127.0.0.1::{port}::SOCKET")


def test_what_is_no_resource_is_refused() -> None:
    with pytest.raises(TransportClosed, match="cannot open"):
        opened("NONSENSE::1::2")
    with pytest.raises(ConfigMismatch):
        VisaLinks(LinkContext(RealClock())).prepare(Address.parse("visa://GPIB0::24::INSTR"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("visa://TCPIP::10.0.0.5::5025::SOCKET", "TCPIP::10.0.0.5::5025::SOCKET"),
        ("visa://ASRL/dev/ttyUSB0::INSTR?baudrate=19200", "ASRL/dev/ttyUSB0::INSTR"),
        ("visa://USB0::0x05E6::0x2450::04474830::INSTR", "USB0::0x05E6::0x2450::04474830::INSTR"),
    ],
)
def test_names_of_resources_are_addresses(text: str, place: str) -> None:
    address = Address.parse(text)
    assert (address.scheme, address.place, address.port) == ("visa", place, None)
    assert Address.parse(str(address)) == address


def test_a_step_over_a_socket_of_visa(tmp_path: Path) -> None:
    with serving(tmp_path, BENCH) as served:
        port = urlsplit(served.instruments["smu"]["tcp"]).port
        link = opened(f"TCPIP::127.0.0.1::{port}::SOCKET")
        clock = RealClock()
        potentiostat = open_keithley_2450(context_for([link], clock)).potentiostat
        assert potentiostat is not None
        potentiostat.start(Step(3, Galvanostatic(1e-4), Guard((2.4, 4.35), (-1e-3, 1e-3), 60.0), 1.0))
        end = None
        while end is None:
            clock.sleep_until(clock.now() + 0.1)
            end = potentiostat.poll().end
        assert end.reason == "time"
        assert potentiostat.make_safe().safety is Safety.CONFIRMED
        potentiostat.close()


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo terminals")
def test_a_rest_over_a_serial_line_of_visa(tmp_path: Path) -> None:
    with serving(tmp_path, BENCH) as served:
        device = urlsplit(served.instruments["old"]["pty"]).path
        text = bench_of(old=f"keithley-2400 visa://ASRL{device}::INSTR")
        text = text.replace("INSTR'}", "INSTR', accept_untested_on_hardware: {by: test, on: 2026-01-01}}")
        with connect_bench(*load_bench_file(text)) as bench:
            bench.potentiostat.start(Step(1, OpenCircuit(), Guard((2.4, 4.35), (-1e-3, 1e-3), 60.0), 30.0))
            assert bench.potentiostat.poll().block["voltage_V"][0] == pytest.approx(3.55, abs=0.1)
        assert bench.safe_states[0].safety is Safety.CONFIRMED


def test_an_instrument_that_speaks_only_when_asked_is_not_asked_whether_it_has_spoken(mocker: MockerFixture) -> None:
    resource = mocker.create_autospec(pyvisa.resources.USBInstrument, instance=True)
    resource.visalib = mocker.Mock()
    resource.visalib.read.return_value = (b"0\n", None)
    mocker.patch.object(pyvisa.ResourceManager, "open_resource", return_value=resource)
    link = opened("USB0::0x05E6::0x2450::04474830::INSTR")
    assert link.read(0.0) == b""
    resource.visalib.read.assert_not_called()
    assert link.read(0.5) == b"0\n"
    link.close()
