"""What can be wrong with the simulated microscope, beyond its wires."""

from dataclasses import dataclass

__all__ = ["MicroscopeFaults"]


@dataclass(slots=True)
class MicroscopeFaults:
    """Switches; change them at any time.

    Args:
        repeated_chunks: how many of the next image messages are sent twice.
        lost_chunks: how many of the next image messages are lost.
        stale_data_s: for so long after ScStopScan, data of the stopped frame still arrive.
        nan_pressure: the vacuum gauges give no number.
        stage_stuck: the stage says that it is busy and does not move.
        stage_misses_mm: the next move ends so far from its target in x; used up by that move.
        garbage_after_strings: rubbish behind the end of strings in fixed buffers, as in an older firmware.
        exact_length_floats: floats as the manual's example has them, not in buffers of 24 bytes.
    """

    repeated_chunks: int = 0
    lost_chunks: int = 0
    stale_data_s: float = 0.0
    nan_pressure: bool = False
    stage_stuck: bool = False
    stage_misses_mm: float = 0.0
    garbage_after_strings: bool = False
    exact_length_floats: bool = False
