"""Runs that focus, in a world whose preset is chosen, with a lens that begins out of focus by a known amount."""

import math
from dataclasses import dataclass
from pathlib import Path

from operando.drivers.bench.open import bench_source
from operando.protocols.record import FrameRow, read_events, read_frames
from operando.protocols.runner import RunOutcome
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.world.beam import Beam, BeamSettings, StagePose
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

__all__ = ["CONVERGENCE_RAD", "FocusRun", "bench_in_world", "focus_protocol"]

CONVERGENCE_RAD = 7e-3
"""Half angle of the simulated beam: a defocus d blurs by d times this."""


def bench_in_world(folder: Path, **world: object) -> SimulatedBench:
    """The shipped bench with another world."""
    text = str(bench_source("sim"))
    told = ", ".join(f"{name}: {value}" for name, value in world.items())
    changed = text.replace("world: {preset: coarse, seed: 1}", f"world: {{{told}}}")
    assert changed != text or not world
    file = folder / "bench.yaml"
    file.write_text(changed)
    return SimulatedBench.open(str(file))


def focus_protocol(
    rule: str,
    *,
    y_mm: float = -0.98,
    width_um: float = 20.0,
    voltage_kV: float = 5.0,
    detector: str = "SE",
    minutes: float = 4.0,
    more: str = "",
) -> str:
    """Pictures of one region every minute, without a cell."""
    return f"""{HEAD}imaging_only: {minutes:g} min
regions:
  place: {{stage: {{x: 1.2 mm, y: {y_mm:g} mm}}, width: {width_um:g} um}}
captures:
  look:
    regions: [place]
    detectors: [{detector}]
    pixels: [256, 192]
    dwell: 5 us
    beam: {{voltage: {voltage_kV:g} kV, current: 100 pA}}
when: [{{every: 1 min, capture: look}}]
focus: {{{rule}}}
{more}"""


@dataclass(frozen=True, slots=True)
class FocusRun:
    """A run, its world, and where it stands in focus."""

    bench: SimulatedBench
    folder: Path

    @property
    def microscope(self) -> TescanMicroscope:
        """The simulated instrument itself."""
        engine = self.bench.laboratory.instruments["sem"]
        assert isinstance(engine, TescanMicroscope)
        return engine

    def best_display_m(self, x_m: float, y_m: float, voltage_V: float) -> float:
        """Working distance that the microscope shows when a place of the specimen is in focus."""
        settings = BeamSettings(voltage_V, 1e-10)
        best_m = self.bench.world.specimen.best_working_distance_m(Beam(settings, StagePose(x_m, y_m)))
        return best_m - self.microscope.settings.focus_shift_um_per_kV * 1e-9 * (voltage_V - 5e3)

    def defocus(self, x_m: float, y_m: float, voltage_V: float, by_m: float) -> None:
        """Somebody has left the lens so far out of focus for a place."""
        self.microscope.operator_focuses(self.best_display_m(x_m, y_m, voltage_V) + by_m, 0.0)

    def run(self, protocol: str) -> RunOutcome:
        """Carry a protocol out."""
        return self.bench.run(protocol, self.folder)

    def events(self, kind: str) -> list[dict[str, object]]:
        """Events of the focus of one kind."""
        return [dict(one) for one in read_events(self.folder) if (one["source"], one["kind"]) == ("focus", kind)]

    def frames(self) -> list[FrameRow]:
        """What was taken."""
        return read_frames(self.folder)

    def out_of_focus_m(self, frame: FrameRow) -> float:
        """By how much a frame was truly out of focus."""
        best_m = self.best_display_m(frame.stage_x_m, frame.stage_y_m, frame.beam_voltage_V)
        assert math.isfinite(frame.working_distance_m)
        return frame.working_distance_m - best_m
