"""How long `operando --help` takes, beside a bare interpreter in the same run; median of several, as JSON lines.

python benchmarks/start_up.py
"""

import json
import statistics
import subprocess
import sys
import time

ROUNDS = 9


def once(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    commands = {
        "bare interpreter": (sys.executable, "-c", "pass"),
        "operando --help": (sys.executable, "-m", "operando.protocols.cli", "--help"),
    }
    rounds = {name: [once(*command) for _ in range(ROUNDS)] for name, command in commands.items()}
    for name, times in rounds.items():
        print(json.dumps({"what": name, "median_s": round(statistics.median(times), 3), "rounds": ROUNDS}))


if __name__ == "__main__":
    main()
