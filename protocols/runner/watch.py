"""The host's own watch over the cell: the last of three, behind the instrument's limits, and for when those fail."""

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import OperandoError
from operando.drivers.roles import SampleQuality, StepEnd, StepEndReason
from operando.protocols.program import Safety

__all__ = ["SafetyTrip", "Watch"]

BAD_QUALITY = SampleQuality.NOT_A_NUMBER | SampleQuality.OVERLOAD
UNSAFE_ENDS = {StepEndReason.VOLTAGE_LIMIT, StepEndReason.CURRENT_LIMIT, StepEndReason.FAULT}


class SafetyTrip(OperandoError):
    """A limit was passed: the run ends and everything is made safe."""


class Watch:
    """Trips when samples have been outside the limits, or no samples at all, for longer than the host tolerates.

    A value that is no number, or measured under overload, counts as outside. Values that are already outside when the
    watch begins are outside: nothing is taken for granted.
    """

    def __init__(self, safety: Safety) -> None:
        self._safety = safety
        self._outside_since_s: float | None = None

    def samples(self, block: NDArray[np.void]) -> None:
        """Look at new samples.

        Raises:
            SafetyTrip: if they were outside for too long.
        """
        if not block.size:
            return
        low_V, high_V = self._safety.voltage_V
        low_A, high_A = self._safety.current_A
        voltage, current = block["voltage_V"], block["current_A"]
        inside = (voltage >= low_V) & (voltage <= high_V) & (current >= low_A) & (current <= high_A)
        inside &= (block["quality"] & int(BAD_QUALITY)) == 0
        if self._outside_since_s is None and inside.all():
            return
        for sample, good in zip(block, inside, strict=True):
            if good:
                self._outside_since_s = None
                continue
            if self._outside_since_s is None:
                self._outside_since_s = float(sample["time_s"])
            outside_s = float(sample["time_s"]) - self._outside_since_s
            if outside_s >= self._safety.host_tolerates_s:
                raise SafetyTrip(
                    f"the cell was outside its limits for {outside_s:.1f} s: {float(sample['voltage_V']):.4f} V, "
                    f"{float(sample['current_A']) * 1e6:.1f} uA",
                    remedy=f"Allowed: {low_V:g} to {high_V:g} V, {low_A * 1e6:g} to {high_A * 1e6:g} uA.",
                )

    def silence(self, last_sample_s: float, now_s: float, expected_every_s: float) -> None:
        """Judge how long there has been no sample.

        Raises:
            SafetyTrip: if a running step has been silent for longer than the host tolerates.
        """
        silent_s = now_s - last_sample_s
        if silent_s > self._safety.host_tolerates_s + 3 * expected_every_s:
            raise SafetyTrip(
                f"the potentiostat has sent no sample for {silent_s:.1f} s",
                remedy="Its own limits end the step; check the connection.",
            )

    @staticmethod
    def step_ended(end: StepEnd, name: str) -> None:
        """Judge how a step ended.

        Raises:
            SafetyTrip: if the instrument itself tripped.
        """
        if end.reason in UNSAFE_ENDS:
            raise SafetyTrip(
                f"the potentiostat ended {name!r} by itself: {end.reason}{f' ({end.detail})' if end.detail else ''}",
                remedy="Look at the last samples before going on with this cell.",
            )

    @staticmethod
    def somebody_knows_why(end: StepEnd, name: str, asked: str) -> None:
        """Judge the end of a step that this process has followed all along.

        Args:
            end: of the step.
            name: of the step.
            asked: why the host told it to end; empty if it did not.

        Raises:
            SafetyTrip: if it ended before its own end and nobody says why: the next step would begin at a charge that
                the protocol does not mean.
        """
        if end.reason is StepEndReason.UNKNOWN and not asked:
            raise SafetyTrip(
                f"{name!r} ended after {end.elapsed_s:g} s, not by its own end, and neither host nor potentiostat says "
                f"why{f' ({end.detail})' if end.detail else ''}",
                remedy="Somebody may have ended it on the instrument; look at the last samples before going on.",
            )
