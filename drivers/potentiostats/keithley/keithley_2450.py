"""Keithley 2450, 2460 and 2461 as potentiostats: each step is a program of the trigger model, which ends by itself.

The source is a voltage with a current limit, in both directions, as Keithley cycles a battery; a rest is a current of
zero. On the instrument run: the voltage at which a charge or discharge ends (it is never passed, because it is the
one that is sourced), the current limit, the guard of a hold's current and of a rest's voltage, and the maximum
duration. The host ends what the instrument cannot judge: a charge at constant voltage, and the other side of the
voltage window while a current flows (a cell that is shorted).
"""

from dataclasses import dataclass

from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import Clock
from operando.drivers.errors import LimitRefused
from operando.drivers.potentiostats.keithley.identity import identify_source_meter, require_language
from operando.drivers.potentiostats.keithley.models import KEITHLEY_2450, KEITHLEY_2460
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.potentiostats.keithley.source_meter import open_source_meter
from operando.drivers.potentiostats.keithley.step_plan import VOLTAGE, StepPlan
from operando.drivers.potentiostats.keithley.step_runner_2450 import StepRunner2450
from operando.drivers.potentiostats.keithley.trigger_program import TriggerProgram
from operando.drivers.roles import Identity, PotentiostatCapabilities

__all__ = ["NativeModel", "open_keithley_2450", "open_keithley_2460", "open_keithley_2461"]

LARGEST_BUFFER = 250_000
"""Readings that every model of the family keeps, beside its default buffers."""


@dataclass(frozen=True, slots=True)
class NativeModel:
    """A model of the 2450 family in its native SCPI.

    Args:
        number: as `*IDN?` tells it.
        capabilities: of the model.
        smallest_limit_A: that its source can be given.
    """

    number: str
    capabilities: PotentiostatCapabilities
    smallest_limit_A: float

    def identify(self, session: ScpiSession, address: str) -> Identity:
        """Ask for the model and its language."""
        identity = identify_source_meter(session, [self.number], address)
        require_language(session, "SCPI")
        return identity

    def runner(self, session: ScpiSession, clock: Clock) -> StepRunner2450:
        """Steps run on the trigger model."""
        return StepRunner2450(session, clock)

    def check(self, plan: StepPlan, where: str) -> None:
        """All readings of a step must fit into a buffer, because none is ever overwritten; and limits are not tiny."""
        if plan.sources == VOLTAGE and plan.limit < self.smallest_limit_A:
            raise LimitRefused(
                f"a current limit of {plan.limit:g} A is below {self.smallest_limit_A:g} A, the smallest there is",
                where=where,
                remedy="Take a larger current, or an instrument for smaller ones; nothing was sent.",
            )
        readings = TriggerProgram(plan, "").readings
        if readings > LARGEST_BUFFER:
            raise LimitRefused(
                f"the step may make {readings} readings, the instrument keeps {LARGEST_BUFFER}",
                where=where,
                remedy="Record less often, or give the step a shorter maximum duration; nothing was sent.",
            )


def open_keithley_2450(context: DriverContext) -> Roles:
    """Connect to a 2450; see `open_source_meter`."""
    return open_source_meter(context, NativeModel("2450", KEITHLEY_2450, 1e-9))


def open_keithley_2460(context: DriverContext) -> Roles:
    """Connect to a 2460; see `open_source_meter`."""
    return open_source_meter(context, NativeModel("2460", KEITHLEY_2460, 1e-6))


def open_keithley_2461(context: DriverContext) -> Roles:
    """Connect to a 2461; see `open_source_meter`."""
    return open_source_meter(context, NativeModel("2461", KEITHLEY_2460, 1e-6))
