"""What went over the wires is written down, and speaks in place of the instruments."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from operando.drivers.bench import load_bench_file, open_bench
from operando.drivers.bench.open import connect_bench
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, ProtocolError, TransportClosed, TransportTimeout
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry
from operando.drivers.links.recording import WireRecorder
from operando.drivers.links.recording_file import Reply, read_takes

HEAD = '{"operando_wires": 1, "began": "2026-01-01T00:00:00+00:00"}\n'


def recording(folder: Path, *lines: str) -> Path:
    path = folder / "wires.jsonl"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return path


def opened(link: int, address: str, time_s: float = 0.0) -> str:
    return f'{{"time_s": {time_s}, "link": {link}, "act": "open", "address": "{address}", "local_port": 50001}}'


def said(link: int, act: str, data: bytes, time_s: float) -> str:
    return f'{{"time_s": {time_s}, "link": {link}, "act": "{act}", "hex": "{data.hex()}"}}'


def replayed(address: str, clock: VirtualClock) -> Link:
    return LinkRegistry(LinkContext(clock)).open(Address.parse(address))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def gauge(tmp_path: Path) -> Path:
    """Asked twice, it says one thing and then another, each half a second later."""
    return recording(
        tmp_path,
        opened(0, "serial:///dev/ttyUSB0"),
        said(0, "write", b"PR1\r", 1.0),
        said(0, "read", b"1.0\r", 1.5),
        said(0, "write", b"TID\r", 2.0),
        said(0, "read", b"PKR\r", 2.1),
        said(0, "write", b"PR1\r", 3.0),
        said(0, "read", b"2.0\r", 3.5),
    )


def test_a_bench_is_replayed_with_the_values_that_it_had(tmp_path: Path) -> None:
    bench = open_bench("sim", wires=tmp_path / "wires.jsonl")
    identities = [role.identify() for role in bench.one_role_each()]
    pressure = bench.pressures["box"].pressure()
    place = bench.stage.position()
    bench.close()

    again = open_bench(tmp_path / "wires.bench.yaml")
    assert again.clock.virtual
    assert [(i.vendor, i.model, i.serial, i.firmware) for i in identities] == [
        (i.vendor, i.model, i.serial, i.firmware) for i in (role.identify() for role in again.one_role_each())
    ]
    assert again.pressures["box"].pressure().value == pressure.value
    assert again.stage.position() == place
    again.close()


def test_answers_come_when_they_came(gauge: Path, clock: VirtualClock) -> None:
    link = replayed(f"replay://{gauge}", clock)
    link.write(b"PR1\r")
    with pytest.raises(TransportTimeout):
        link.read(0.4)
    assert link.read(1.0) == b"1.0\r"
    assert clock.now() == pytest.approx(0.5)


def test_the_same_question_gets_its_answers_in_order_and_then_the_last_again(gauge: Path, clock: VirtualClock) -> None:
    link = replayed(f"replay://{gauge}", clock)
    answers = []
    for _ in range(3):
        link.write(b"PR1\r")
        answers.append(link.read(1.0))
    assert answers == [b"1.0\r", b"2.0\r", b"2.0\r"]


def test_a_question_that_was_never_asked_is_an_error_that_names_it(gauge: Path, clock: VirtualClock) -> None:
    link = replayed(f"replay://{gauge}", clock)
    with pytest.raises(ProtocolError, match="UNI"):
        link.write(b"UNI\r")


def test_what_came_unasked_comes_unasked(tmp_path: Path, clock: VirtualClock) -> None:
    path = recording(tmp_path, opened(0, "tcp://10.0.0.5:8300"), said(0, "read", b"hello", 0.25))
    assert replayed(f"replay://{path}", clock).read(1.0) == b"hello"
    assert clock.now() == pytest.approx(0.25)


def test_a_connection_that_was_lost_is_lost_again(tmp_path: Path, clock: VirtualClock) -> None:
    path = recording(
        tmp_path,
        opened(0, "tcp://10.0.0.5:8300"),
        said(0, "write", b"?", 1.0),
        said(0, "read", b"!", 1.1),
        '{"time_s": 1.2, "link": 0, "act": "closed"}',
    )
    registry = LinkRegistry(LinkContext(clock))
    link = registry.open(Address.parse(f"replay://{path}"))
    link.write(b"?")
    assert link.read(1.0) == b"!"
    with pytest.raises(TransportClosed):
        link.read(1.0)
    with pytest.raises(TransportClosed, match="no further connection"):
        registry.open(Address.parse(f"replay://{path}"))


def test_a_torn_last_line_is_left_out(gauge: Path) -> None:
    whole = read_takes(gauge)
    gauge.write_text(gauge.read_text() + '{"time_s": 4.0, "link": 0, "act": "re')
    assert read_takes(gauge) == whole
    assert whole[0].exchanges[1].replies == (Reply(0.5, b"1.0\r"),)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("no json\n", ":1"),
        ('{"some": "thing"}\n', ":1"),
        (f"{HEAD}[]\n", ":2"),
        (HEAD + '{"act": 1}\n', ":2"),
    ],
    ids=["empty", "no JSON", "another file", "no act", "unknown act"],
)
def test_what_is_no_recording_is_refused_with_file_and_line(
    tmp_path: Path, clock: VirtualClock, text: str, place: str
) -> None:
    path = tmp_path / "wires.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigMismatch, match=f"wires.jsonl{place}"):
        replayed(f"replay://{path}", clock)


def test_a_missing_file_is_named(tmp_path: Path, clock: VirtualClock) -> None:
    with pytest.raises(ConfigMismatch, match=r"nowhere\.jsonl"):
        replayed(f"replay://{tmp_path}/nowhere.jsonl", clock)


def test_of_several_addresses_one_must_be_named(tmp_path: Path, clock: VirtualClock) -> None:
    path = recording(
        tmp_path, opened(0, "tcp://10.0.0.5:8300"), opened(1, "tcp://10.0.0.5:8301"), said(1, "read", b"data", 0.0)
    )
    with pytest.raises(ConfigMismatch, match=r"tcp://10\.0\.0\.5:8300, tcp://10\.0\.0\.5:8301"):
        replayed(f"replay://{path}", clock)
    assert replayed(f"replay://10.0.0.5:8301?wires={path}", clock).read(1.0) == b"data"
    with pytest.raises(ConfigMismatch, match="not of this place"):
        replayed(f"replay://10.0.0.6:8301?wires={path}", clock)


def test_a_recording_never_overwrites_another(tmp_path: Path, clock: VirtualClock) -> None:
    (tmp_path / "wires.jsonl").write_text("a week of work")
    with pytest.raises(ConfigMismatch, match="never overwrites"):
        WireRecorder(tmp_path / "wires.jsonl", clock)


def test_real_and_replayed_instruments_live_in_different_time(gauge: Path) -> None:
    text = f"""
