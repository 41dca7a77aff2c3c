"""How often the potentiostat is asked for its samples."""

from dataclasses import replace

from operando.drivers.roles import Impedance, Step
from operando.protocols.document import impedance_duration_s
from operando.protocols.program import Program, Safety
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.prediction import EndForecast
from operando.protocols.runner.step_in_progress import StepInProgress

__all__ = ["SHORTEST_POLL_S", "Polling", "longest_gap_s"]

SHORTEST_POLL_S = 0.05
LONGEST_POLL_S = 5.0
IMPEDANCE_POLL_S = 1.0
SPREAD = 0.2
GOLDEN_SHARE = 0.6180339887
"""Its multiples leave no gap: soon some poll is close behind a sample, and another just before one."""


class Polling:
    """Often enough for the limits of the host and for every latency contract, and sooner when a step is about to end.

    Args:
        program: with its latency contracts.
        safety: limits of the host.
        cell: the samples so far.
    """

    def __init__(self, program: Program, safety: Safety, cell: CellTimeline) -> None:
        contracts = [t.start_within_s / 3 for t in program.triggers if t.start_within_s is not None]
        self._longest_s = max(SHORTEST_POLL_S, min([safety.host_tolerates_s / 2, *contracts]))
        self._cell = cell
        self._forecast = EndForecast()
        self._polls = 0

    def next_s(self, running: StepInProgress) -> float:
        """Time until the next poll of a running step."""
        every_s = running.step.recording.every_s
        # where the host may be late anyway there is nothing to ask for between two samples
        usual_s = min(self._longest_s, max(LONGEST_POLL_S, every_s))
        if isinstance(running.step.technique, Impedance):
            return min(usual_s, IMPEDANCE_POLL_S)  # its end cannot be foreseen
        if usual_s < every_s:
            return usual_s
        # never in step with the samples: that a sample was there at one poll and not yet at another dates it
        self._polls += 1
        usual_s *= 1.0 - SPREAD * (self._polls * GOLDEN_SHARE % 1.0)
        if self._cell.latest_s <= running.started_s:
            return usual_s  # no sample of this step yet
        return max(SHORTEST_POLL_S, min(usual_s, self._forecast.remaining_s(running, self._cell)))


def longest_gap_s(step: Step) -> float:
    """Between two samples of a step, or two points of its spectrum: the slowest frequency takes its periods."""
    technique = step.technique
    if not isinstance(technique, Impedance):
        return step.recording.every_s
    return impedance_duration_s(replace(technique, from_frequency_Hz=technique.to_frequency_Hz))
