"""What vacuum gauges make of a gas: they are adjusted for nitrogen, and argon ionises and conducts heat otherwise.

Factors from general knowledge, to be replaced by those of the gauge's own manual: a Pirani shows argon 1.65 times too
low, a cold cathode 1.3 times too high. Diaphragms do not know the gas.
"""

import math
from typing import Literal

__all__ = ["Gas", "Principle", "true_pressure_Pa"]

Gas = Literal["nitrogen", "argon"]
Principle = Literal["pirani", "cold cathode", "full range", "diaphragm"]

PIRANI_ARGON, COLD_CATHODE_ARGON = 1.65, 1 / 1.3
COLD_CATHODE_BELOW_Pa, PIRANI_ABOVE_Pa = 0.1, 1.0
"""Of a full range gauge; between the two its halves are mixed."""


def true_pressure_Pa(shown_Pa: float, principle: Principle, gas: Gas) -> float:
    """The pressure of a gas at which such a gauge shows a value."""
    return shown_Pa if gas == "nitrogen" else shown_Pa * _argon_factor(shown_Pa, principle)


def _argon_factor(shown_Pa: float, principle: Principle) -> float:
    if principle == "diaphragm":
        return 1.0
    if principle == "pirani" or (principle == "full range" and shown_Pa >= PIRANI_ABOVE_Pa):
        return PIRANI_ARGON
    if principle == "cold cathode" or shown_Pa <= COLD_CATHODE_BELOW_Pa:
        return COLD_CATHODE_ARGON
    share = math.log(shown_Pa / COLD_CATHODE_BELOW_Pa) / math.log(PIRANI_ABOVE_Pa / COLD_CATHODE_BELOW_Pa)
    return math.exp((1 - share) * math.log(COLD_CATHODE_ARGON) + share * math.log(PIRANI_ARGON))
