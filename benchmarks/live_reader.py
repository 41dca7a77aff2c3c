"""A reader in another process follows a run while it is recorded: does it slow the writer, and is it ever wrong?

    python benchmarks/live_reader.py [--folder DIR] [--rounds N] [--frames N] [--reads N]

First the writer records frames of 4 Mpx and samples as fast as it can, in turns alone and followed: ten times a second
the reader takes every new sample and the newest frame and checks it, as a live page does. Then the writer records small
frames without a pause while the reader takes any frame that was acknowledged, again and again, and compares the pixels
with their checksum and with what the writer is known to have put into them.
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from record_throughput import header, pictures, samples

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
    """Look ten times a second until told to stop; answers how many frames were looked at, and how many were wrong."""
    run = open_run(folder)
    seen = wrong = 0
    pipe.send("ready")
    while not pipe.poll(1 / LOOKS_A_SECOND):
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


def recorded(folder: Path, images: Sequence[Image], block: NDArray[np.void], followed: bool) -> tuple[float, int, int]:
    """Seconds that the writer needs, and what the reader saw meanwhile: frames, and wrong ones."""
    record = RunRecord.create(folder / "run", header())
    pipe, other_end = get_context("spawn").Pipe()
    reader = get_context("spawn").Process(target=follow, args=(folder / "run", other_end))
    if followed:
        reader.start()
        pipe.recv()
    each = len(block) // len(images)
    started = time.perf_counter()
    for first in range(0, len(images), 4):
        record.samples(block[each * first : each * (first + 4)])
        record.images([(image, STATE) for image in images[first : first + 4]])
    taken = time.perf_counter() - started
    seen = wrong = 0
    if followed:
        pipe.send("stop")
        seen, wrong = pipe.recv()
        reader.join()
    record.release()
    shutil.rmtree(folder / "run")
    return taken, seen, wrong


def slowed(folder: Path, rounds: int, frames: int) -> None:
    """Print how much slower the writer is with a reader."""
    images, block = pictures(frames), samples(100 * frames)
    recorded(folder, images, block, followed=False)
    ratios, looked, wrong = [], 0, 0
    for number in range(rounds):
        taken = {}
        for followed in (False, True) if number % 2 == 0 else (True, False):
            taken[followed], seen, bad = recorded(folder, images, block, followed)
            looked, wrong = looked + seen, wrong + bad
        ratios.append(taken[True] / taken[False])
    middle = statistics.median(ratios)
    sys.stdout.write(
        f"writer, flat out: {middle:.3f} of its time when followed (median of {rounds} rounds, "
        f"{min(ratios):.2f} to {max(ratios):.2f}); {looked} frames looked at, {wrong} wrong\n"
    )


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
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--reads", type=int, default=2_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        slowed(Path(name), asked.rounds, asked.frames)
        return 1 if never_wrong(Path(name), asked.reads) else 0


if __name__ == "__main__":
    sys.exit(main())
