"""Protocols made by aurora-unicycler run here, and what is written back is accepted there; exit 1 if not.

    python tests/peers/check_unicycler.py --unicycler PYTHON

`--unicycler` is an interpreter that has aurora-unicycler. Each protocol is loaded and run on the simulated bench.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from support.laboratory import SimulatedBench

from operando.protocols.document import load_protocol, write_unicycler

HERE = Path(__file__).parent
FEWEST = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unicycler", required=True)
    peer = [parser.parse_args().unicycler, str(HERE / "unicycler_protocols.py")]
    made = subprocess.run(peer, capture_output=True, text=True, check=True).stdout.splitlines()
    failed = len(made) < FEWEST
    written = []
    for line in made:
        document = json.loads(line)
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "protocol.json"
            path.write_text(json.dumps(document["protocol"]), encoding="utf-8")
            program = load_protocol(path)
            outcome = SimulatedBench.open().run_program(program, Path(place) / "run")
        written.append(json.dumps({"title": document["title"], "protocol": json.loads(write_unicycler(program))}))
        print(json.dumps({"protocol": document["title"], "steps": len(program.cycling), "ending": outcome.ending}))
        failed |= outcome.exit_code != 0
    judged = subprocess.run([*peer, "accept"], input="\n".join(written), capture_output=True, text=True, check=True)
    refused = [line for line in judged.stdout.splitlines() if line != "ok"]
    print(json.dumps({"written back and accepted": len(written) - len(refused), "refused": refused}))
    return 1 if failed or refused else 0


if __name__ == "__main__":
    sys.exit(main())
