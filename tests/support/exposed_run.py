"""A run that goes on exposing one region for as long as its budget lets it, judged by the simulated specimen."""

from pathlib import Path

from operando.protocols.record import read_events, read_frames
from support.focus_runs import bench_in_world
from support.run_protocols import HEAD

__all__ = ["absorbed_under", "exposed"]


def exposed(budget: str) -> str:
    """The protocol, with the lines of `dose` that are pasted into it."""
    return f"""{HEAD}imaging_only: 20 min
regions:
  anode: {{stage: {{x: 2.0 mm, y: -0.6 mm}}, width: 20 um}}
captures:
  burn: {{regions: [anode], detectors: [BSE], pixels: [128, 96], dwell: 1 ms, repeat: 4,
    beam: {{voltage: 5 kV, current: 1 nA}}}}
when: [{{every: 1 min, capture: burn}}]
{budget}"""


def absorbed_under(budget: str, folder: Path, *, preset: str, seed: int, damage_C_per_m2: float) -> float:
    """The most that the specimen has truly absorbed in the middle of any frame, in C/m^2.

    Raises:
        RuntimeError: if the run failed, or it was not the budget that ended the exposure.
    """
    bench = bench_in_world(folder, preset=preset, seed=seed, damage_C_per_m2=damage_C_per_m2)
    outcome = bench.run(exposed(budget), folder / "run")
    if outcome.exit_code:
        raise RuntimeError(outcome.reason)
    if not any(event["kind"] == "field left out" for event in read_events(folder / "run")):
        raise RuntimeError("the run has not reached its budget")
    frames = read_frames(folder / "run")
    return max(bench.world.specimen.dose.at(frame.stage_x_m, frame.stage_y_m) for frame in frames)
