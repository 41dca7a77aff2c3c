"""A record that was killed is taken up again, and ends as whole as if nothing had happened."""

import random
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.made_up_run import (
    frame_state,
    impedance_points,
    picture,
    run_header,
    sample_block,
    spectrum,
    spectrum_state,
)
from support.mortal_disk import Files, MortalDisk, Operation, after_kill, after_power_cut

from operando.protocols.record import (
    RecordError,
    RunRecord,
    load_pixels,
    open_samples,
    read_frames,
    read_journal,
    verify_record,
)

Death = Callable[[list[Operation]], Files]
DEATHS: dict[str, Death] = {
    "killed": after_kill,
    "killed inside a write": lambda operations: after_kill(operations, torn=True),
    "power cut": lambda operations: after_power_cut(operations, random.Random(1)),
}


def half_a_run(folder: Path) -> tuple[MortalDisk, int]:
    """A recording that nobody closes, and the number of operations that its start took."""
    disk = MortalDisk(folder)
    record = RunRecord.create(folder, run_header(simulated=False), disk)
    started = len(disk.operations)
    record.intent(0.0, "emstat", "start step", True)
    for number in range(10):
        record.samples(sample_block(number * 3, 3))
        record.event(number * 3.0, "test", "block", str(number))
        if number % 3 == 1:
            record.image(picture(number, start_s=number * 3.0), frame_state())
    record.spectrum(spectrum(1), spectrum_state())
    record.impedance(impedance_points()[:2], 3, 1)
    record.step_ended()
    record.samples(sample_block(30, 3))
    record.event(33.0, "test", "last", "words")
    record.release()
    return disk, started


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS.keys())
def test_a_run_goes_on_from_wherever_it_was_killed(tmp_path: Path, death: Death) -> None:
    disk, started = half_a_run(tmp_path / "first")
    for count in range(started, len(disk.operations), 9):
        folder = tmp_path / f"killed-{count}"
        for name, content in death(disk.operations[:count]).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for name in ("images", "spectra", "eis"):
            (folder / name).mkdir(exist_ok=True)
        had_samples, had_frames = open_samples(folder).tolist(), read_frames(folder)
        record = RunRecord.reopen(folder)
        later = sample_block(0, 5)
        later["time_s"] += 100.0
        record.samples(later)
        new = record.image(picture(77), frame_state())
        record.impedance(impedance_points()[2:], 3, 1)
        record.outcome(record.intent(40.0, "emstat", "start step", True), 40.0, True)
        record.close("completed")
        assert open_samples(folder).tolist() == had_samples + later.tolist()
        # by their texts, because a voltage that is not known is not equal to itself
        assert str(read_frames(folder)) == str([*had_frames, new])
        assert new.index == 0
        assert np.array_equal(load_pixels(folder, new), picture(77).pixels)
        assert "resumed" in [entry["entry"] for entry in read_journal(folder)]
        problems = [text for text in verify_record(folder).problems if death is not DEATHS["power cut"]]
        assert problems == []


def test_samples_that_came_late_stand_where_they_belong_in_what_is_made_of_the_log(tmp_path: Path) -> None:
    late = sample_block(3, 3)
    late["sequence"] += 3
    after = sample_block(6, 3)
    after["sequence"] -= 3
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False))
    for block in (sample_block(0, 3), after, late):
        record.samples(block)
    record.image(picture(1, start_s=float(after["time_s"][0])), frame_state())
    record.close("completed")
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok, str(verdict)
    with h5py.File(tmp_path / "run" / "run.nxs") as file:
        times_s = file["entry/electrochemistry/test_time_second"][()]
    assert np.array_equal(times_s, np.sort(times_s))
    assert np.array_equal(times_s, open_samples(tmp_path / "run")["time_s"])


def test_a_closed_record_is_not_taken_up(run: Path) -> None:
    with pytest.raises(RecordError, match="never modified"):
        RunRecord.reopen(run)


def test_what_is_no_record_is_not_taken_up(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"no journal\.jsonl"):
        RunRecord.reopen(tmp_path)
