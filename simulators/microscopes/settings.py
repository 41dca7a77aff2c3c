"""What the simulated microscope is and how long it takes for things.

Times are those of TESCAN's server 3.2.9 where its log has them; that server very likely ran without a microscope, so
they are plausible, not measured on hardware.
"""

from dataclasses import dataclass

__all__ = ["AxisValues", "TescanSettings"]

AxisValues = tuple[float, float, float, float, float]
"""Stage axes x, y, z in mm, rotation and tilt in degrees."""


@dataclass(frozen=True, slots=True)
class TescanSettings:
    """Everything that may differ between two microscopes of this kind.

    Args:
        version: of the protocol. Commands that are newer than this are unknown; below 3 the stage limits a target that
            is out of range, from 3 on it ignores the move.
        firewall_friendly: one client only, whose data connection needs no registered port.
        slow_client_s: a client that leaves its image data unread for so long is dropped; None: never.
        gui_scanning: whether the operator's live image scans when the simulation begins.
        blanker: mode at the beginning: 0 never blank, 1 always, 2 when not scanning.
        stage_height_datum_mm: the displayed z at which the stage stands at the world's height zero; z points down.
        stage_scatter_um: least and greatest distance between where a move ends and where it should.
        focus_shift_um_per_kV: how the true working distance departs from the displayed one, away from 5 kV.
        field_error_per_kV: how the true field departs from the displayed one, as a fraction, away from 5 kV.
        shift_um_per_kV: how the beam wanders on the specimen with its energy, away from 5 kV.
        current_error: standard deviation of the true beam current, as a fraction.
        chunk_s, chunk_bytes: an image message holds at least so much scan time and so many bytes.
    """

    version: str = "3.2.20"
    software: str = "Version 1.2.3.1, build 6173"
    serial: str = "42"
    model: str = "simulated MIRA"
    firewall_friendly: bool = False
    slow_client_s: float | None = None

    execution_s: float = 0.001
    gui_scanning: bool = False

    stage_start: AxisValues = (0.0, 13.5, 90.0, 0.0, 0.0)
    stage_lowest: AxisValues = (-65.0, -65.0, 3.0, -360.0, -60.0)
    stage_highest: AxisValues = (65.0, 65.0, 103.0, 360.0, 90.0)
    stage_speed: AxisValues = (3.0, 3.0, 1.0, 10.0, 3.0)
    stage_settle_s: float = 0.1
    stage_command_s: float = 0.2
    stage_refresh_s: float = 0.5
    stage_scatter_um: tuple[float, float] = (0.2, 2.0)
    stage_height_datum_mm: float = 90.0
    stage_calibrated: bool = True
    stage_calibration_s: float = 40.0

    voltage_V: float = 5000.0
    voltage_limits_V: tuple[float, float] = (200.0, 30000.0)
    voltage_command_s: float = 0.97
    voltage_rate_V_per_s: float = 5000.0
    beam_on_s: float = 0.7
    emission_uA: float = 64.1667
    vacuum_watch_s: float = 5.0

    working_distance_mm: float = 10.0
    working_distance_limits_mm: tuple[float, float] = (2.0, 100.0)
    working_distance_settle_s: float = 0.3
    view_field_mm: float = 1.0
    view_field_limits_mm: tuple[float, float] = (0.0005, 50.0)
    view_field_settle_s: float = 0.005
    beam_current_pA: float = 100.0
    beam_current_limits_pA: tuple[float, float] = (1.0, 400_000.0)
    beam_current_settle_s: float = 0.4
    current_error: float = 0.03
    focus_shift_um_per_kV: float = 8.0
    field_error_per_kV: float = 0.004
    shift_um_per_kV: tuple[float, float] = (0.4, -0.3)
    field_change_per_mm: float = 0.001

    blanker: int = 0
    unblank_s: float = 0.9
    scan_start_s: float = 0.02
    scan_restart_s: float = 0.81
    line_flyback_s: float = 30e-6
    shortest_dwell_s: float = 20e-9
    longest_dwell_s: float = 10e-3
    most_pixels: int = 16384
    chunk_s: float = 0.05
    chunk_bytes: int = 32 * 1024
    few_pixels: int = 100
    few_pixels_delay_s: float = 1.0

    detector_settle_s: float = 0.1
    channels: int = 8
    autofocus_s: float = 20.0
    fine_autofocus_s: float = 8.0
    autofocus_error_um: float = 2.0
    auto_signal_s: float = 3.0
    auto_column_s: float = 30.0

    @property
    def version_numbers(self) -> tuple[int, ...]:
        """The version as numbers that compare in the right order."""
        return tuple(int(part) for part in self.version.split("."))
