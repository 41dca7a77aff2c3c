"""How late a timed capture is, beside a bare asyncio timer in the same run: idle, and beside heavy work.

    python benchmarks/lateness.py [--seconds 20] [--rounds 3]

Twenty triggers take captures by time, 13 a second in all; asyncio has a timer every 50 ms. Late is the time from the
due time of a capture to the moment at which the runner acts on it; how long it then takes until the scan is commanded,
with everything that is written and asked before, is printed beside it. The instruments answer from memory, the clock is
the real one, and each run writes its whole record. The heavy work is an analysis in pure Python and 6 MB frames written
and synced without a pause: once in processes of their own that share one core, as operando does it, and once in threads
of the process that keeps the time, as many programs do.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PERIOD_S = 0.05
FRAME = np.zeros((1536, 2048), np.uint16).tobytes()
BENCH = """\
operando_bench: 1
name: in memory
instruments:
  sem:
    driver: in-memory-microscope
    address: memory://here
    accept_untested_on_hardware: {by: benchmark, on: 2026-01-01}
stage: {minimum_working_distance: 1 mm}
wiring: {earthed: floating}
vacuum: {beam_permitted_below: 0.1 Pa}
box: {volume: 0.2 l, largest_leak: 1e-3 mbar*l/s}
record: {institution: BENCHMARK, operator: nobody, microscope_vendor: none, microscope_model: in memory}
"""
PROTOCOL = """\
operando: 1
title: timed captures
sample: {{name: nothing}}
imaging_only: {seconds} s
regions:
  here: {{stage: {{x: 0 mm, y: 0 mm}}, width: 100 um}}
captures:
  look:
    regions: [here]
    detectors: [SE]
    pixels: [16, 16]
    dwell: 10 ns
    beam: {{voltage: 5 kV, current: 1 pA, working_distance: 10 mm}}
when:
{triggers}
"""
TRIGGERS = "\n".join(f"  - {{every: {1000 + 53 * number} ms, capture: look}}" for number in range(20))
"""A protocol takes no period below a second; these hardly ever coincide."""


def analysis() -> None:
    """CPU-bound, in pure Python, for ever."""
    total = 0
    while True:
        total = (total * 31 + 7) % 1_000_003


def frame_writes(path: str) -> None:
    """Frames to the disk, one after the other, for ever."""
    with Path(path).open("wb") as file:
        while True:
            file.seek(0)
            file.write(FRAME)
            file.flush()
            os.fsync(file.fileno())


def on_one_core(work: object, *arguments: str) -> None:
    """In a process: only on the first core, so that another one is free."""
    os.sched_setaffinity(0, {0})
    work(*arguments)  # type: ignore[operator]  # one of the two above


def asyncio_lateness(seconds: float, inside: bool) -> list[float]:
    """Of the default loop's `call_at`, idle or with the work in threads of this process."""
    with tempfile.TemporaryDirectory() as folder:
        if inside:
            for work, arguments in ((analysis, ()), (frame_writes, (f"{folder}/frames",))):
                threading.Thread(target=work, args=arguments, daemon=True).start()
        late: list[float] = []

        async def main() -> None:
            loop = asyncio.get_running_loop()
            started = loop.time()
            for count in range(1, int(seconds / PERIOD_S)):
                due = started + count * PERIOD_S
                reached = loop.create_future()
                loop.call_at(due, reached.set_result, None)
                await reached
                late.append(loop.time() - due)

        asyncio.run(main())
        print(json.dumps(late), flush=True)
        os._exit(0)  # the threads never end by themselves


def operando_lateness(seconds: float) -> list[float]:
    """Of timed captures in a run: from the record's own rows."""
    sys.path.insert(0, str(HERE))
    from overhead import installed

    from operando.drivers.bench import load_bench_file
    from operando.drivers.bench.open import connect_bench
    from operando.protocols.document import parse_protocol
    from operando.protocols.record import RunHeader, read_events
    from operando.protocols.runner import run_program

    program = parse_protocol(PROTOCOL.format(seconds=int(seconds), triggers=TRIGGERS))
    with tempfile.TemporaryDirectory() as place:
        sys.path.insert(0, str(installed(Path(place) / "site")))
        bench = connect_bench(*load_bench_file(BENCH, "bench.yaml"))
        wall = datetime(2026, 1, 1, tzinfo=UTC)
        header = RunHeader(
            "lateness", "lateness", program.sample, "lab", "nobody", wall, False, "", "", "protocol.yaml",
            program.text, BENCH,
        )  # fmt: skip
        run_program(program, bench, Path(place) / "run", header)
        bench.close()
        events = read_events(Path(place) / "run")
    taken = [event for event in events if event["kind"] in {"capture taken", "capture not taken"}]
    timed = [event for event in taken if "every" in str(event.get("trigger"))]
    commanded = [float(str(event["commanded_s"])) - float(str(event["sample_s"])) for event in timed]
    print(f"scan commanded: p50, p99 {np.percentile(commanded, [50, 99]) * 1e3} ms", file=sys.stderr)
    return [float(str(event["detected_s"])) - float(str(event["sample_s"])) for event in timed]


def measured(what: str, seconds: float, beside: bool = False) -> dict[str, float]:
    """One of them in a process of its own."""
    workers: list[multiprocessing.Process] = []
    with tempfile.TemporaryDirectory() as folder:
        if beside:
            arguments = ((analysis,), (frame_writes, f"{folder}/frames"))
            workers = [multiprocessing.Process(target=on_one_core, args=work, daemon=True) for work in arguments]
            for worker in workers:
                worker.start()
        command = [sys.executable, __file__, "--measure", what, "--seconds", str(seconds)]
        try:
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        finally:
            for worker in workers:
                worker.kill()
                worker.join()
    late = np.array(json.loads(answer.stdout.splitlines()[-1])) * 1e3
    return {"p50": float(np.percentile(late, 50)), "p99": float(np.percentile(late, 99)), "count": float(late.size)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=("asyncio", "asyncio with the work inside", "operando"))
    arguments = parser.parse_args()
    if arguments.measure == "operando":
        print(json.dumps(operando_lateness(arguments.seconds)))
        return
    if arguments.measure:
        asyncio_lateness(arguments.seconds, inside="inside" in arguments.measure)
    rounds = [
        {
            "asyncio's call_at, idle": measured("asyncio", arguments.seconds),
            "operando, idle": measured("operando", arguments.seconds),
            "asyncio, work inside": measured("asyncio with the work inside", arguments.seconds),
            "operando, work beside": measured("operando", arguments.seconds, beside=True),
        }
        for _ in range(arguments.rounds)
    ]
    for name in rounds[0]:
        p50 = statistics.median(one[name]["p50"] for one in rounds)
        p99 = statistics.median(one[name]["p99"] for one in rounds)
        print(f"{name:26} p50 {p50:8.3f} ms   p99 {p99:8.3f} ms   of {rounds[0][name]['count']:g}")
    pairs = (("operando, idle", "asyncio's call_at, idle"), ("operando, work beside", "asyncio, work inside"))
    for ours, theirs in pairs:
        ratio = statistics.median(one[ours]["p99"] / one[theirs]["p99"] for one in rounds)
        print(f"{ours} / {theirs}, p99: {ratio:.3f}")


if __name__ == "__main__":
    main()
