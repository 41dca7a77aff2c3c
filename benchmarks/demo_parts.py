"""Wall time of the demo by part, each as one JSON line: the whole, without pictures, and what the profile attributes.

python benchmarks/demo_parts.py
"""

import json
import tempfile
import time
from pathlib import Path

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.protocols.cli.demo import run_demo
from operando.simulators.links import SimulatedLinks


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for part, pictures in (("demo", True), ("demo without pictures", False)):
            started = time.perf_counter()
            folder = Path(place) / part.replace(" ", "-")
            code = run_demo(folder, seed=1, pictures=pictures, json=False)
            took = time.perf_counter() - started
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            print(json.dumps({"part": part, "wall_s": round(took, 2), "exit_code": code, "bytes": size}), flush=True)
    cell()
    wire()


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


if __name__ == "__main__":
    main()
