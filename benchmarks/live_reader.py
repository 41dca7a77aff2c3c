"""A reader in another process follows a run while it is recorded: does it slow the writer, and is it ever wrong?

    python benchmarks/live_reader.py [--folder DIR] [--rounds N] [--pairs N] [--frames N] [--reads N]

First the writer records frames of 4 Mpx and samples as fast as it can, stretch by stretch: the reader follows, pauses,
pauses, follows and so on, so that whatever else the machine does falls on both stretches of a pair, and what changes
slowly cancels. While it follows it takes every new sample and the newest frame ten times a second and checks it, as a
live page does. Printed: what following costs the writer in wall time and in processor time, as the median of all pairs
with an interval that holds it in 95 of 100 measurements however the ratios are distributed, and beside it their
geometric mean with its standard error: what comes seldom and costs much is in the mean alone. Then the writer records
small frames without a pause while the reader takes any frame that was acknowledged, again and again, and compares the
pixels with their checksum and with what the writer is known to have put into them.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from record_throughput import SAMPLES_A_SECOND, header, pictures, samples

from operando.drivers.roles import BeamConditions, DetectorSettings, Image, StagePosition
from operando.protocols import open_run
from operando.protocols.reading import Frame
from operando.protocols.record import FrameState, RecordError, RunRecord

LOOKS_A_SECOND = 10
READS_A_LOOK = 200
SMALL = (64, 64)
SMALL_FRAMES_AT_MOST = 20_000
STATE = FrameState("anode", "burst", "benchmark")


def intact(frame: Frame) -> bool:
    """Whether a frame has the checksum of its row."""
    try:
        frame.verified_pixels()
    except RecordError:
        return False
    return True


def follow(folder: Path, pipe: Connection) -> None:
    """Look ten times a second while told to; answers how many frames were looked at, and how many were wrong."""
    run = open_run(folder)
    seen = wrong = 0
    following = False
    pipe.send("ready")
    while True:
        if pipe.poll(1 / LOOKS_A_SECOND if following else None):
            order = pipe.recv()
            if order == "stop":
                break
            following = order == "follow"
            pipe.send("so it is")
        if following:
            run.refresh()
            if len(run.samples) and len(run.frames):
                seen += 1
                wrong += not intact(run.frames[-1])
    pipe.send((seen, wrong))


def hammer(folder: Path, pipe: Connection, reads: int) -> None:
    """Read frames at random until there were enough; answers how many were wrong, and how many frames there were."""
    run, dice = open_run(folder), random.Random(1)
    done = wrong = 0
    pipe.send("ready")
    while done < reads:
        run.refresh()
        frames = list(run.frames)
        for _ in range(READS_A_LOOK if frames else 0):
            # the newest as often as all others together
            frame = frames[-1] if dice.random() < 0.5 else dice.choice(frames)
            wrong += not intact(frame) or bool((frame.pixels != frame.number).any())
            done += 1
    pipe.send((wrong, len(run.frames)))


def stretch(record: RunRecord, images: Sequence[Image], block: NDArray[np.void]) -> tuple[float, float]:
    """Record one stretch; seconds on the wall and of the processor."""
    each = len(block) // len(images)
    wall, busy = time.perf_counter(), time.process_time()
    for first in range(0, len(images), 4):
        record.samples(block[each * first : each * (first + 4)])
        record.images([(image, STATE) for image in images[first : first + 4]])
    return time.perf_counter() - wall, time.process_time() - busy


def pairs_of(folder: Path, pairs: int, frames: int) -> tuple[list[tuple[float, float]], int, int]:
    """One run: for each pair of stretches the ratios followed to alone, wall and processor; frames seen, and wrong."""
    images, block = pictures(frames), samples(100 * frames)
    record = RunRecord.create(folder / "run", header())
    pipe, other_end = get_context("spawn").Pipe()
    reader = get_context("spawn").Process(target=follow, args=(folder / "run", other_end))
    reader.start()
    pipe.recv()
    stretch(record, images, block)
    ratios = []
    for number in range(pairs):
        taken = {}
        for order in ("follow", "pause") if number % 2 == 0 else ("pause", "follow"):
            pipe.send(order)
            pipe.recv()
            block["time_s"] += len(block) / SAMPLES_A_SECOND
            taken[order] = stretch(record, images, block)
        wall, busy = (followed / alone for followed, alone in zip(taken["follow"], taken["pause"], strict=True))
        ratios.append((wall, busy))
    pipe.send("stop")
    seen, wrong = pipe.recv()
    reader.join()
    record.release()
    shutil.rmtree(folder / "run")
    return ratios, seen, wrong


def median_and_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """The median and the values between which that of all pairs lies with 95 %, by the order of the values alone."""
    ordered = sorted(values)
    away = 0.98 * len(ordered) ** 0.5
    low, high = int(len(ordered) / 2 - away), int(np.ceil(len(ordered) / 2 + away))
    return float(np.median(ordered)), ordered[max(low - 1, 0)], ordered[min(high, len(ordered) - 1)]


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The geometric mean of ratios, in which half and double cancel, and its standard error."""
    logarithms = np.log(values)
    mean = float(np.exp(logarithms.mean()))
    return mean, mean * float(logarithms.std(ddof=1)) / len(values) ** 0.5


