"""How fast a run is recorded, beside what the disk can do in the same run.

    python benchmarks/record_throughput.py [--folder DIR] [--rounds N] [--frames N] [--json]

The limit is `pwrite` of the same bytes and syncs: of the pixels with one fsync; of each block of the log and each piece
of the CSV, made beforehand, with as many syncs as the record makes. Limits and record take turns round by round,
because a shared machine is never the same twice; a ratio is that of two neighbours; its median is printed.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE, BeamConditions, DetectorSettings, Image, StagePosition
from operando.protocols.program import SampleInfo
from operando.protocols.record import POWER_CUT_WINDOW_S, FrameState, RunHeader, RunRecord
from operando.protocols.record.bdf import BdfRows
from operando.protocols.record.block_log import encode_block

PIXELS = (2048, 2048)
FRAMES_A_SYNC = 4
SAMPLES_A_BLOCK = (1, 32, 1024)
BLOCKS = 4000
SAMPLES_A_SECOND = 1e6
"""Faster than any block arrives: the record syncs each second of run time, and run time passes with the samples."""


def header() -> RunHeader:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return RunHeader(
        "benchmark", "benchmark", SampleInfo("benchmark"), "lab", "nobody", start, False, "", "", "", "", ""
    )


def pictures(count: int) -> list[Image]:
    """Shot noise, 12 of 16 bits."""
    beam = BeamConditions(5000.0, 1e-10, 5e-3, 1e-4)
    made = [np.random.default_rng(number).poisson(800, PIXELS).astype(np.uint16) for number in range(8)]
    stage, settings = StagePosition(0, 0, 0), DetectorSettings(50, 50)
    return [
        Image(made[number % 8], "SE", 5e-8, 0.0, 0.01, 1e-3, beam, stage, settings, 1e-6) for number in range(count)
    ]


def samples(count: int) -> NDArray[np.void]:
    block = np.zeros(count, SAMPLE)
    block["sequence"] = np.arange(count)
    block["time_s"] = np.arange(count) / SAMPLES_A_SECOND
    block["voltage_V"] = 3.6 + 0.1 * np.sin(block["time_s"] * 100)
    block["current_A"] = 1.2e-4
    block["charge_C"] = block["time_s"] * 1.2e-4
    return block


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def limit_of_frames(folder: Path, images: list[Image], each: int) -> float:
    """The same bytes with `pwrite`; 0 means one fsync at the end."""
    path = folder / "raw"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)

    def work() -> None:
        for number, image in enumerate(images):
            data = image.pixels.data
            os.pwrite(descriptor, data, number * data.nbytes)
            if each and (number + 1) % each == 0:
                os.fdatasync(descriptor)
        os.fsync(descriptor)

    taken = seconds(work)
    os.close(descriptor)
    path.unlink()
    return taken


def recorded_frames(folder: Path, images: list[Image], each: int) -> float:
    record = RunRecord.create(folder / "run", header())
    state = FrameState("anode", "burst", "benchmark")

    def work() -> None:
        for first in range(0, len(images), each):
            record.images([(image, state) for image in images[first : first + each]])

    taken = seconds(work)
    record.release()
    shutil.rmtree(folder / "run")
    return taken


def limit_of_samples(folder: Path, block: NDArray[np.void], size: int) -> float:
    """One `pwrite` for each block of the log and each piece of the CSV; synced as often as the record does."""
    rows = BdfRows(header().start_unix_s)
    pieces = [block[first : first + size] for first in range(0, len(block), size)]
    written = [(encode_block(piece.tobytes(), size), rows.text(piece, ",,").encode()) for piece in pieces]
    descriptors = [os.open(folder / name, os.O_RDWR | os.O_CREAT) for name in ("raw log", "raw csv")]
    log, csv = descriptors
    blocks_a_sync = max(1, int(POWER_CUT_WINDOW_S * SAMPLES_A_SECOND / size))

    def work() -> None:
        log_size = csv_size = 0
        for number, (data, text) in enumerate(written, 1):
            log_size += os.pwrite(log, data, log_size)
            if text:
                csv_size += os.pwrite(csv, text, csv_size)
            if number % blocks_a_sync == 0 or number == len(written):
                os.fdatasync(log)
                os.fdatasync(csv)

    taken = seconds(work)
    for descriptor in descriptors:
        os.close(descriptor)
    for name in ("raw log", "raw csv"):
        (folder / name).unlink()
    return taken


def recorded_samples(folder: Path, block: NDArray[np.void], size: int) -> float:
    record = RunRecord.create(folder / "run", header())
    blocks = [block[first : first + size] for first in range(0, len(block), size)]

    def work() -> None:
        for piece in blocks:
            record.samples(piece)
        record.sync()

    taken = seconds(work)
    record.release()
    shutil.rmtree(folder / "run")
    return taken


def in_turns(variants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each variant in each round; the first files after a pause are not counted."""
    names = list(variants)
    variants[names[0]]()
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            taken[name].append(variants[name]())
    return taken


def report(title: str, count: int, unit: str, taken: Mapping[str, list[float]], limit: str, as_json: bool) -> None:
    if not as_json:
        sys.stdout.write(f"\n{title}\n{'':58}{unit + '/s':>12}{'ratio':>8}   lowest-highest\n")
    for name, found in taken.items():
        ratios = sorted(reference / own for own, reference in zip(found, taken[limit], strict=True))
        rate, ratio = count / statistics.median(found), statistics.median(ratios)
        if as_json:
            line = {"benchmark": title, "variant": name, f"{unit}_per_s": round(rate, 1), "ratio": round(ratio, 3)}
            sys.stdout.write(
                json.dumps({**line, "ratios": [round(value, 3) for value in ratios], "limit": limit}) + "\n"
            )
        else:
            sys.stdout.write(f"{name:58}{rate:12,.0f}{ratio:8.2f}   {ratios[0]:.2f}-{ratios[-1]:.2f}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--json", action="store_true", help="one line for each figure")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder, images, block = Path(name), pictures(asked.frames), samples(BLOCKS * max(SAMPLES_A_BLOCK))
        limit = "limit: pwrite of the same bytes, one fsync at the end"
        frames = {
            limit: lambda: limit_of_frames(folder, images, 0),
            f"limit: pwrite, fdatasync each {FRAMES_A_SYNC}": lambda: limit_of_frames(folder, images, FRAMES_A_SYNC),
            f"record.images of {FRAMES_A_SYNC}, durable when it returns": lambda: recorded_frames(
                folder, images, FRAMES_A_SYNC
            ),
            "record.image, each durable when it returns": lambda: recorded_frames(folder, images, 1),
        }
        taken = in_turns(frames, asked.rounds)
        report("frames of 4 Mpx, 16 bit, checksummed", asked.frames, "frames", taken, limit, asked.json)
        for size in SAMPLES_A_BLOCK:
            piece = block[: BLOCKS * size]
            limit = f"limit: pwrite of the same bytes, blocks of {size}"
            cell = {
                limit: lambda size=size, piece=piece: limit_of_samples(folder, piece, size),
                f"record.samples, blocks of {size}": lambda size=size, piece=piece: recorded_samples(
                    folder, piece, size
                ),
            }
            report(
                f"samples of 64 B, {size} a block",
                len(piece),
                "samples",
                in_turns(cell, asked.rounds),
                limit,
                asked.json,
            )


if __name__ == "__main__":
    main()
