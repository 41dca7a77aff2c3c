"""How soon after a trigger's sample the scan is commanded, over real sockets, idle and while frames are written.

    python benchmarks/latency.py [--seconds N] [--json]

Simulated instruments are served in another process (`operando simulate`); the runner reaches them over TCP, in real
time. A capture that is kept ready is triggered by the charge that has passed, about every two seconds, so that 150
captures are taken in each part: first while nothing else goes on, then while a frame of 6 MB is written and synced to
the disk twice a second, beside the runner's loop as its own record does it. Each row of the record's `capture taken`
events gives the four moments.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import connect_bench
from operando.drivers.clock import RealClock
from operando.drivers.roles import BeamConditions, DetectorSettings, Image, StagePosition
from operando.protocols.document import parse_protocol
from operando.protocols.program import Program
from operando.protocols.record import FrameRow, FrameState, RunHeader, RunRecord, read_events
from operando.protocols.runner import RunOptions, Steering, run_program

PATIENCE_S = 60.0
WRITE_EVERY_S = 0.5
PIXELS = (1536, 2048)

PROTOCOL = """\
operando: 1
title: latency
sample: {{name: latency, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}}
safety: {{voltage: [2.0 V, 4.5 V], current: [-360 uA, 360 uA], host_tolerates: 10 s}}
record: {{every: 200 ms}}
cycling:
  - {{name: idle, step: Charge at C/10 for {seconds} seconds}}
  - {{name: writing, step: Charge at C/10 for {seconds} seconds}}
regions:
  anode: {{stage: {{x: 1.200 mm, y: -0.350 mm}}, width: 120 um}}
captures:
  look:
    regions: [anode]
    detectors: [BSE]
    pixels: [64, 48]
    dwell: 1 us
    beam: {{voltage: 5 kV, current: 100 pA}}
    keep_ready: true
when:
  - {{charge_passed: 0.00007 mAh, during: [idle, writing], capture: look, start_within: 3 s}}
"""


class FrameWrites:
    """Writes a frame into a record of its own, again and again, beside the runner's loop."""

    def __init__(self, folder: Path) -> None:
        self._record = RunRecord.create(folder, header("beside", ""), beside=True)
        self._written: Future[list[FrameRow]] | None = None
        pixels = np.random.default_rng(1).poisson(800, PIXELS).astype(np.uint16)
        beam = BeamConditions(5000.0, 1e-10, 5e-3, 1e-4)
        stage, settings = StagePosition(0, 0, 0), DetectorSettings(50, 50)
        self._image = Image(pixels, "SE", 5e-8, 0.0, 0.01, 1e-3, beam, stage, settings, 1e-6)
        self.on = False

    def begin(self, steering: Steering) -> None:
        """Be called again and again by the loop of the runner."""
        del steering
        self._again()

    def _again(self) -> None:
        if self._written is not None and self._written.done():
            self._record.acknowledged(self._written.result())
            self._written = None
        if self.on and self._written is None:
            self._written = self._record.begin_images([(self._image, FrameState("beside", "beside", "beside"))])
        asyncio.get_running_loop().call_later(WRITE_EVERY_S, self._again)

    def release(self) -> None:
        """Let go of the files."""
        self._record.release()


class WhileWriting:
    """An observer that lets frames be written during the step `writing`."""

    def __init__(self, writes: FrameWrites) -> None:
        self._writes = writes

    def step_started(self, running: object) -> None:
        self._writes.on = getattr(running, "name", "") == "writing"

    def samples(self, block: object) -> None:
        pass

    def pictures(self, count: int) -> None:
        pass

    def message(self, time_s: float, text: str) -> None:
        pass


def header(run_id: str, text: str) -> RunHeader:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    sample = parse_protocol(PROTOCOL.format(seconds=1)).sample
    return RunHeader(run_id, "latency", sample, "lab", "nobody", start, True, "", "", "protocol.yaml", text, "")


def served(folder: Path) -> "tuple[subprocess.Popen[bytes], Path]":
    """Serve the simulated bench from another process; the bench file that reaches it."""
    ports = folder / "ports.json"
    command = [sys.executable, "-m", "operando.protocols.cli", "simulate", "sim", "--ports", str(ports)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    clock = RealClock()
    while not ports.exists():
        if server.poll() is not None or clock.now() > PATIENCE_S:
            server.terminate()
            raise SystemExit("the simulated instruments are not served")
        clock.sleep_until(clock.now() + 0.1)
    return server, Path(json.loads(ports.read_text(encoding="utf-8"))["bench"])


def measure(program: Program, bench_file: Path, folder: Path) -> Path:
    """Run the program over the served wires; the folder of its record."""
    bench = connect_bench(*load_bench_file(bench_file.read_text(encoding="utf-8"), str(bench_file)))
    writes = FrameWrites(folder / "beside")
    try:
        options = RunOptions(steered_by=writes.begin, observer=WhileWriting(writes))
        outcome = run_program(program, bench, folder / "run", header("latency", program.text), options)
    finally:
        writes.release()
        bench.close()
    print(f"{outcome.ending}: {outcome.reason}", file=sys.stderr)
    return folder / "run"


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and largest, in milliseconds."""
    ordered = np.percentile(np.array(values) * 1e3, [50, 99, 100])
    return dict(zip(("p50_ms", "p99_ms", "max_ms"), (round(float(value), 2) for value in ordered), strict=True))


def summary(record: Path) -> dict[str, dict[str, object]]:
    """Of each of the two steps: how many captures, and the latencies between their moments."""
    events = read_events(record)
    starts = {str(e["message"]): float(str(e["test_time_second"])) for e in events if e["kind"] == "step started"}
    taken = [event for event in events if event["kind"] == "capture taken"]
    result: dict[str, dict[str, object]] = {}
    for step in ("idle", "writing"):
        rows = [row for row in taken if (float(str(row["sample_s"])) >= starts["writing"]) == (step == "writing")]
        moments = {name: [float(str(row[name])) for row in rows] for name in ("sample_s", "detected_s")}
        pairs = zip(moments["sample_s"], moments["detected_s"], strict=True)
        result[step] = {
            "captures": len(rows),
            "sample to detection": percentiles([detected - sample for sample, detected in pairs]),
            "detection to command": percentiles([float(str(row["detection_to_command_s"])) for row in rows]),
            "sample to first line": percentiles([float(str(row["late_s"])) for row in rows]),
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=320, help="of each of the two steps")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, bench_file = served(folder)
        try:
            found = summary(measure(parse_protocol(PROTOCOL.format(seconds=chosen.seconds)), bench_file, folder))
        finally:
            server.terminate()
            server.wait(PATIENCE_S)
    if chosen.json:
        print(json.dumps(found))
        return
    for step, rows in found.items():
        print(f"{step}: {rows.pop('captures')} captures")
        for what, figures in rows.items():
            print(f"  {what:22} {figures}")


if __name__ == "__main__":
    main()
