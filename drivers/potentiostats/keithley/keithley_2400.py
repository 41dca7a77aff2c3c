"""Keithley 2400 and everything that speaks its dialect, as a potentiostat whose steps this computer ends.

Source and limits are as on the 2450: the voltage is never passed and the current bounded, whatever becomes of the
host. But these instruments have no program that judges readings: end conditions and maximum duration run on the
host, and the capabilities say so. What is read while nobody listens is lost, because nothing is.
"""

from dataclasses import dataclass

from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import Clock
from operando.drivers.potentiostats.keithley.identity import identify_source_meter, require_language
from operando.drivers.potentiostats.keithley.models import KEITHLEY_2400, MODELS_2400, MODELS_WITH_LANGUAGES
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.potentiostats.keithley.source_meter import open_source_meter
from operando.drivers.potentiostats.keithley.step_plan import StepPlan
from operando.drivers.potentiostats.keithley.step_runner_2400 import StepRunner2400
from operando.drivers.roles import Identity, PotentiostatCapabilities

__all__ = ["Dialect2400", "open_keithley_2400"]


@dataclass(frozen=True, slots=True)
class Dialect2400:
    """Any model in the dialect of the 2400."""

    capabilities: PotentiostatCapabilities = KEITHLEY_2400

    def identify(self, session: ScpiSession, address: str) -> Identity:
        """Ask for the model, and for the language where there are several."""
        identity = identify_source_meter(session, (*MODELS_2400, *MODELS_WITH_LANGUAGES), address)
        if identity.model in MODELS_WITH_LANGUAGES:
            require_language(session, "SCPI2400")
        return identity

    def runner(self, session: ScpiSession, clock: Clock) -> StepRunner2400:
        """Steps are ended by the host."""
        return StepRunner2400(session, clock)

    def check(self, plan: StepPlan, where: str) -> None:
        """Any plan fits: nothing is kept on the instrument."""


def open_keithley_2400(context: DriverContext) -> Roles:
    """Connect to a 2400, or to another model that speaks its dialect; see `open_source_meter`."""
    return open_source_meter(context, Dialect2400())
