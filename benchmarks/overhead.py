"""What the runner costs per event, beside bluesky's RunEngine and pymmcore-plus's MDARunner in the same rounds.

python benchmarks/overhead.py [--rounds 5] [--peers PYTHON]

An event of ours is one journalled command: intent before, outcome after, its result in the record. `operando run` (the
command itself, its process started anew) carries out a protocol whose instruments answer from memory, in virtual time;
its folder is verified afterwards. The peers run in an environment of their own (`pip install bluesky ophyd
pymmcore-plus`): bluesky scans a simulated motor and detector with a JSON-lines writer, pymmcore-plus runs an engine
that does nothing and keeps nothing. Printed: the median over the rounds of the ratio within each round.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
BENCH = """\
operando_bench: 1
name: in memory
instruments:
  sem: {driver: in-memory-microscope, address: sim://memory}
stage: {minimum_working_distance: 1 mm}
wiring: {earthed: floating}
vacuum: {beam_permitted_below: 0.1 Pa}
box: {volume: 0.2 l, largest_leak: 1e-3 mbar*l/s}
record: {institution: BENCHMARK, operator: nobody, microscope_vendor: none, microscope_model: in memory}
"""
PROTOCOL = """\
operando: 1
title: as many commands as possible
sample: {name: nothing}
imaging_only: LASTING
regions:
  here: {stage: {x: 0 mm, y: 0 mm}, width: 100 um}
captures:
  commands:
    regions: [here]
    eds: {map: [MAP, MAP], live_time_per_point: 1 us}
    beam: {voltage: 5 kV, current: 1 pA, working_distance: 10 mm}
  pictures:
    regions: [here]
    detectors: [SE]
    pixels: [16, 16]
    dwell: 10 ns
    beam: {voltage: 5 kV, current: 1 pA, working_distance: 10 mm}
when:
  - {every: EVERY, capture: CAPTURE}
"""


def installed(folder: Path) -> Path:
    """A folder on the path of Python that offers the driver as an installed package would."""
    information = folder / "in_memory-1.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: in-memory\nVersion: 1\n")
    (information / "entry_points.txt").write_text(
        "[operando.drivers]\nin-memory-microscope = in_memory.microscope:open_microscope\n"
    )
    return folder


def operando(folder: Path, **words: str) -> dict[str, float]:
    """One run of the command: seconds, journalled commands, rows of pictures, and what an empty run takes."""
    protocol = folder / "protocol.yaml"
    text = PROTOCOL
    for word, value in words.items():
        text = text.replace(word, value)
    protocol.write_text(text)
    (folder / "bench.yaml").write_text(BENCH)
    paths = [str(installed(folder / "site")), str(HERE)]
    command = [sys.executable, "-m", "operando.protocols.cli"]
    environment = {"PYTHONPATH": ":".join(paths), "PATH": "/usr/bin:/bin"}
    run = [*command, "run", str(protocol), "--bench", str(folder / "bench.yaml"), "--out", str(folder / "run")]
    started = time.perf_counter()
    subprocess.run(run, check=True, env=environment, capture_output=True)
    seconds = time.perf_counter() - started
    subprocess.run([*command, "verify", str(folder / "run")], check=True, env=environment, capture_output=True)
    entries = [json.loads(line) for line in (folder / "run" / "journal.jsonl").read_text().splitlines()]
    commands = sum(entry.get("entry") == "outcome" for entry in entries)
    pictures = len((folder / "run" / "frames.csv").read_text().splitlines()) - 1
    return {"s": seconds, "commands": commands, "pictures": pictures}


def peer(python: str, name: str) -> float:
    """Events per second of a peer, as it measures itself."""
    answer = subprocess.run([python, str(HERE / "peers_overhead.py"), name], check=True, capture_output=True, text=True)
    return float(answer.stdout.split()[-1])


def round_of(python: str | None) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        idle = operando(_made(place, "idle"), MAP="1", EVERY="60 s", CAPTURE="commands", LASTING="10 s")
        busy = operando(_made(place, "commands"), MAP="128", EVERY="9 s", CAPTURE="commands", LASTING="10 s")
        taken = operando(_made(place, "pictures"), MAP="1", EVERY="4 s", CAPTURE="pictures", LASTING="2 h")
    commands, pictures = busy["commands"] - idle["commands"], taken["pictures"]
    result = {
        "commands per s": commands / (busy["s"] - idle["s"]),
        "us per command": (busy["s"] - idle["s"]) / commands * 1e6,
        "ms per picture, all of it": (taken["s"] - idle["s"]) / pictures * 1e3,
    }
    if python is not None:
        for name in ("bluesky", "pymmcore-plus"):
            result[f"{name}, events per s"] = theirs = peer(python, name)
            result[f"commands, times {name}"] = result["commands per s"] / theirs
    return result


def _made(place: str, name: str) -> Path:
    folder = Path(place) / name
    folder.mkdir()
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", help="the Python of an environment that has bluesky, ophyd and pymmcore-plus")
    arguments = parser.parse_args()
    rounds = [round_of(arguments.peers) for _ in range(arguments.rounds)]
    for name in rounds[0]:
        values = [measured[name] for measured in rounds]
        print(f"{name:36} median {statistics.median(values):10.4g}   {min(values):.4g} to {max(values):.4g}")


if __name__ == "__main__":
    main()
