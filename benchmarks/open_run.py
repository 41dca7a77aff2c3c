"""How long it takes to open a run of 5,000 frames and find one of them, as JSON lines; median of several processes.

python benchmarks/open_run.py [--frames N]

The folder has the rows, samples and readings of forty hours; pixels are left out, because none are read.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from operando.drivers.roles import SAMPLE, BeamConditions, DetectorSettings, Image, Quality, Reading, StagePosition
from operando.protocols.program import SampleInfo
from operando.protocols.record import FrameRow, FrameState, RunHeader, RunRecord, read_frames
from operando.protocols.record.rows import csv_header, csv_line

ROUNDS = 7
HOURS = 40
BLOCK = 600
TIMED = """
import json, sys, time
begun = time.perf_counter()
from operando.protocols import open_run
import operando.protocols.reading
imported = time.perf_counter()
run = open_run(sys.argv[1])
frames = len(run.frames)
opened = time.perf_counter()
frame = run.frames.at(voltage=4.1, during="charge", cycle=1)
found = time.perf_counter()
lines = frame.lines()
looked = time.perf_counter()
new = run.refresh()
refreshed = time.perf_counter()
print(json.dumps({
    "import": imported - begun,
    "open and count the frames": opened - imported,
    "find one by its voltage": found - opened,
    "read all samples for its lines": looked - found,
    "refresh": refreshed - looked,
}))
"""


def build(folder: Path, frames: int) -> None:
    header = RunHeader(
        "run", "long run", SampleInfo("cell"), "nowhere", "nobody", datetime(2026, 1, 1, tzinfo=UTC), True, "", "",
        "protocol.yaml", "operando: 1\n", "operando_bench: 1\n",
    )  # fmt: skip
    record = RunRecord.create(folder, header)
    for first in range(0, HOURS * 3600, BLOCK):
        block = np.zeros(BLOCK, SAMPLE)
        block["sequence"] = np.arange(first, first + BLOCK)
        block["time_s"] = block["elapsed_s"] = block["sequence"]
        block["voltage_V"] = 3.0 + 1.2 * block["time_s"] / (HOURS * 3600)
        block["step"] = block["cycle"] = 1
        record.samples(block)
        record.sensor("box", "pressure", Reading(1e5, "Pa", Quality.OK, first, first))
    image = Image(
        np.zeros((4, 4), np.uint16), "SE", 1e-7, 10.0, 0.01, 1e-3, BeamConditions(5e3, 1e-10, 5e-3, 4e-7),
        StagePosition(0.0, 0.0, 0.0), DetectorSettings(50.0, 50.0), 1e-5,
    )  # fmt: skip
    record.image(image, FrameState("anode", "overview", "every 30 s", step_name="charge", cycle=1, step=1))
    record.release()
    (row,) = read_frames(folder)
    spacing_s = HOURS * 3600 / frames
    with (folder / "frames.csv").open("wb") as index:
        index.write(csv_header(FrameRow))
        for number in range(1, frames + 1):
            start_s = number * spacing_s
            voltage_V = 3.0 + 1.2 * number / frames
            moved = replace(row, number=number, start_s=start_s, end_s=start_s + 2.0)
            index.write(csv_line(replace(moved, voltage_at_start_V=voltage_V, voltage_at_end_V=voltage_V)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=5000)
    frames = parser.parse_args().frames
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "run"
        build(folder, frames)
        timed = [
            json.loads(subprocess.run([sys.executable, "-c", TIMED, folder], check=True, capture_output=True).stdout)
            for _ in range(ROUNDS)
        ]
    for name in timed[0]:
        seconds = [one[name] for one in timed]
        told = {"what": name, "median_s": statistics.median(seconds), "worst_s": max(seconds)}
        print(json.dumps({**told, "frames": frames, "samples": HOURS * 3600, "rounds": ROUNDS}))


if __name__ == "__main__":
    main()
