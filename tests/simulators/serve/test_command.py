"""`operando simulate` as a process: what it writes, and that it ends by itself when it is told to."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.served import PATIENT_S, ControlDoorClient, bench_of, serving

from operando.drivers.bench import load_bench_file
from operando.drivers.clock import RealClock
from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch, TransportClosed
from operando.drivers.links import Address
from operando.drivers.waiting import wait_for
from operando.simulators.benches import simulated_bench
from operando.simulators.serve import BenchServer

GAUGE = bench_of(box="keller-33x sim://box")
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of this platform end a process at once")


@contextmanager
def _process(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    bench, ports = folder / "bench.yaml", folder / "ports.json"
    bench.write_text(GAUGE, encoding="utf-8")
    command = [sys.executable, "-m", "operando.protocols.cli", "simulate", str(bench), "--ports", str(ports)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(RealClock(), lambda: ports.exists() or process.poll() is not None, 3 * PATIENT_S, every_s=0.02)
        yield process, ports
    finally:
        process.kill()
        process.communicate()


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_ends_it_with_success(tmp_path: Path, number: signal.Signals) -> None:
    with _process(tmp_path) as (process, ports):
        written = json.loads(ports.read_text(encoding="utf-8"))
        process.send_signal(number)
        printed, complaints = process.communicate(timeout=PATIENT_S)
    assert (process.returncode, complaints) == (0, "")
    assert all(address in printed for address in written["instruments"]["box"].values())
    assert str(ports) in printed


def test_addresses_are_written_where_a_folder_is_and_nowhere_else(tmp_path: Path) -> None:
    with pytest.raises(ConfigMismatch, match="there is no folder"):
        BenchServer(GAUGE, tmp_path / "nowhere" / "deeper" / "ports.json")
    with pytest.raises(ConfigMismatch, match="is a folder"):
        BenchServer(GAUGE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_control_door_ends_it(tmp_path: Path) -> None:
    with _process(tmp_path) as (process, ports):
        control = ControlDoorClient(json.loads(ports.read_text(encoding="utf-8"))["control"])
        assert control.order(stop=True) == {"ok": True}
        control.close()
        assert process.wait(PATIENT_S) == 0


def test_everything_is_on_loopback_and_the_written_bench_says_that_it_is_simulated(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        _, bench = load_bench_file(served.bench)
        names = list(bench.instruments)
        addresses = [Address.parse(text) for wires in served.instruments.values() for text in wires.values()]
    assert names == ["potentiostat", "sem", "eds", "box gauge"]
    assert all(entry.simulated for entry in bench.instruments.values())
    assert {address.place for address in addresses if address.port is not None} == {"127.0.0.1"}
    served_text = served.bench.read_text(encoding="utf-8")
    assert "sim://" not in served_text
    assert "# our name: the microscope's name for it" in served_text


@posix_only
def test_a_serial_port_is_preferred_where_there_is_one(tmp_path: Path) -> None:
    with serving(tmp_path, GAUGE) as served:
        _, bench = load_bench_file(served.bench)
        assert bench.instruments["box"].address == served.instruments["box"]["pty"]


def test_instruments_that_are_real_stay_as_they_are(tmp_path: Path) -> None:
    mixed = bench_of(box="keller-33x sim://box", potentiostat="emstat4-hr serial:///dev/ttyACM0")
    with serving(tmp_path, mixed) as served:
        _, bench = load_bench_file(served.bench)
    assert list(served.instruments) == ["box"]
    assert bench.instruments["potentiostat"].address == "serial:///dev/ttyACM0"
    assert not bench.instruments["potentiostat"].simulated


def test_addresses_of_an_earlier_server_are_gone_before_it_is_ready(tmp_path: Path) -> None:
    stale = tmp_path / "ports.json"
    stale.write_text('{"bench": "stale", "control": "stale"}', encoding="utf-8")
    with serving(tmp_path, GAUGE) as served:
        assert served.bench == tmp_path / "ports.bench.yaml"


def test_without_a_place_the_addresses_go_to_a_folder_of_their_own() -> None:
    first, second = BenchServer(GAUGE), BenchServer(GAUGE)
    assert first.ports != second.ports
    assert first.bench.parent == first.ports.parent


@pytest.mark.parametrize(
    ("bench", "what"),
    [
        pytest.param(bench_of(box="keller-33x tcp://10.0.0.5:4001"), "no simulated instrument", id="nothing simulated"),
        pytest.param(bench_of(box="keller-33x sim://bx"), "sim://bx", id="unknown instrument"),
    ],
)
def test_a_bench_that_cannot_be_served_is_refused(bench: str, what: str) -> None:
    with pytest.raises(ConfigMismatch, match=what):
        BenchServer(bench)


def test_a_wrong_bench_file_is_refused_with_its_line() -> None:
    with pytest.raises(DocumentError, match="instrumnts"):
        BenchServer(simulated_bench().replace("instruments:", "instrumnts:"))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param(b"not json", "no JSON", id="no JSON"),
        pytest.param(b'{"unplug": "nobody"}', "box", id="unknown instrument"),
        pytest.param(b'["state"]', "state", id="no order"),
    ],
)
def test_the_control_door_says_what_it_did_not_understand(tmp_path: Path, line: bytes, complaint: str) -> None:
    with serving(tmp_path, GAUGE) as served:
        answer = served.control.line(line)
        assert complaint in str(answer["error"])
        assert served.control.order(state=True)["box_pressure_Pa"]


def test_a_defect_in_an_instrument_ends_the_server_loudly(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch("operando.simulators.gauges.keller.Keller33X.answer", side_effect=ZeroDivisionError("defect"))
    with pytest.raises(ZeroDivisionError, match="defect"), serving(tmp_path, GAUGE) as served:
        link = served.link("box", "tcp")
        link.write(bytes.fromhex("010800001234ED7C"))
        with pytest.raises(TransportClosed):
            link.read(PATIENT_S)
        link.close()
