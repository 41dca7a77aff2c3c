"""What can be made to happen in the simulated world while it is served, each as a strict order with its quantities."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal, Protocol

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.simulators.engine import Engine
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.microscopes.zem import ZemMicroscope
from operando.simulators.potentiostats import EmStat4
from operando.simulators.potentiostats.keithley import Keithley2400, Keithley2450
from operando.simulators.world.box_journey import BoxPlace
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["Mishap", "Scene"]


class Scene(Protocol):
    """Where a mishap happens."""

    @property
    def world(self) -> SimulatedWorld:
        """The world of the laboratory."""
        ...

    @property
    def engines(self) -> Mapping[str, Engine]:
        """The instruments that are served, by their names in the bench file."""
        ...


class SoftShort(StrictModel):
    """A restless short across the cell."""

    physics: Literal["soft short"]
    median_ohm: Annotated[float, Field(gt=0)] = 5e3

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.cell.inject_soft_short(now, self.median_ohm)


class HardShort(StrictModel):
    """A steady short across the cell."""

    physics: Literal["hard short"]
    ohm: Annotated[float, Field(gt=0)] = 3.0

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.cell.inject_hard_short(now, self.ohm)


class NoShort(StrictModel):
    """The short that was made is gone."""

    physics: Literal["no short"]

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.cell.end_injected_short(now)


class ContactLoss(StrictModel):
    """At least this share of the lithium interface loses contact."""

    physics: Literal["contact loss"]
    lost: Annotated[float, Field(gt=0, lt=1)]

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.cell.inject_contact_loss(self.lost, now)


class HolderChange(StrictModel):
    """The holder has another temperature, or another pressure on the stack."""

    physics: Literal["holder"]
    temperature_K: Annotated[float, Field(ge=150, le=1500)] | None = None
    """What is outside was not meant in kelvin: at 5 K nothing in the cell would conduct."""
    pressure_MPa: Annotated[float, Field(ge=0)] | None = None

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.cell.set_holder(now, temperature_K=self.temperature_K, pressure_MPa=self.pressure_MPa)


class BoxLeak(StrictModel):
    """The box leaks so much more, out or in as the pressures are."""

    physics: Literal["box leak"]
    conductance_m3_per_s: Annotated[float, Field(gt=0)]

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.journey.leak(self.conductance_m3_per_s, now)


class ChamberLeak(StrictModel):
    """Air comes into the chamber through a leak of its own."""

    physics: Literal["chamber leak"]
    air_Pa_m3_per_s: Annotated[float, Field(ge=0)]

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.chamber.leak(self.air_Pa_m3_per_s, now)


class Vacuum(StrictModel):
    """The pump of the chamber stops or starts, or the chamber is vented."""

    physics: Literal["pump stops", "pump", "vent"]

    def happen(self, scene: Scene, now: float) -> None:
        chamber, journey = scene.world.chamber, scene.world.journey
        {"pump stops": chamber.stop_pump, "pump": journey.pump, "vent": journey.vent}[self.physics](now)


class Lid(StrictModel):
    """Somebody opens the box, or closes it, wherever it is."""

    physics: Literal["open lid", "close lid"]

    def happen(self, scene: Scene, now: float) -> None:
        journey = scene.world.journey
        {"open lid": journey.open_lid, "close lid": journey.close}[self.physics](now)


class Carry(StrictModel):
    """Somebody carries the box."""

    physics: Literal["carry box"]
    to: Literal["glovebox", "air", "chamber"]

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.journey.transfer(BoxPlace[self.to.upper()], now)


class Fill(StrictModel):
    """Somebody fills the closed box with argon in the glovebox, or pumps it."""

    physics: Literal["fill box"]
    pressure_Pa: Annotated[float, Field(gt=0)]

    def happen(self, scene: Scene, now: float) -> None:
        scene.world.journey.fill(self.pressure_Pa, now)


class SamplePutBack(StrictModel):
    """The sample was taken out and put back: turned about the stage's origin, then shifted, against the first time."""

    physics: Literal["put back sample"]
    turned_deg: Annotated[float, Field(ge=-180.0, le=180.0)] = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)

    def happen(self, scene: Scene, now: float) -> None:
        del now
        x_mm, y_mm = self.shift_mm
        scene.world.specimen.put_back(math.radians(self.turned_deg), (x_mm * 1e-3, y_mm * 1e-3))


class StageMisses(StrictModel):
    """The next move ends so far from its target along x."""

    physics: Literal["stage misses"]
    instrument: str
    by_mm: float

    def happen(self, scene: Scene, now: float) -> None:
        _tescan(scene, self.instrument).faults.stage_misses_mm = self.by_mm


class StageStuck(StrictModel):
    """The stage says that it is busy and does not move, until it is let go."""

    physics: Literal["stage stuck"]
    instrument: str
    stuck: bool = True

    def happen(self, scene: Scene, now: float) -> None:
        _tescan(scene, self.instrument).faults.stage_stuck = self.stuck


class BeamTrip(StrictModel):
    """The high voltage goes off without anybody asking for it."""

    physics: Literal["beam trip"]
    instrument: str

    def happen(self, scene: Scene, now: float) -> None:
        engine = scene.engines.get(self.instrument)
        if isinstance(engine, ZemMicroscope):
            engine.instrument.switch(False, now)
            return
        _tescan(scene, self.instrument).trip_beam(now)


class OperatorAtMicroscope(StrictModel):
    """Somebody switches the high voltage, changes voltage or current of the beam, or moves the stage, by hand."""

    physics: Literal["operator at microscope"]
    instrument: str
    voltage_V: Annotated[float, Field(gt=0)] | None = None
    current_A: Annotated[float, Field(gt=0)] | None = None
    stage_mm: tuple[float, float, float] | None = None
    high_voltage: Literal["on", "off"] | None = None

    def happen(self, scene: Scene, now: float) -> None:
        microscope = _tescan(scene, self.instrument)
        if self.high_voltage is not None:
            microscope.operator_switches_high_voltage(now, on=self.high_voltage == "on")
        if self.voltage_V is not None:
            microscope.operator_sets_voltage(self.voltage_V, now)
        if self.current_A is not None:
            microscope.operator_sets_current(self.current_A, now)
        if self.stage_mm is not None:
            microscope.operator_moves_stage((*self.stage_mm, 0.0, 0.0), now)


class OperatorAtPotentiostat(StrictModel):
    """Somebody ends what runs at the potentiostat: its script, or its output."""

    physics: Literal["operator at potentiostat"]
    instrument: str

    def happen(self, scene: Scene, now: float) -> None:
        engine = scene.engines.get(self.instrument)
        if isinstance(engine, EmStat4):
            engine.somebody_ends_script(now)
        elif isinstance(engine, Keithley2400 | Keithley2450):
            engine.somebody_switches_output(now, on=False)
        else:
            raise ValueError(f"{self.instrument!r} is no served EmStat and no Keithley")


Mishap = Annotated[
    SoftShort
    | HardShort
    | NoShort
    | ContactLoss
    | HolderChange
    | BoxLeak
    | ChamberLeak
    | Vacuum
    | Lid
    | Carry
    | Fill
    | SamplePutBack
    | StageMisses
    | StageStuck
    | BeamTrip
    | OperatorAtMicroscope
    | OperatorAtPotentiostat,
    Field(discriminator="physics"),
]
"""One of them; `happen` raises `ValueError` where the world cannot do it now."""


def _tescan(scene: Scene, name: str) -> TescanMicroscope:
    engine = scene.engines.get(name)
    if not isinstance(engine, TescanMicroscope):
        raise ValueError(f"{name!r} is no served TESCAN")
    return engine
