"""The wire of the DP5: bad packets, datagrams, hosts, the stall after storing, and the serial line."""

import pytest
from support.photon_world import AmptekBench, packet
from support.resistor_world import Client

from operando.simulators.spectrometers import AmptekSettings

ECHO, ECHOED = packet(0xF1, 0x7F, b"hi"), packet(0x8F, 0x7F, b"hi")


def _acknowledge(code: int) -> bytes:
    return packet(0xFF, code)


@pytest.mark.parametrize(
    ("datagram", "reply"),
    [
        pytest.param(b"nonsense", _acknowledge(0x01), id="no synchronisation"),
        pytest.param(packet(0x77, 0x01), _acknowledge(0x02), id="unknown group"),
        pytest.param(packet(0xF0, 0x77), _acknowledge(0x02), id="unknown order"),
        pytest.param(packet(0x01, 0x01, b"x"), _acknowledge(0x03), id="data where none belong"),
        pytest.param(ECHO[:-1], _acknowledge(0x03), id="cut short"),
        pytest.param(packet(0xF1, 0x7F, bytes(513)), _acknowledge(0x03), id="too long"),
        pytest.param(ECHO[:-1] + b"\x00", _acknowledge(0x04), id="wrong checksum"),
    ],
)
def test_a_bad_packet_is_refused_and_the_next_is_right(datagram: bytes, reply: bytes) -> None:
    bench = AmptekBench()
    assert bench.client.ask(datagram) == reply
    assert bench.client.ask(ECHO) == ECHOED


def test_a_request_does_not_span_datagrams() -> None:
    bench = AmptekBench()
    assert bench.client.ask(ECHO[:5]) == _acknowledge(0x03)
    assert bench.client.ask(ECHO[5:]) == _acknowledge(0x01)


def test_a_long_reply_comes_in_datagrams_of_520_bytes_at_once() -> None:
    bench = AmptekBench()
    asked_s = bench.client.now
    bench.client.ask(packet(0x02, 0x03), 0.2)
    sizes = [len(datagram) for _, datagram in bench.client.heard]
    assert sizes == [520] * 11 + [496]
    assert sum(sizes) == 6216
    assert {round(time_s - asked_s, 6) for time_s, _ in bench.client.heard} == {0.070}


@pytest.mark.parametrize(
    ("channels", "takes_s"),
    [(256, 0.011), (512, 0.019), (1024, 0.035), (2048, 0.070), (4096, 0.134), (8192, 0.263)],
    ids=str,
)
def test_reading_a_spectrum_takes_its_time(channels: int, takes_s: float) -> None:
    bench = AmptekBench()
    bench.configure(f"MCAC={channels};")
    asked_s = bench.client.now
    bench.client.write(packet(0x02, 0x01))
    assert bench.client.conversation.due() == pytest.approx(asked_s + takes_s)


def test_another_host_is_ignored_until_the_first_was_silent() -> None:
    bench = AmptekBench()
    second = Client(bench.engine.connect("", 50001, 0.0))
    assert bench.client.ask(ECHO) == ECHOED
    assert second.ask(ECHO) == b""
    bench.client.now = 14.0
    assert bench.client.ask(packet(0xF0, 0x21)) == _acknowledge(0x00)
    second.now = 28.0
    assert second.ask(ECHO) == b""
    second.now = 29.1
    assert second.ask(ECHO) == ECHOED
    bench.client.now = 29.2
    assert bench.client.ask(ECHO) == b""


def test_the_same_host_is_known_by_its_port_after_it_came_back() -> None:
    bench = AmptekBench()
    assert bench.client.ask(ECHO) == ECHOED
    bench.client.conversation.disconnect(1.0)
    again = Client(bench.engine.connect("", 50000, 1.0), 1.0)
    assert again.ask(ECHO) == ECHOED


