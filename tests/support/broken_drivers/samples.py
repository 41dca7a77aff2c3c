"""Potentiostats whose samples are wrong."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from operando.drivers.bench import Roles
from operando.drivers.roles import SAMPLE, Galvanostatic, Samples, Step
from support.broken_drivers.kind import Broken

__all__ = ["KINDS"]


class ReversedCurrent(Broken):
    """Sends and reports every current with the opposite sign, so that it agrees with itself."""

    role = "potentiostat"
    caught_by = "potentiostat.polarity"

    def start(self, step: Step) -> None:
        if isinstance(step.technique, Galvanostatic):
            step = replace(step, technique=replace(step.technique, current_A=-step.technique.current_A))
        self.potentiostat.start(step)

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["current_A"] *= -1
        return said


class ReversedRecording(Broken):
    """Does what it is told, and reports the current with the opposite sign."""

    role = "potentiostat"
    caught_by = "potentiostat.polarity"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["current_A"] *= -1
        return said


class Milliamperes(Broken):
    """Reports mA where A are promised."""

    role = "potentiostat"
    caught_by = "potentiostat.polarity"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["current_A"] *= 1e3
        return said


class LostSamples(Broken):
    """Drops what came in between when it was not asked for a while."""

    role = "potentiostat"
    caught_by = "potentiostat.loses_no_sample"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        return replace(said, block=said.block[-8:])


class DoubledSamples(Broken):
    """Gives the last sample of a poll once more with the next one, under a new number."""

    role = "potentiostat"
    caught_by = "potentiostat.loses_no_sample"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._given = 0
        self._last: NDArray[np.void] = np.empty(0, SAMPLE)

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        if not len(said.block):
            return said
        block = said.block if not len(self._last) else np.concatenate([self._last, said.block])
        block["sequence"] = np.arange(self._given, self._given + len(block))
        self._given += len(block)
        self._last = block[-1:].copy()
        return replace(said, block=block)


class ClockInMilliseconds(Broken):
    """Passes the instrument's milliseconds on as seconds."""

    role = "potentiostat"
    caught_by = "potentiostat.keeps_time"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["elapsed_s"] *= 1e3
        return said


class StampedAtArrival(Broken):
    """Stamps samples with the time at which they were asked for, and says that it is sure."""

    role = "potentiostat"
    caught_by = "potentiostat.keeps_time"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["time_s"] = 0.0
        return said


class UnsignedCharge(Broken):
    """Counts charge as a magnitude."""

    role = "potentiostat"
    caught_by = "potentiostat.counts_charge"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.block["charge_C"] = np.abs(said.block["charge_C"])
        return said


class FrequenciesUpwards(Broken):
    """Reports frequencies from low to high."""

    role = "potentiostat"
    caught_by = "potentiostat.measures_impedance"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.impedance["frequency_Hz"] = 1e6 / said.impedance["frequency_Hz"]
        return said


class ImaginaryPartUpsideDown(Broken):
    """Reports the negative imaginary part, as it is drawn."""

    role = "potentiostat"
    caught_by = "potentiostat.measures_impedance"

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        said.impedance["imaginary_ohm"] *= -1
        return said


KINDS = (
    ReversedCurrent,
    ReversedRecording,
    Milliamperes,
    LostSamples,
    DoubledSamples,
    ClockInMilliseconds,
    StampedAtArrival,
    UnsignedCharge,
    FrequenciesUpwards,
    ImaginaryPartUpsideDown,
)
