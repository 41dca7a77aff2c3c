"""From glovebox to glovebox, in virtual time: the whole experiment, with its people and a day elsewhere.

    python examples/round_trip.py [--out DIR]

The shipped protocol `round_trip` runs on the simulated bench. A script answers for the people and lends the microscope
once. After two cycles the run is parked; the box goes home, another potentiostat cycles the cell, and its EC-Lab text
is imported when the run is continued. One record comes out, a report beside it, and its story on the terminal.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from operando.drivers import Bench, open_bench
from operando.drivers.bench.open import bench_source
from operando.protocols import open_run
from operando.protocols.program import Program
from operando.protocols.record import verify_record
from operando.protocols.report import write_report
from operando.protocols.runner import Returning, RunOptions, RunOutcome, continue_program, header_of, run_program
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.sessions import ElsewhereFile
from operando.protocols.shipped import shipped_answers, shipped_protocol
from operando.simulators.links import SimulatedLinks

__all__ = ["story", "travel"]

BENCH = "sim-glovebox"
PARK = "  - {at: 8 h, do: park after step, by: Second Operator, text: the cell is cycled elsewhere}\n"
HOME = ("close lid", "vent", "air", "glovebox")
BACK = ("air", "chamber", "pump", "open lid")
"""What people do between the sessions, or where they carry the box, a quarter of an hour each."""
TURNED_RAD, SHIFT_M = math.radians(3.0), (0.3e-3, 0.25e-3)
CURRENT_A, LOWEST_V, HIGHEST_V, EVERY_S, CYCLES = 0.24e-3, 3.2, 4.1, 60.0, 2
TOLD = {"leak test passed", "operator answer", "imaging handed over", "imaging taken back", "session fiducials taken"}
TOLD |= {"run parked", "session sample recognised", "session continued"}
"""Events that belong to the story, beside imported steps."""


def main() -> int:
    """Travel, write the report, tell the story."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, default=Path("runs/round_trip"), help="folder of the record")
    folder: Path = asked.parse_args().out
    with open_bench(BENCH) as bench:
        outcome = travel(shipped_protocol("round_trip"), bench, folder)
    print(*story(folder), sep="\n")
    print(f"\n{outcome.ending}: {outcome.reason}\n{verify_record(folder)}\n{write_report(folder).page}")
    return outcome.exit_code


def travel(program: Program, bench: Bench, folder: Path) -> RunOutcome:
    """Two sessions of one run, with everything that happens between them."""
    script = parse_answers(shipped_answers("round_trip") + PARK, "answers.yaml")
    person = ScriptedPerson(script, bench.clock, bench.links.people())
    header = header_of(program, bench, str(bench_source(BENCH)))
    parked = run_program(program, bench, folder, header, RunOptions(operator=person, steered_by=script.steers))
    if parked.exit_code:
        return parked
    people_do(HOME, bench)
    file = cycle_elsewhere(bench, folder.with_name(f"{folder.name}_elsewhere.mpt"))
    people_do(BACK, bench)
    returning = Returning([ElsewhereFile(file, "UTC")])
    return continue_program(program, bench, folder, returning, RunOptions(operator=person))


def people_do(deeds: Iterable[str], bench: Bench) -> None:
    """What people do when no run looks on."""
    people = bench.links.people()
    assert people is not None, "a simulated bench"
    for deed in deeds:
        carried = deed in ("air", "chamber", "glovebox")
        people.obey({"physics": "carry box", "to": deed} if carried else {"physics": deed}, bench.clock.now())
        bench.clock.sleep_until(bench.clock.now() + 900.0)


def cycle_elsewhere(bench: Bench, file: Path) -> Path:
    """Another potentiostat cycles the cell of the simulated world and leaves EC-Lab text; the sample returns turned."""
    links, clock = bench.links.scheme("sim"), bench.clock
    assert isinstance(links, SimulatedLinks)
    world, began, since_s = links.laboratory.world, clock.wall(), clock.now()
    lines = ["mode\tNs\ttime/s\tEcell/V\tI/mA\tcycle number\t"]
    for half in range(2 * CYCLES):
        current_A, until_V = ((CURRENT_A, HIGHEST_V), (-CURRENT_A, LOWEST_V))[half % 2]
        world.cell.drive_current(current_A, clock.now())
        voltage_V = world.cell.measure(clock.now())[0]
        while (until_V - voltage_V) * current_A > 0.0:
            row = (1, half, f"{clock.now() - since_s:.3f}", f"{voltage_V:.6f}", f"{current_A * 1e3:.6f}", half // 2 + 1)
            lines.append("\t".join(map(str, row)))
            clock.sleep_until(clock.now() + EVERY_S)
            voltage_V = world.cell.measure(clock.now())[0]
    world.cell.open_circuit(clock.now())
    world.specimen.put_back(TURNED_RAD, SHIFT_M)
    head = ["EC-Lab ASCII FILE", "Nb header lines : 4", f"Acquisition started on : {began:%m/%d/%Y %H:%M:%S.%f}"]
    file.write_text("\r\n".join([*head, *lines, ""]), encoding="cp1252", newline="")
    return file


def story(folder: Path) -> Iterator[str]:
    """The phases in their order: what was done and taken in each, what people said, and where the sessions part."""
    run = open_run(folder)
    entered = [event for event in run.events if event.source == "phase" and event.kind == "entered"]
    for event, following in zip(entered, [*entered[1:], None], strict=True):
        begins_s, ends_s = event.time_s, following.time_s if following else math.inf
        steps = sum(begins_s <= step.start_s < ends_s for step in run.steps)
        pictures = sum(begins_s <= frame.start_s < ends_s for frame in run.frames.rows)
        yield f"\n{event.details['phase_entered']}: {steps} steps, {pictures} pictures"
        for told in run.events:
            belongs = f"{told.source} {told.kind}" in TOLD or told.details.get("imported")
            if belongs and begins_s <= told.time_s < ends_s:
                asked = f"{told.details['question']} {told.details['who']}: " if told.kind == "answer" else ""
                yield f"  {told.time_s / 3600.0:6.2f} h  {told.kind}: {asked}{told.message}"


if __name__ == "__main__":
    sys.exit(main())