def test_a_lock_is_kept_until_another_keep_alive() -> None:
    bench = AmptekBench()
    second = Client(bench.engine.connect("", 50001, 0.0))
    bench.client.ask(packet(0xF0, 0x22))
    second.now = 1000.0
    assert second.ask(ECHO) == b""
    bench.client.now = 1001.0
    bench.client.ask(packet(0xF0, 0x20))
    second.now = 1017.0
    assert second.ask(ECHO) == ECHOED


def test_storing_a_configuration_stalls_what_comes_next() -> None:
    bench = AmptekBench(AmptekSettings(stall_s=0.1))
    assert bench.client.ask(packet(0x20, 0x02, b"MCAC=256;"), 0.01) == _acknowledge(0x00)
    assert bench.client.ask(ECHO, 0.08) == b""
    assert bench.client.read(bench.client.now + 0.05) == ECHOED
    assert bench.client.ask(packet(0x20, 0x04, b"MCAC=512;"), 0.01) == _acknowledge(0x00)
    assert bench.client.ask(ECHO, 0.01) == ECHOED


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param("PRET=0.05;", 0x05, id="below the shortest preset"),
        pytest.param("TPEA=999;", 0x05, id="beyond the longest peaking time"),
        pytest.param("TPEA=abc;", 0x05, id="no number"),
        pytest.param("TPEA=4.000000000;", 0x05, id="more than ten characters"),
        pytest.param("PREC=1000;", 0x05, id="preset of counts, which is not built"),
        pytest.param("MCAC;", 0x07, id="no value"),
        pytest.param("mcac=256;", 0x07, id="small letters"),
    ],
)
def test_commands_that_are_refused(command: str, code: int) -> None:
    bench = AmptekBench()
    text = command.encode("ascii")
    assert bench.client.ask(packet(0x20, 0x04, text)) == packet(0xFF, code, text)


def test_a_real_default_set_is_accepted_and_a_reset_restores_it() -> None:
    """epics-modules/mca, FastSDD Default DP5.txt."""
    bench = AmptekBench()
    defaults = (
        "RESC=YES;CLCK=80;TPEA=4.000;GAIF=1.0713;GAIN=16.000;RESL=100;TFLA=0.200;TPFA=100;PURE=ON;MCAC=2048;"
        "AINP=POS;THSL=0.683;THFA=12.12;HVSE=-110;TECS=220;PAPS=ON;PRET=OFF;MCAE=ON;"
    )
    assert bench.configure(defaults) == b""
    bench.configure("MCAC=256;TPEA=1.000;")
    bench.configure("RESC=YES;")
    assert bench.order(0x20, 0x03, b"MCAC;TPEA;") == b"MCAC=2048;TPEA=4.000;"


@pytest.mark.parametrize(
    ("configuration", "voltage", "bits"),
    [
        pytest.param("HVSE=-110;", -220, 0x80, id="negative"),
        pytest.param("HVSE=500;PAPS=8.5;", 1000, 0xE0, id="positive, 8.5 V"),
        pytest.param("HVSE=OFF;", 0, 0x80, id="off"),
    ],
)
def test_the_detector_supply_in_the_status(configuration: str, voltage: int, bits: int) -> None:
    bench = AmptekBench()
    bench.configure(configuration)
    status = bench.order(0x01, 0x01)
    assert int.from_bytes(status[30:32], "big", signed=True) == voltage
    assert status[38] == bits


def test_a_serial_line_takes_a_packet_in_pieces_and_answers_at_its_baud_rate() -> None:
    bench = AmptekBench(endpoint="serial")
    bench.client.write(ECHO[:4])
    assert bench.client.read(0.05) == b""
    bench.client.write(ECHO[4:])
    assert bench.client.read(0.1) == ECHOED
    bench.client.now = 1.0
    bench.client.write(packet(0x02, 0x03))
    assert bench.client.conversation.due() == pytest.approx(1.0 + 6216 / 11520, abs=0.01)


def test_a_gap_on_the_serial_line_discards_the_packet_silently() -> None:
    bench = AmptekBench(endpoint="serial")
    bench.client.write(ECHO[:4])
    assert bench.client.read(0.11) == b""
    assert bench.client.ask(ECHO) == ECHOED
