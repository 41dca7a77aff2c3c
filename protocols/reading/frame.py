"""One frame of a run: everything about it in memory, its pixels read when they are asked for."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from operando.drivers.roles import BeamConditions, DetectorSettings, StagePosition
from operando.protocols.record.content_checksum import has_checksum
from operando.protocols.record.durable import RecordError
from operando.protocols.record.reader import load_pixels
from operando.protocols.record.rows import FrameRow
from operando.protocols.record.state import FrameState

__all__ = ["Frame", "StateAt"]

StateAt = Callable[[ArrayLike], NDArray[np.void]]
"""The state of the cell at run times."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. Everything but its pixels is in memory.

    Args:
        row: of `frames.csv`.
        folder: of the run.
        state_at: the state of the cell at run times.
    """

    row: FrameRow
    folder: Path
    state_at: StateAt

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def region(self) -> str:
        return self.row.region

    @property
    def detector(self) -> str:
        return self.row.detector

    @property
    def start_s(self) -> float:
        """Run time at which the first line began."""
        return self.row.start_s

    @property
    def end_s(self) -> float:
        """Run time at which the last line ended."""
        return self.row.end_s

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.row.height, self.row.width

    @property
    def pixel_size_m(self) -> float:
        """Edge of a pixel at the specimen."""
        return self.row.pixel_size_m

    @property
    def dwell_s(self) -> float:
        """Per pixel."""
        return self.row.dwell_s

    @property
    def conditions(self) -> BeamConditions:
        """Of the beam, as read back."""
        row = self.row
        return BeamConditions(
            row.beam_voltage_V,
            row.beam_current_A,
            row.working_distance_m,
            row.field_width_m,
            (row.shift_x_m, row.shift_y_m),
            (row.stigmator_x, row.stigmator_y),
            row.scan_rotation_rad,
        )

    @property
    def detector_settings(self) -> DetectorSettings:
        """Of its detector, as read back."""
        return DetectorSettings(self.row.gain_percent, self.row.black_percent)

    @property
    def stage(self) -> StagePosition:
        """Where the stage stood, as read back."""
        row = self.row
        return StagePosition(row.stage_x_m, row.stage_y_m, row.stage_z_m, row.stage_rotation_rad, row.stage_tilt_rad)

    @property
    def state(self) -> FrameState:
        """Why it was taken, and the state of the cell at its first and after its last line."""
        row = self.row
        return FrameState(
            region=row.region,
            capture=row.capture,
            trigger=row.trigger,
            line=row.line,
            tile=(row.tile_column, row.tile_row),
            cycle=row.cycle,
            step=row.step,
            step_name=row.step_name,
            voltage_at_start_V=row.voltage_at_start_V,
            voltage_at_end_V=row.voltage_at_end_V,
            current_at_start_A=row.current_at_start_A,
            current_at_end_A=row.current_at_end_A,
            charge_at_start_C=row.charge_at_start_C,
            charge_at_end_C=row.charge_at_end_C,
            dose_C_per_m2=row.dose_C_per_m2,
        )

    @property
    def voltage_V(self) -> float:
        """Of the cell, the mean of start and end, or the one that is known; NaN if none is."""
        start_V, end_V = self.row.voltage_at_start_V, self.row.voltage_at_end_V
        if math.isnan(start_V) or math.isnan(end_V):
            return end_V if math.isnan(start_V) else start_V
        return (start_V + end_V) / 2.0

    @property
    def pixels(self) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """Shape (height, width), top left first; read anew each time.

        Raises:
            RecordError: if they are not all there.
        """
        return load_pixels(self.folder, self.row)

    def verified_pixels(self) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """The pixels, after their checksum was compared with the one in the row.

        Raises:
            RecordError: if they are not those that were recorded.
        """
        pixels = self.pixels
        if not has_checksum(pixels.data, self.row.checksum):
            raise RecordError(
                f"the pixels of frame {self.number} have another checksum than was recorded",
                where=self.row.file,
                remedy="Run `operando verify` on the run, and go back to a copy.",
            )
        return pixels

    def lines(self) -> NDArray[np.void]:
        """The state of the cell as each scan line began: dtype CELL_STATE, shape (height,).

        Interpolated between samples, never across a change of step; NaN where no sample is near.
        """
        return self.state_at(self.row.start_s + np.arange(self.row.height) * self.row.line_time_s)
