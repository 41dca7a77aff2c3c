"""What all SourceMeters have in common as a potentiostat: one call at a time, and refusals before anything is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from operando.drivers.bench.identified import identified
from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import Clock
from operando.drivers.documents import StrictModel
from operando.drivers.errors import StaleReply, TransportTimeout, located
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.making_safe import made_safe
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.potentiostats.keithley.step_plan import StepPlan, plan_of
from operando.drivers.potentiostats.step_limits import check_step
from operando.drivers.roles import (
    Identity,
    KnownOfStep,
    PotentiostatCapabilities,
    RunningStep,
    SafeState,
    Safety,
    Samples,
    Step,
)

__all__ = ["KeithleyOptions", "SourceMeter", "SourceMeterModel", "StepRunner", "open_source_meter"]

LONGEST_CALL_S = 1.5
"""How long `make_safe` waits for another call to end before it gives up."""
SAFE = "the output is off and its relay open"


class KeithleyOptions(StrictModel):
    """There are no options."""


class StepRunner(Protocol):
    """Carries steps out in one dialect; the calls are those of the role, with the step planned."""

    def start(self, step: Step, plan: StepPlan) -> None: ...

    def poll(self) -> Samples: ...

    def adopt(self, step: Step, plan: StepPlan, known: KnownOfStep) -> None: ...

    def end_by_host(self) -> None: ...

    def running(self) -> RunningStep | None: ...

    def confirm_off(self) -> bool:
        """Make safe; whether the instrument confirms it."""
        ...


class SourceMeterModel(Protocol):
    """What differs between models."""

    @property
    def capabilities(self) -> PotentiostatCapabilities: ...

    def identify(self, session: ScpiSession, address: str) -> Identity:
        """Ask who answers; raises ConfigMismatch if that is another model."""
        ...

    def runner(self, session: ScpiSession, clock: Clock) -> StepRunner:
        """What carries steps out."""
        ...

    def check(self, plan: StepPlan, where: str) -> None:
        """Raises LimitRefused for a plan that does not fit into the instrument."""
        ...


class SourceMeter:
    """Role `Potentiostat`. Safe to call from several threads; calls run one after the other.

    Args:
        context: of the bench.
        model: of the instrument.
    """

    def __init__(self, context: DriverContext, model: SourceMeterModel) -> None:
        read_options(context, KeithleyOptions)
        self.name = context.name
        self.connection = str(context.address)
        self._model = model
        self._where = f"{context.name} at {context.address}"
        self._gate = context.gate
        self._lock = threading.RLock()
        self._session = ScpiSession(ReopeningLink(context.links, context.address), context.clock)
        self._runner = model.runner(self._session, context.clock)

    @property
    def capabilities(self) -> PotentiostatCapabilities:
        return self._model.capabilities

    def identify(self) -> Identity:
        with self._call():
            return self._model.identify(self._session, self.connection)

    @property
    def keep_alive_every_s(self) -> None:
        """The instrument does not forget its client."""

    def keep_alive(self) -> None:
        """The instrument does not forget its client."""

    def start(self, step: Step) -> None:
        self._gate.require("start a step")
        check_step(step, self.capabilities, self._where)
        plan = self._plan(step)
        self._model.check(plan, self._where)
        with self._call():
            self._runner.start(step, plan)

    def poll(self) -> Samples:
        with self._call():
            return self._runner.poll()

    def adopt(self, step: Step, known: KnownOfStep) -> None:
        plan = self._plan(step)
        with self._call():
            self._runner.adopt(step, plan, known)

    def end_step(self) -> None:
        self._gate.require("end a step")
        with self._call():
            self._runner.end_by_host()

    def running(self) -> RunningStep | None:
        with self._call():
            return self._runner.running()

    def make_safe(self) -> SafeState:
        """End whatever runs, switch the output off with its relay open, and read back that it is."""
        if not self._lock.acquire(timeout=LONGEST_CALL_S):
            return SafeState(self.name, Safety.UNKNOWN, f"another call has not ended within {LONGEST_CALL_S:g} s")
        try:
            return made_safe(self.name, SAFE, self._confirm_off)
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            self._session.close()

    def _confirm_off(self) -> bool:
        """Tell and ask once more if an answer was lost."""
        try:
            return self._runner.confirm_off()
        except (TransportTimeout, StaleReply):
            return self._runner.confirm_off()

    def _plan(self, step: Step) -> StepPlan:
        with located(self._where):
            return plan_of(step, self.capabilities)

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield


def open_source_meter(context: DriverContext, model: SourceMeterModel) -> Roles:
    """Connect and ask who answers. Changes nothing.

    Raises:
        ConfigMismatch: if another instrument answers, or it is set to another language.
        InstrumentError: if nothing answers.
    """
    instrument = SourceMeter(context, model)
    return Roles(potentiostat=identified(instrument))
