"""The whole conformance suite over real wires, in real time: every served bench, every wire that it has, as a table.

    python tests/trials/wires.py                      everything, four at a time: about half an hour
    python tests/trials/wires.py --only sim-zem       one bench
    python tests/trials/wires.py --at-once 1          one after the other, on a slow machine

Server and judge are processes of their own. Exit code 1 if a promise is broken, something had to be stopped, or a
bench is not left safe.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

OPERANDO = [sys.executable, "-m", "operando.protocols.cli"]
SERIAL, NETWORK = ("pty", "tcp"), ("tcp",)
ALONE = """operando_bench: 1
name: {driver}
instruments: {{it: {{driver: {driver}, address: '{address}', options: {options}}}}}
world: {{cell: symmetric}}
record: {{institution: SIM, operator: nobody}}
"""
PLACES = "{places: {wall: {channel: 1}}}"
GATEWAY = "sim://sensors/gateway"
BEHIND_GATEWAY = "{framing: tcp, map: keller-33x, unit: 1, place: box}"
BENCHES = {
    "sim": ("sim", SERIAL),
    "sim-holder": ("sim-holder", SERIAL),
    "sim-keithley": ("sim-keithley", NETWORK),
    "sim-zem": ("sim-zem", NETWORK),
    "emstat4-lr": (ALONE.format(driver="emstat4-lr", address="sim://emstat4-lr", options="{}"), SERIAL),
    "nexus": (ALONE.format(driver="nexus", address="sim://nexus", options="{}"), SERIAL),
    "emstat-pico": (ALONE.format(driver="emstat-pico", address="sim://emstat-pico", options="{}"), SERIAL),
    "keithley-2400": (ALONE.format(driver="keithley-2400", address="sim://keithley-2400", options="{}"), SERIAL),
    "keithley-2460": (ALONE.format(driver="keithley-2460", address="sim://keithley-2460", options="{}"), NETWORK),
    "keithley-2461": (ALONE.format(driver="keithley-2461", address="sim://keithley-2461", options="{}"), NETWORK),
    "modbus over TCP": (ALONE.format(driver="modbus", address=GATEWAY, options=BEHIND_GATEWAY), NETWORK),
    "pfeiffer-tpg": (ALONE.format(driver="pfeiffer-tpg", address="sim://tpg", options=PLACES), SERIAL),
    "pfeiffer-rs485": (ALONE.format(driver="pfeiffer-rs485", address="sim://telegrams", options="{}"), SERIAL),
    "mks-900": (ALONE.format(driver="mks-900", address="sim://mks", options="{}"), SERIAL),
}
"""Bench, and the wires of those of its instruments that have several; the others have TCP or UDP alone."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one bench over one kind of wire."""

    bench: str
    wire: str
    exit_code: int
    outcomes: Counter[str]
    messages: tuple[str, ...]

    def row(self) -> str:
        """Of the table."""
        counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(self.outcomes.items()))
        return f"{self.bench:15} {self.wire:4} exit {self.exit_code}  {counts}"


def judged(name: str, wire: str) -> Judged:
    """Serve a bench and judge it."""
    source, _ = BENCHES[name]
    with TemporaryDirectory() as made:
        folder = Path(made)
        if "\n" in source:
            (folder / "bench.yaml").write_text(source, encoding="utf-8")
            source = str(folder / "bench.yaml")
        serve = [*OPERANDO, "simulate", source, "--ports", str(folder / "ports.json")]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            for line in server.stdout:
                if line.startswith("ready"):
                    break
            bench = over(wire, json.loads((folder / "ports.json").read_text(encoding="utf-8")))
            options = [
                "--allow",
                "move,beam,current,spectrum",
                "--by",
                "A. Scientist",
                "--json",
                "--out",
                str(folder / "out"),
            ]
            done = subprocess.run([*OPERANDO, "bench", "check", str(bench), *options], capture_output=True, text=True)
            server.terminate()
    told = [one for line in done.stdout.splitlines() if "outcome" in (one := json.loads(line))]
    wrong = [f"{one['id']}: {one['message']}" for one in told if one["outcome"] in ("broken", "stopped")]
    counts = Counter(one["outcome"] for one in told)
    return Judged(name, wire, done.returncode, counts, (*wrong, *done.stderr.splitlines()[-3:]))


def over(wire: str, ports: dict[str, dict[str, dict[str, str]]]) -> Path:
    """The served bench, with every instrument that has such a wire at it."""
    bench = Path(str(ports["bench"]))
    text = bench.read_text(encoding="utf-8")
    for addresses in ports["instruments"].values():
        if wire in addresses and "pty" in addresses:
            text = text.replace(addresses["pty"], addresses[wire])
    bench.write_text(text, encoding="utf-8")
    return bench


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--at-once", type=int, default=4)
    given = parser.parse_args()
    wanted = [(name, wire) for name, (_, wires) in BENCHES.items() if given.only in name for wire in wires]
    failed = 0
    with ThreadPoolExecutor(given.at_once) as pool:
        for one in pool.map(lambda pair: judged(*pair), wanted):
            print(one.row(), flush=True)
            failed += one.exit_code != 0
            for message in one.messages if one.exit_code else ():
                print(f"    {message}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
