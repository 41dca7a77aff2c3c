"""Stage, column and detectors of the simulated ZEM, and what they make of the world's beam."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.zem.settings import ZemSettings
from operando.simulators.world.beam import BeamSettings, Exposure, StagePose
from operando.simulators.world.world import World

__all__ = ["BSE", "SE", "ZemInstrument"]

BSE, SE = 0, 1
SIGNALS = {BSE: "BSE", SE: "SE"}
OFFSET, CONTRAST, NORMAL_GAIN, GAIN_PER_DECADE = 0.02, 0.38, 50.0, 25.0
WATCH_VACUUM_S = 1.0


class ZemInstrument:
    """The parts. There is no blanker: with high voltage the beam is on the specimen, and scans the live image."""

    def __init__(self, world: World, settings: ZemSettings, agenda: Agenda) -> None:
        self.settings = settings
        self.magnification = 500
        self.rotation_deg = 0
        self.working_distance_mm = 10.0
        self.kilovolts = 5
        self.channel = SE
        self.gain_percent = NORMAL_GAIN
        self._world = world
        self._agenda = agenda
        self._noise = world.noise("zem")
        self._on = False
        self._changing_until_s = 0.0
        self._switching_on = False
        self._focus_until_s = 0.0
        self._from_um = self._target_um = (0.0, 0.0)
        self._aside_um = (0.0, 0.0)
        self._moving_since_s = self._moving_until_s = 0.0

    @property
    def field_um(self) -> float:
        """Width of the scanned field."""
        return self.settings.screen_um / self.magnification

    def high_voltage(self, now: float) -> int:
        """0 off, 1 on, 2 on its way."""
        return 2 if now < self._changing_until_s else int(self._on)

    def voltage_V(self, now: float) -> float:
        """As GetHV says it: zero without high voltage."""
        return self.kilovolts * 1e3 if self._on or self._switching_on else 0.0

    def switch(self, on: bool, now: float) -> None:
        """High voltage; on takes its time, off is at once."""
        self._switching_on = on and not self._on and self._world.chamber.ready(now)
        if not on:
            self._on, self._changing_until_s = False, now
            self.show_beam(now)
        elif self._switching_on:
            self._changing_until_s = now + self.settings.switching_s
            self._agenda.at(self._changing_until_s, self._switched_on)

    def set_kilovolts(self, kilovolts: int, now: float) -> None:
        """Another voltage."""
        taken_s = abs(kilovolts - self.kilovolts) * self.settings.ramp_s_per_kV
        self.kilovolts = kilovolts
        self._changing_until_s = max(self._changing_until_s, now + taken_s)
        self.show_beam(now)

    def focusing(self, now: float) -> bool:
        """Whether autofocus runs."""
        return now < self._focus_until_s

    def focus(self, now: float) -> None:
        """Begin autofocus."""
        self._focus_until_s = now + self.settings.autofocus_s
        self._agenda.at(self._focus_until_s, self._focused)

    def position_um(self, now: float) -> tuple[float, float]:
        """Where the stage says that it is."""
        if now >= self._moving_until_s:
            return self._target_um
        way = math.dist(self._from_um, self._target_um)
        share = min((now - self._moving_since_s) * self.settings.stage_um_per_s / way, 1.0) if way else 1.0
        (x0, y0), (x1, y1) = self._from_um, self._target_um
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share

    def moving(self, now: float) -> bool:
        """Whether the stage is under way."""
        return now < self._moving_until_s

    def move(self, target_um: tuple[float, float], now: float) -> None:
        """Begin a move, from wherever the stage is."""
        self._from_um, self._target_um = self.position_um(now), target_um
        way = math.dist(self._from_um, target_um)
        self._moving_since_s = now
        self._moving_until_s = now + (way / self.settings.stage_um_per_s + self.settings.stage_settle_s if way else 0)
        scatter = self.settings.stage_scatter_um
        self._aside_um = float(self._noise.uniform(-scatter, scatter)), float(self._noise.uniform(-scatter, scatter))
        self._agenda.at(self._moving_until_s, self.show_beam)

    def pose(self, now: float) -> StagePose:
        """Where the stage truly is."""
        x_um, y_um = self.position_um(now)
        return StagePose((x_um + self._aside_um[0]) * 1e-6, (y_um + self._aside_um[1]) * 1e-6)

    def beam(self, now: float) -> BeamSettings:
        """The column's true state."""
        return BeamSettings(
            voltage_V=self.kilovolts * 1e3 if self._on else 0.0,
            current_A=self.settings.beam_current_A,
            working_distance_m=self.working_distance_mm * 1e-3,
            field_width_m=self.field_um * 1e-6,
            scan_rotation_rad=math.radians(self.rotation_deg),
        )

    def show_beam(self, now: float) -> None:
        """Bring the world's beam up to date."""
        beam = self._world.beam
        settings, stage = self.beam(now), self.pose(now)
        if not (self._on or beam.on_specimen):
            return
        if (settings, stage, self._on) != (beam.settings, beam.stage, beam.on_specimen):
            self._world.beam_changed(now)
            beam.settings, beam.stage, beam.on_specimen, beam.dwelling_at = settings, stage, self._on, None

    def exposure(self, size: tuple[int, int], dwell_s: float, start_s: float, number: int) -> Exposure:
        """A picture that begins at a time."""
        return Exposure(
            stage=self.pose(start_s),
            beam=self.beam(start_s),
            detectors=(SIGNALS[self.channel],),
            pixels=size,
            dwell_s=dwell_s,
            start_s=start_s,
            line_time_s=size[0] * dwell_s,
            frame=number << 40,
        )

    def picture(self, exposure: Exposure) -> bytes:
        """The pixels of an exposure that is over; an old model sends the high byte first."""
        width, height = exposure.pixels
        signal: NDArray[np.float32] = np.zeros((height, width), np.float32)
        if exposure.beam.voltage_V > 0:
            (signal,) = self._world.expose(exposure, range(height))
        gain = 10.0 ** ((self.gain_percent - NORMAL_GAIN) / GAIN_PER_DECADE) if exposure.detectors == ("SE",) else 1.0
        share = np.clip(OFFSET + CONTRAST * gain * signal, 0.0, 1.0)
        if not self.settings.sixteen_bits:
            eight: NDArray[np.uint8] = np.rint(share * 255).astype(np.uint8)
            return eight.tobytes()
        order = ">u2" if self.settings.model in ("ZEM15", "ZEM18", "ZEM18OLD") else "<u2"
        sixteen: NDArray[np.uint16] = np.rint(share * 65535).astype(order)
        return sixteen.tobytes()

    def chamber_pressure_Pa(self, now: float) -> float:
        """What its own gauge shows."""
        return self._world.chamber.pressure_Pa(now)

    def _switched_on(self, now: float) -> None:
        if self._switching_on and self._world.chamber.ready(now):
            self._on = True
            self._watch_vacuum(now)
        self._switching_on = False
        self.show_beam(now)

    def _watch_vacuum(self, now: float) -> None:
        """Without vacuum there is no beam."""
        if self._on and not self._world.chamber.ready(now):
            self.switch(False, now)
        if self._on:
            self._agenda.at(now + WATCH_VACUUM_S, self._watch_vacuum)

    def _focused(self, now: float) -> None:
        best_mm = self._world.best_working_distance_m(now) * 1e3
        self.working_distance_mm = (
            best_mm + float(self._noise.standard_normal()) * self.settings.autofocus_error_um * 1e-3
        )
        self.show_beam(now)
