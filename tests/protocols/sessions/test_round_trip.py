"""The shipped round trip: from glovebox to glovebox, with a hand-over, a day elsewhere, and people by a script."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from round_trip import story, travel
from support.journeys import vacuum_bench
from support.laboratory import SimulatedBench

from operando.protocols.interlocks import Phase
from operando.protocols.program import Program
from operando.protocols.reading import Run, open_run
from operando.protocols.record import verify_record
from operando.protocols.record.checksums import file_sha256
from operando.protocols.record.metadata import RunMetadata
from operando.protocols.record.sessions import continued_sessions, parked_sessions
from operando.protocols.report import write_report
from operando.protocols.runner import Ending
from operando.protocols.shipped import shipped_protocol
from operando.simulators.world.box_journey import BoxPlace

PIXELS = (128, 96)
"""Fewer than the protocol has, which changes nothing of the story."""


def lighter(program: Program) -> Program:
    """With pictures at the start, on each plateau and at the end, and small ones."""
    captures = {name: replace(capture, pixels=PIXELS) for name, capture in program.captures.items()}
    return replace(program, captures=captures, triggers=())


def shipped_bench(folder: Path) -> str:
    """The box with argon overpressure."""
    del folder
    return "sim-glovebox"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("box", [shipped_bench, vacuum_bench], ids=["argon overpressure", "vacuum"])
def test_the_shipped_round_trip_is_one_record_that_tells_the_story_by_phase(
    tmp_path: Path, box: Callable[[Path], str]
) -> None:
    bench, folder = SimulatedBench.open(box(tmp_path)), tmp_path / "run"
    outcome = travel(lighter(shipped_protocol("round_trip")), bench.bench, folder)
    bench.bench.close()
    assert outcome.ending is Ending.COMPLETED and outcome.confirmed_safe, outcome.reason
    journey = bench.world.journey
    assert journey.place is BoxPlace.GLOVEBOX and not journey.lid_open and not journey.met_air
    verdict = verify_record(folder)
    assert verdict.ok and verdict.closed, str(verdict)
    run = open_run(folder)
    _box_went_its_way(run)
    _cell_was_cycled_here_and_elsewhere(run, folder.with_name("run_elsewhere.mpt"))
    told = "\n".join(story(folder))
    assert all(re.search(f"^{phase}: ", told, re.MULTILINE) for phase in Phase)
    assert told.count("charge, imported") == 8 and "session 2 begins" in told
    _report_tells_the_story(folder)


def _box_went_its_way(run: Run) -> None:
    entered = [event for event in run.events if event.source == "phase" and event.kind == "entered"]
    assert [event.details["phase_entered"] for event in entered] == [*Phase, Phase.GLOVEBOX]
    answers = [event for event in run.events if event.source == "operator" and event.kind == "answer"]
    assert len(answers) == 10
    (back,) = [event for event in answers if str(event.details["question"]).startswith("The session begins")]
    (found,) = [event for event in run.events if event.kind == "sample recognised"]
    assert back.time_s < found.time_s and back.details["who"] == "Second Operator"
    assert {event.details["who"] for event in answers} == {"First Operator", "Second Operator"}
    notes = RunMetadata.read(run.folder).operator_notes
    assert notes[-1].text == "Carry the closed box into the glovebox. Is it there? confirmed"
    (passed,) = (event for event in run.events if event.source == "leak test" and event.kind == "passed")
    assert float(str(passed.details["uncertainty_Pa_m3_per_s"])) < float(str(passed.details["limit_Pa_m3_per_s"]))


def _cell_was_cycled_here_and_elsewhere(run: Run, file: Path) -> None:
    (parked,), (continued,) = parked_sessions(run.folder), continued_sessions(run.folder)
    lent, returned = (
        next(event.time_s for event in run.events if event.kind == kind) for kind in ("handed over", "taken back")
    )
    assert lent < returned < parked.to_s, "in the middle"
    assert continued.recognised == "fiducials" and continued.turned_rad == pytest.approx(np.radians(3.0), abs=2e-3)
    (imported,) = continued.imported
    assert imported.sha256 == file_sha256(file) == file_sha256(run.folder / imported.file)
    assert parked.to_s < imported.from_s < imported.to_s < continued.from_s
    assert (imported.first_cycle, imported.last_cycle) == (3, 4)
    assert int(run.samples["cycle"].max()) == 5, "the last cycle of the protocol follows"
    own = run.samples[np.isin(run.samples["step"], range(imported.first_step, imported.last_step + 1))]
    assert own.size == imported.samples > 100
    assert np.all(np.diff(run.samples["time_s"]) >= 0.0)
    sessions = [
        {frame.region for frame in run.frames.rows if after == (frame.start_s > continued.from_s)}
        for after in (False, True)
    ]
    assert sessions == [{"anode", "cathode", "control"}] * 2
    charged = [step for step in run.steps if step.name == "charge"]
    assert len(charged) == 3 and all(step.charge_C == pytest.approx(4.0, rel=0.1) for step in charged)


def _report_tells_the_story(folder: Path) -> None:
    page = write_report(folder).page.read_text(encoding="utf-8")
    way = re.findall(
        r"<tr[^>]*>\s*<td[^>]*>([^<]*)</td>", page.partition("Where the box was")[2].partition("</table>")[0]
    )
    seen = [phase.strip().replace("\u00a0", " ").replace("&nbsp;", " ") for phase in way]
    assert seen == [
        "glovebox",
        "transfer",
        "pump down",
        "open",
        "observe",
        "(parked)",
        "observe",
        *list(Phase)[5:],
        "glovebox",
    ]
    for words in (
        "microscope lent to Microscopist",
        "parked by Second Operator",
        "cycled elsewhere for",
        "sample found",
    ):
        assert words in page
    assert "Leak test at" in page and "hydrogen sulfide" in page and "run_elsewhere.mpt" in page
    assert "nothing (" in page, "nothing went wrong"
