"""Under a real clock another process makes `run.nxs` and the rest: the same bytes, one at a time, never for ever."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture
from support.made_up_run import (
    frame_state,
    impedance_points,
    picture,
    run_header,
    sample_block,
    spectrum,
    spectrum_map,
    spectrum_state,
)

from operando.drivers.roles import Quality, Reading
from operando.protocols.apart import started_apart
from operando.protocols.record import RunRecord, derivation_apart, read_events, verify_record
from operando.protocols.record.derivation import Derivation
from operando.protocols.record.durable import Disk
from operando.protocols.record.extent import Extent

WAITS_FOR_EVER = (sys.executable, "-c", "import sys; sys.stdin.read()")
DIES = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")


def recorded(folder: Path) -> RunRecord:
    record = RunRecord.create(folder, run_header(simulated=False), beside=True)
    for number in range(20):
        record.samples(sample_block(number * 7, 7, 0.3))
        record.sensor("box", "pressure", Reading(101325.0 / 3, "Pa", Quality.OK, number * 2.1, number * 2.1))
        record.event(number * 2.1, "operator", "note", f'said "{number}", näher betrachtet', who="A. Nobody")
    record.images([(picture(1), frame_state()), (picture(2, "BSE", bits=8), frame_state())])
    record.spectrum(spectrum(1), spectrum_state())
    record.spectrum_map(spectrum_map(), np.full((4, 3), 0.2), np.full((4, 3), 0.3), spectrum_state())
    record.impedance(impedance_points(), step=3, cycle=1)
    return record


def settle(record: RunRecord) -> None:
    """Wait for the other process, whatever came of it."""
    under_way = record._derivation._under_way
    assert under_way is not None
    under_way.exception()


def derived(folder: Path) -> dict[str, bytes]:
    paths = [folder / "run.nxs", folder / "metadata.json", *folder.glob("*.parquet")]
    return {path.name: path.read_bytes() for path in paths}


def test_the_other_process_makes_the_same_bytes(tmp_path: Path) -> None:
    record = recorded(tmp_path / "run")
    record.step_ended()
    settle(record)
    apart = derived(tmp_path / "run")
    Derivation(record._contents, Disk()).make()
    assert derived(tmp_path / "run") == apart
    assert len(apart) == 3
    record.close("completed")
    assert verify_record(tmp_path / "run").ok


def test_what_came_later_is_left_out(tmp_path: Path) -> None:
    record = recorded(tmp_path / "run")
    Derivation(record._contents, Disk()).make()
    before, extent = derived(tmp_path / "run"), Extent.of(record._contents)
    record.samples(sample_block(140, 7, 0.3))
    record.image(picture(3), frame_state())
    record.spectrum(spectrum(2), spectrum_state())
    record.impedance(impedance_points(), step=3, cycle=1)
    record.impedance(impedance_points(), step=4, cycle=1)
    record.event(60.0, "operator", "note", "later", who="A. Nobody")
    Derivation(Extent.read(extent.line).contents(), Disk()).make()
    assert derived(tmp_path / "run") == before
    record.release()


@pytest.mark.parametrize("command", [DIES, (sys.executable, "-c", "pass")], ids=["killed", "ends without a word"])
def test_a_process_that_dies_is_told_and_tried_again(
    tmp_path: Path, mocker: MockerFixture, command: tuple[str, ...]
) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), beside=True)
    record.samples(sample_block(0, 10))
    dying = mocker.patch.object(derivation_apart, "COMMAND", command)
    record.step_ended()
    settle(record)
    mocker.stop(dying)
    assert not (tmp_path / "run" / "run.nxs").exists()
    record.event(10.0, "test", "next", "whatever is recorded next brings it to light")
    [told] = [event for event in read_events(tmp_path / "run") if event["kind"] == "not replaced"]
    assert "the process that makes run.nxs ended with code" in str(told["message"])
    record.step_ended()
    settle(record)
    assert (tmp_path / "run" / "run.nxs").exists()
    record.close("completed")
    assert verify_record(tmp_path / "run").ok


def test_a_file_that_cannot_be_replaced_is_told(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), beside=True)
    record.samples(sample_block(0, 10))
    (tmp_path / "run" / "run.nxs").mkdir()
    record.step_ended()
    settle(record)
    (tmp_path / "run" / "run.nxs").rmdir()
    record.step_ended()
    settle(record)
    [told] = [event for event in read_events(tmp_path / "run") if event["kind"] == "not replaced"]
    assert "run.nxs: cannot write" in str(told["message"])
    record.close("completed")
    assert verify_record(tmp_path / "run").ok


def test_never_two_at_once_and_the_end_does_not_wait(tmp_path: Path, mocker: MockerFixture) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), beside=True)
    mocker.patch.object(derivation_apart, "COMMAND", WAITS_FOR_EVER)
    started: list[subprocess.Popen[bytes]] = []
    at_work = threading.Event()

    def start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
        started.append(started_apart(command))
        at_work.set()
        return started[-1]

    mocker.patch.object(derivation_apart, "started_apart", start)
    for number in range(4):
        record.samples(sample_block(number * 10, 10))
        record.step_ended()
        assert at_work.wait(60.0)
    record.close("completed")
    assert len(started) == 1
    assert started[0].poll() is not None
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok and verdict.closed


def test_the_process_ends_with_its_runner(tmp_path: Path) -> None:
    """A runner that is killed leaves no process behind that changes its folder later."""
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), beside=True)
    record.samples(sample_block(0, 10))
    extent = Extent.of(record._contents)
    record.release()
    # nobody writes into it: whoever reads it waits for ever
    os.mkfifo(tmp_path / "run" / "eis" / f"{record.header.bdf_stem}_eis001.bdf.csv")
    with subprocess.Popen(derivation_apart.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(extent.line)
        process.stdin.close()
        assert process.wait(60) == 1
    assert not (tmp_path / "run" / "run.nxs").exists()


def test_a_process_that_nobody_asks_ends(tmp_path: Path) -> None:
    done = subprocess.run(derivation_apart.COMMAND, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
