"""How long a step may take at most, so that none is without an end; and how long a spectrum takes."""

import math

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Technique

__all__ = ["impedance_duration_s", "impedance_frequencies", "longest_s"]

PATIENCE = 1.5
MARGIN_S = 600.0
LONGEST_HOLD_S = 86_400.0
PERIODS_PER_FREQUENCY = 3.0
PER_FREQUENCY_S = 0.5


def longest_s(technique: Technique, duration_s: float | None, nominal_capacity_C: float | None) -> float | None:
    """After which time a step that has not ended is ended in any case; None if there is nothing to tell it from.

    An end by time gets a margin. At constant current it is the charge that may pass, or the nominal capacity, over the
    current, times 1.5 and 10 min more; a hold gets 24 h, and a spectrum three times what it should take.
    """
    if duration_s is not None:
        return duration_s + max(60.0, 0.01 * duration_s)
    match technique:
        case Galvanostatic():
            charge_C = technique.until_charge_C if technique.until_charge_C is not None else nominal_capacity_C
            return None if charge_C is None else charge_C / abs(technique.current_A) * PATIENCE + MARGIN_S
        case Impedance():
            return 3.0 * impedance_duration_s(technique) + MARGIN_S
        case Potentiostatic() | OpenCircuit():
            return LONGEST_HOLD_S


def impedance_frequencies(spectrum: Impedance) -> tuple[float, ...]:
    """The frequencies of a spectrum in Hz, from high to low, logarithmically spaced, both ends included."""
    decades = math.log10(spectrum.from_frequency_Hz / spectrum.to_frequency_Hz)
    count = max(1, round(decades * spectrum.points_per_decade) + 1)
    if count == 1:
        return (spectrum.from_frequency_Hz,)
    return tuple(spectrum.from_frequency_Hz * 10 ** (-decades * i / (count - 1)) for i in range(count))


def impedance_duration_s(spectrum: Impedance) -> float:
    """An estimate: three periods and half a second for each frequency."""
    return sum(PERIODS_PER_FREQUENCY / f + PER_FREQUENCY_S for f in impedance_frequencies(spectrum))
