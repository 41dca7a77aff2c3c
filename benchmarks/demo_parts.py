"""Wall time of the demo by part, each as one JSON line: the whole, without pictures, and what the profile attributes.

python benchmarks/demo_parts.py
"""

import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.protocols.cli.demo import run_demo
from operando.simulators.links import SimulatedLinks


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for part, with_pictures in (("demo", True), ("demo without pictures", False)):
            started = time.perf_counter()
            folder = Path(place) / part.replace(" ", "-")
            code = run_demo(folder, seed=1, pictures=with_pictures, json=False)
            took = time.perf_counter() - started
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            print(json.dumps({"part": part, "wall_s": round(took, 2), "exit_code": code, "bytes": size}), flush=True)
        record(Path(place) / "record")
    cell()
    wire()
    pictures()


def cell(hours: int = 40) -> None:
    """The cell alone: a measurement each second of world time at constant current."""
    bench = connect_bench(*load_bench_file(bench_source("sim")))
    links = bench.links.scheme("sim")
    assert isinstance(links, SimulatedLinks)
    terminals = links.laboratory.world.cell
    started = time.perf_counter()
    for second in range(1, hours * 3600 + 1):
        if second % 36000 == 1:
            terminals.drive_current(1.2e-4 if (second // 36000) % 2 == 0 else -1.2e-4, float(second))
        terminals.measure(float(second))
    took = time.perf_counter() - started
    print(json.dumps({"part": "cell", "samples": hours * 3600, "wall_s": round(took, 2)}), flush=True)
    bench.close()


def wire(samples: int = 20_000) -> None:
    """Cell, interpreter, bytes and decoding: one rest sampled each second and polled each five."""
    from operando.drivers import Guard, OpenCircuit, Step

    bench = connect_bench(*load_bench_file(bench_source("sim")))
    guard = Guard((2.0, 4.4), (-1e-3, 1e-3), 2.0 * samples)
    bench.potentiostat.start(Step(1, OpenCircuit(), guard, duration_s=float(samples)))
    got, started = 0, time.perf_counter()
    while got < samples:
        bench.clock.sleep_until(bench.clock.now() + 5.0)
        got += bench.potentiostat.poll().block.size
    took = time.perf_counter() - started
    print(json.dumps({"part": "cell and wire", "samples": got, "wall_s": round(took, 2)}), flush=True)
    bench.close()


def pictures(count: int = 20) -> None:
    """Scans of two detectors through the microscope's own messages; the first look at the field is not counted."""
    from operando.drivers import Blanking, FrameRequest, HighVoltage, StagePosition, wait_for

    bench = connect_bench(*load_bench_file(bench_source("sim")))
    column, stage, scanner, clock = bench.column, bench.stage, bench.scanner, bench.clock
    column.blank(Blanking.OUTSIDE_SCANS)
    column.switch_high_voltage(True)
    wait_for(clock, lambda: column.high_voltage() is HighVoltage.ON, 60.0)
    stage.move_to(StagePosition(1.2e-3, -0.35e-3, stage.position().z_m))
    wait_for(clock, lambda: not stage.moving(), 60.0)
    column.apply(replace(column.conditions(), field_width_m=120e-6))
    wait_for(clock, lambda: not column.busy(), 60.0)
    request, started = FrameRequest(("SE", "BSE"), (768, 576), 8e-6), 0.0
    for number in range(count + 1):
        if number == 1:
            started = time.perf_counter()
        scanner.start(request)
        wait_for(clock, lambda: scanner.progress().complete, 60.0, every_s=scanner.duration_s(request))
        scanner.images()
    took = time.perf_counter() - started
    print(json.dumps({"part": "pictures and wire", "frames": 2 * count, "wall_s": round(took, 2)}), flush=True)
    bench.close()


def record(folder: Path, hours: int = 40) -> None:
    """The record alone: a sample each second, five to a block, as the runner hands them over."""
    from datetime import UTC, datetime

    import numpy as np

    from operando.drivers.roles import SAMPLE
    from operando.protocols.program import SampleInfo
    from operando.protocols.record import RunHeader, RunRecord

    header = RunHeader("b", "b", SampleInfo("b"), "B", "b", datetime(2026, 1, 1, tzinfo=UTC), True, "", "", "p", "", "")
    samples = np.zeros(hours * 3600, dtype=SAMPLE)
    samples["sequence"] = np.arange(samples.size)
    samples["time_s"] = samples["sequence"]
    started = time.perf_counter()
    written = RunRecord.create(folder, header)
    for begin in range(0, samples.size, 5):
        written.samples(samples[begin : begin + 5])
    written.close("completed")
    took = time.perf_counter() - started
    print(json.dumps({"part": "record", "samples": samples.size, "wall_s": round(took, 2)}), flush=True)


if __name__ == "__main__":
    main()
