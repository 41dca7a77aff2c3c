"""How fast a run is recorded, beside what the disk can do in the same run. Prints JSON lines.

    python benchmarks/record_throughput.py [--folder DIR] [--rounds N] [--frames N] [--samples N]

Limits and record are measured in turn, round by round, because a shared machine is never the same twice; each line has
the median and the range of its rounds, and the last lines their ratios within a round.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE, BeamConditions, DetectorSettings, Image, StagePosition
from operando.protocols.program import SampleInfo
from operando.protocols.record import FrameState, RunHeader, RunRecord

PIXELS = (2048, 2048)
FRAMES_A_SYNC = 4
SAMPLES_A_BLOCK = (1, 10, 1000)
MOST_SYNCED_SAMPLES = 3000


def header(simulated: bool) -> RunHeader:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    sample = SampleInfo("benchmark")
    return RunHeader("benchmark", "benchmark", sample, "lab", "nobody", start, simulated, "", "", "", "", "")


def picture(number: int) -> Image:
    """Shot noise, 12 of 16 bits."""
    pixels = np.random.default_rng(number).poisson(800, PIXELS).astype(np.uint16)
    beam = BeamConditions(5000.0, 1e-10, 5e-3, 1e-4)
    return Image(pixels, "SE", 5e-8, 0.0, 0.01, 1e-3, beam, StagePosition(0, 0, 0), DetectorSettings(50, 50), 1e-6)


def samples(count: int) -> NDArray[np.void]:
    block = np.zeros(count, SAMPLE)
    block["sequence"] = np.arange(count)
    block["time_s"] = np.arange(count, dtype=float)
    block["voltage_V"] = 3.6 + 0.1 * np.sin(block["time_s"] / 500)
    block["current_A"] = 1.2e-4
    block["charge_C"] = block["time_s"] * 1.2e-4
    return block


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def raw_frames(path: Path, images: list[Image], each: int, checksum: bool) -> None:
    """The same bytes with `pwrite`, synced after every so many frames; 0 means once at the end."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    for number, image in enumerate(images):
        data = image.pixels.data
        if checksum:
            zlib.crc32(data)
        os.pwrite(descriptor, data, number * data.nbytes)
        if each and (number + 1) % each == 0:
            os.fdatasync(descriptor)
    os.fdatasync(descriptor)
    os.close(descriptor)


def record_frames(folder: Path, images: list[Image], each: int) -> float:
    record = RunRecord.create(folder, header(simulated=False))
    state = FrameState("anode", "burst", "benchmark")

    def work() -> None:
        for first in range(0, len(images), each):
            record.images([(image, state) for image in images[first : first + each]])

    taken = seconds(work)
    record.release()
    return taken


def record_samples(folder: Path, block: NDArray[np.void], size: int, simulated: bool) -> float:
    record = RunRecord.create(folder, header(simulated))
    blocks = [block[first : first + size] for first in range(0, len(block), size)]

    def work() -> None:
        for piece in blocks:
            record.samples(piece)
        record.sync()

    taken = seconds(work)
    record.release()
    return taken


def raw_samples(path: Path, block: NDArray[np.void], size: int) -> float:
    """One `write` of the same bytes for each block, one sync at the end."""
    payloads = [block[first : first + size].tobytes() for first in range(0, len(block), size)]
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)

    def work() -> None:
        for payload in payloads:
            os.write(descriptor, payload)
        os.fdatasync(descriptor)

    taken = seconds(work)
    os.close(descriptor)
    return taken


def frame_round(folder: Path, images: list[Image]) -> Iterator[tuple[str, float]]:
    # the first files after a pause pay for blocks that the file system has to find and trim
    raw_frames(folder / "warm-up", images, 1, checksum=False)
    (folder / "warm-up").unlink()
    for name, each, checksum in (
        ("limit: pwrite, one fdatasync at the end", 0, False),
        (f"limit: pwrite, fdatasync each {FRAMES_A_SYNC}", FRAMES_A_SYNC, False),
        (f"limit: pwrite and crc32, fdatasync each {FRAMES_A_SYNC}", FRAMES_A_SYNC, True),
        ("limit: pwrite, fdatasync each", 1, False),
    ):
        path = folder / "raw"
        yield name, len(images) / seconds(partial(raw_frames, path, images, each, checksum))
        path.unlink()
    for each in (FRAMES_A_SYNC, 1):
        taken = record_frames(folder / "run", images, each)
        yield f"record.images of {each}, durable when it returns", len(images) / taken
        shutil.rmtree(folder / "run")


def sample_round(folder: Path, block: NDArray[np.void]) -> Iterator[tuple[str, float]]:
    for size in SAMPLES_A_BLOCK:
        yield f"limit: write, blocks of {size}", len(block) / raw_samples(folder / "raw", block, size)
        (folder / "raw").unlink()
        for simulated in (True, False):
            # a real run syncs each second of run time, whatever the speed at which its seconds come
            piece = block if simulated else block[: MOST_SYNCED_SAMPLES * size]
            taken = record_samples(folder / "run", piece, size, simulated)
            kind = "simulated" if simulated else "real"
            yield f"record.samples, {kind} run, blocks of {size}", len(piece) / taken
            shutil.rmtree(folder / "run")


def report(what: str, unit: str, rates: dict[str, list[float]], reference: str) -> None:
    for name, found in rates.items():
        ratios = [one / other for one, other in zip(found, rates[reference], strict=True)]
        line = {
            "benchmark": what,
            "variant": name,
            f"{unit}_per_s": round(statistics.median(found), 1),
            "range": [round(min(found), 1), round(max(found), 1)],
            "ratio_to_limit": round(statistics.median(ratios), 3),
            "limit": reference,
        }
        sys.stdout.write(json.dumps(line) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--samples", type=int, default=144_000)
    asked = parser.parse_args()
    images = [picture(number) for number in range(asked.frames)]
    block = samples(asked.samples)
    frames: dict[str, list[float]] = {}
    cell: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        for _ in range(asked.rounds):
            for variant, rate in frame_round(Path(name), images):
                frames.setdefault(variant, []).append(rate)
            for variant, rate in sample_round(Path(name), block):
                cell.setdefault(variant, []).append(rate)
    report("frames of 4 Mpx, 16 bit", "frames", frames, f"limit: pwrite, fdatasync each {FRAMES_A_SYNC}")
    report("samples", "samples", cell, "limit: write, blocks of 1000")


main()
