"""One frame of a run: everything about it in memory, its pixels read when they are asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from operando.drivers.roles import BeamConditions, DetectorSettings, StagePosition
from operando.protocols.reading.taken import Taken
from operando.protocols.record.content_checksum import has_checksum
from operando.protocols.record.durable import RecordError
from operando.protocols.record.reader import load_pixels
from operando.protocols.record.rows import FrameRow
from operando.protocols.record.state import FrameState
from operando.protocols.record.state_columns import state_columns

__all__ = ["Frame", "StateAt"]

StateAt = Callable[[ArrayLike], NDArray[np.void]]
"""The state of the cell at run times."""


@dataclass(frozen=True, slots=True, repr=False)
class Frame(Taken[FrameRow]):
    """One frame. Everything but its pixels is in memory.

    Args:
        state_at: the state of the cell at run times.
    """

    state_at: StateAt

    def __repr__(self) -> str:
        height, width = self.shape
        return f"<frame {self.number}, {self.detector} of {self.region}, {width} x {height} pixels, {self.moment}>"

    @property
    def detector(self) -> str:
        """Its name, as in the bench file."""
        return self.row.detector

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
        return FrameState(**state_columns(self.row), tile=(self.row.tile_column, self.row.tile_row))

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