operando_bench: 1
name: mixed
instruments:
  one: {{driver: keller-33x, address: "replay://{gauge}"}}
  other: {{driver: keller-33x, address: "tcp://127.0.0.1:1"}}
record: {{institution: test, operator: test}}
"""
    with pytest.raises(ConfigMismatch, match="different time"):
        connect_bench(*load_bench_file(text))


def test_a_connection_that_nobody_answered_is_refused_again_in_its_turn(tmp_path: Path, clock: VirtualClock) -> None:
    refused = '{"time_s": 0.5, "link": 1, "act": "refused", "address": "tcp://10.0.0.5:8300", "local_port": null}'
    path = recording(
        tmp_path,
        opened(0, "tcp://10.0.0.5:8300"),
        refused,
        opened(2, "tcp://10.0.0.5:8300", 1.0),
        said(2, "read", b"hello", 1.25),
    )
    registry = LinkRegistry(LinkContext(clock))
    place = Address.parse(f"replay://{path}")
    registry.open(place)
    with pytest.raises(TransportClosed, match="nobody answered"):
        registry.open(place)
    assert registry.open(place).read(1.0) == b"hello"


class Echo:
    """A link that says what it is told."""

    address = Address.parse("tcp://device:1")
    simulated = True

    def __init__(self) -> None:
        self.said = b""

    def write(self, data: bytes) -> None:
        self.said += data

    def read(self, timeout_s: float) -> bytes:
        said, self.said = self.said, b""
        return said

    def close(self) -> None:
        """Nothing to let go of."""


def test_a_full_disk_stops_the_recording_and_not_the_instrument(
    tmp_path: Path, clock: VirtualClock, mocker: MockerFixture
) -> None:
    recorder = WireRecorder(tmp_path / "wires.jsonl", clock)
    link = recorder.record(Echo.address, Echo)
    mocker.patch("operando.drivers.links.recording.json.dumps", side_effect=OSError(28, "No space left on device"))
    link.write(b":OUTP OFF")
    assert link.read(1.0) == b":OUTP OFF"
    with pytest.raises(ConfigMismatch, match="No space left on device"):
        recorder.close()


def test_a_link_outlives_its_recording(tmp_path: Path, clock: VirtualClock) -> None:
    recorder = WireRecorder(tmp_path / "wires.jsonl", clock)
    link = recorder.record(Echo.address, Echo)
    recorder.close()
    link.write(b":OUTP OFF")
    assert link.read(1.0) == b":OUTP OFF"