def slowed(folder: Path, rounds: int, pairs: int, frames: int) -> None:
    """Print how much slower the writer is with a reader."""
    ratios: list[tuple[float, float]] = []
    looked = wrong = 0
    for _ in range(rounds):
        found, seen, bad = pairs_of(folder, pairs, frames)
        ratios, looked, wrong = ratios + found, looked + seen, wrong + bad
    sys.stdout.write(f"writer, flat out, followed to alone, {len(ratios)} pairs of {frames} frames of 8 MB:\n")
    for name, values in zip(("wall time", "processor time"), zip(*ratios, strict=True), strict=True):
        median, low, high = median_and_interval(values)
        mean, error = mean_and_error(values)
        sys.stdout.write(
            f"  {name:15} median {median:.3f} (95 %: {low:.3f} to {high:.3f}), mean {mean:.3f} +- {error:.3f}\n"
        )
    sys.stdout.write(f"  {looked} frames looked at, {wrong} wrong\n")


def small(number: int) -> Image:
    """A frame that says in every pixel which one it is."""
    beam = BeamConditions(5000.0, 1e-10, 5e-3, 1e-4)
    pixels = np.full(SMALL, number, np.uint16)
    return Image(pixels, "SE", 5e-8, 0.0, 0.01, 1e-3, beam, StagePosition(0, 0, 0), DetectorSettings(50, 50), 1e-6)


def never_wrong(folder: Path, reads: int) -> int:
    """Print how often a reader that never rests got a wrong frame."""
    record = RunRecord.create(folder / "run", header())
    pipe, other_end = get_context("spawn").Pipe()
    reader = get_context("spawn").Process(target=hammer, args=(folder / "run", other_end, reads))
    reader.start()
    pipe.recv()
    number = 0
    started = time.perf_counter()
    while not pipe.poll(0.0 if number < SMALL_FRAMES_AT_MOST else 1.0):
        if number < SMALL_FRAMES_AT_MOST:
            number += 1
            record.image(small(number), STATE)
    wrong, frames = pipe.recv()
    taken = time.perf_counter() - started
    reader.join()
    record.release()
    sys.stdout.write(f"reader, flat out: {reads} reads of {frames} frames in {taken:.0f} s, {wrong} wrong\n")
    return int(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    parser.add_argument("--rounds", type=int, default=12, help="runs")
    parser.add_argument("--pairs", type=int, default=24, help="pairs of stretches in a run")
    parser.add_argument("--frames", type=int, default=24, help="in a stretch")
    parser.add_argument("--reads", type=int, default=2_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        slowed(Path(name), asked.rounds, asked.pairs, asked.frames)
        return 1 if never_wrong(Path(name), asked.reads) else 0


if __name__ == "__main__":
    sys.exit(main())
