"""A sample that is put back turned and shifted between two sessions, with processes, sockets and real time throughout.

    python tests/trials/put_back.py

`operando simulate` serves the microscope, `operando run` takes pictures of a region and is parked by another process,
the sample is put back turned by three degrees and shifted by 0.4 mm, and `operando continue` finds it. Exit code 1 if
the region is not found again within 2 um of where the simulated world has put it, or the record is not in order.
"""

import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.commands import PATIENT_S, beginning, said_by
from support.killing import Laboratory
from support.run_protocols import HEAD

from operando.drivers.clock import RealClock
from operando.drivers.waiting import wait_for
from operando.protocols.record import read_frames, verify_record
from operando.protocols.record.sessions import continued_sessions

TURNED_DEG, SHIFT_MM = 3.0, (0.3, 0.25)
ANODE_MM = (1.2, -0.35)
NEAR_MM = 2e-3
PROTOCOL = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 for 40 seconds}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
fiducials:
  left: {x: 0.2 mm, y: -0.65 mm}
  right: {x: 2.9 mm, y: -0.65 mm}
captures:
  overview:
    {regions: [anode], detectors: [BSE], pixels: [128, 96], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when: [{every: 10 s, during: [charge], capture: overview}]
dose: {anode: 8 C/m^2}
"""
)


def put_back_mm() -> tuple[float, float]:
    """Where the region lies for the stage after the sample was put back."""
    (x, y), turned = ANODE_MM, math.radians(TURNED_DEG)
    return (
        x * math.cos(turned) - y * math.sin(turned) + SHIFT_MM[0],
        x * math.sin(turned) + y * math.cos(turned) + SHIFT_MM[1],
    )


def two_sessions(folder: Path) -> None:
    """Run, park, put back, continue."""
    protocol, run = folder / "protocol.yaml", folder / "run"
    protocol.write_text(PROTOCOL, encoding="utf-8")

    def pictured() -> bool:
        frames = run / "frames.csv"
        return frames.is_file() and "overview" in frames.read_text(encoding="utf-8") and charging()

    def charging() -> bool:
        return b'"name":"charge"' in (run / "journal.jsonl").read_bytes()

    with Laboratory(folder / "laboratory") as laboratory:
        bench = str(laboratory.bench)
        with beginning("run", str(protocol), "--bench", bench, "--out", str(run), "--json") as first:
            wait_for(RealClock(), lambda: pictured() or first.poll() is not None, PATIENT_S, every_s=0.2)
            print(said_by("park", str(run), "--operator", "eva"), flush=True)
            output, _ = first.communicate(timeout=PATIENT_S)
            if first.returncode:
                raise RuntimeError(output)
        laboratory.order(physics="put back sample", turned_deg=TURNED_DEG, shift_mm=SHIFT_MM)
        print(said_by("continue", str(run), "--bench", bench, "--json"), flush=True)


def wrong(run: Path) -> Iterator[str]:
    """What is not as it should be."""
    verdict = verify_record(run)
    if not (verdict.ok and verdict.closed):
        yield str(verdict)
    (session,) = continued_sessions(run)
    if session.recognised != "fiducials":
        yield f"the sample was recognised by {session.recognised}"
    wanted_mm, region = put_back_mm(), session.regions["anode"]
    missed_mm = math.dist(wanted_mm, [1e3 * place_m for place_m in region.now_m])
    turned_deg = math.degrees(session.turned_rad or 0.0)
    print(json.dumps({"missed_um": 1e3 * missed_mm, "turned_deg": turned_deg, "seen": region.seen}))
    if missed_mm > NEAR_MM:
        yield f"the region was found {missed_mm * 1e3:.2f} um beside its place"
    if not any(row.region == "anode" and row.start_s > session.from_s for row in read_frames(run)):
        yield "no picture was taken in the second session"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        two_sessions(Path(folder))
        found = list(wrong(Path(folder) / "run"))
    print("; ".join(found) or "found again")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
