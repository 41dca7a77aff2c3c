"""Addresses are one line of text, read strictly and written back the same."""

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import Address


@pytest.mark.parametrize(
    ("text", "scheme", "place", "port"),
    [
        ("tcp://10.0.0.5:8300", "tcp", "10.0.0.5", 8300),
        ("udp://127.0.0.1:10001", "udp", "127.0.0.1", 10001),
        ("tcp://[::1]:8300", "tcp", "::1", 8300),
        ("serial:///dev/ttyACM0?baudrate=921600", "serial", "/dev/ttyACM0", None),
        ("serial://COM3", "serial", "COM3", None),
        ("sim://sem/control", "sim", "sem/control", None),
    ],
)
def test_read(text: str, scheme: str, place: str, port: int | None) -> None:
    address = Address.parse(text)
    assert (address.scheme, address.place, address.port) == (scheme, place, port)
    assert str(address) == text


def test_options_and_other_ports() -> None:
    address = Address.parse("serial:///dev/ttyUSB0?baudrate=115200&parity=E")
    assert (address.option("baudrate", "9600"), address.option("stopbits", "1")) == ("115200", "1")
    assert str(address) == "serial:///dev/ttyUSB0?baudrate=115200&parity=E"
    assert str(Address.parse("tcp://10.0.0.5:8300").at_port(8301)) == "tcp://10.0.0.5:8301"


@pytest.mark.parametrize("text", ["10.0.0.5", "tcp://", "://x", "tcp://host:notaport", ""])
def test_refused(text: str) -> None:
    with pytest.raises(ConfigMismatch, match="is no address"):
        Address.parse(text)


@pytest.mark.parametrize("port", ["99999", "65536", "0", "-1", "notaport"])
@pytest.mark.parametrize("text", ["tcp://host:{}", "udp://[::1]:{}?local_port=1"])
def test_a_port_is_a_number_of_sixteen_bits(text: str, port: str) -> None:
    with pytest.raises(ConfigMismatch, match="from 1 to 65535") as raised:
        Address.parse(text.format(port))
    assert f"its port is {port!r}" in raised.value.what


@pytest.mark.parametrize("port", [1, 65535])
def test_the_first_and_the_last_port(port: int) -> None:
    assert Address.parse(f"tcp://host:{port}").port == port
