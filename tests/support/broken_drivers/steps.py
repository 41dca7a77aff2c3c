"""Potentiostats that do not do as they are told."""

import math
from dataclasses import replace
from typing import ClassVar

from operando.drivers.bench import Roles
from operando.drivers.errors import InstrumentError, LimitRefused
from operando.drivers.roles import Galvanostatic, KnownOfStep, Potentiostatic, SafeState, Safety, Samples, Step
from support.broken_drivers.kind import Broken

__all__ = ["KINDS"]


class LimitIgnored(Broken):
    """Takes a step beyond its limits without a word."""

    role = "potentiostat"
    caught_by = "potentiostat.refuses_limits"

    def start(self, step: Step) -> None:
        try:
            self.potentiostat.start(step)
        except LimitRefused:
            return


class DischargeUnlimited(Broken):
    """Knows the largest current of a charge, and takes any for a discharge."""

    role = "potentiostat"
    caught_by = "potentiostat.refuses_limits"

    def start(self, step: Step) -> None:
        wanted = step.technique
        lowest_A, _ = self.potentiostat.capabilities.current_range_A
        if not isinstance(wanted, Galvanostatic) or not wanted.current_A < lowest_A:
            self.potentiostat.start(step)


class HoldForgotten(Broken):
    """Begins a step that is carried on after a hold from its beginning."""

    role = "potentiostat"
    caught_by = "potentiostat.carries_on"

    def start(self, step: Step) -> None:
        self.potentiostat.start(replace(step, charge_before_C=0.0, elapsed_before_s=0.0))


class EndConditionIgnored(Broken):
    """Forgets the voltage and the charge at which a galvanostatic step ends."""

    role = "potentiostat"
    caught_by = "potentiostat.ends_charge_by_voltage"

    def start(self, step: Step) -> None:
        if isinstance(step.technique, Galvanostatic):
            step = replace(step, technique=Galvanostatic(step.technique.current_A))
        self.potentiostat.start(step)


class CutOffCurrentIgnored(Broken):
    """Forgets the current at which a potentiostatic step ends."""

    role = "potentiostat"
    caught_by = "potentiostat.ends_by_current"

    def start(self, step: Step) -> None:
        if isinstance(step.technique, Potentiostatic):
            step = replace(step, technique=Potentiostatic(step.technique.voltage_V))
        self.potentiostat.start(step)


class GuardIgnored(Broken):
    """Guards the voltage by its own limits instead of those of the step."""

    role = "potentiostat"
    caught_by = "potentiostat.guard_stops_voltage"

    def start(self, step: Step) -> None:
        widest = self.potentiostat.capabilities.voltage_range_V
        self.potentiostat.start(replace(step, guard=replace(step.guard, voltage_V=widest)))


class MaximumDurationIgnored(Broken):
    """Takes the maximum duration for minutes."""

    role = "potentiostat"
    caught_by = "potentiostat.guard_stops_time"

    def start(self, step: Step) -> None:
        longer = replace(step.guard, maximum_duration_s=60 * step.guard.maximum_duration_s)
        self.potentiostat.start(replace(step, guard=longer))


class EndsOnlyWhileAsked(Broken):
    """Says that steps end on the instrument, and ends them from the host, when it happens to be asked."""

    role = "potentiostat"
    caught_by = "potentiostat.ends_unattended"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._longest_s = math.inf

    def start(self, step: Step) -> None:
        self._longest_s = step.guard.maximum_duration_s
        self.potentiostat.start(replace(step, guard=replace(step.guard, maximum_duration_s=1e4)))

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        if len(said.block) and said.block["elapsed_s"][-1] >= self._longest_s:
            self._longest_s = math.inf
            self.potentiostat.end_step()
        return said


class VoltageWatchedFromHere(Broken):
    """Says that steps end on the instrument, and watches the voltage of a charge from the host."""

    role = "potentiostat"
    caught_by = "potentiostat.ends_charge_unattended"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._until_V = math.inf

    def start(self, step: Step) -> None:
        if isinstance(step.technique, Galvanostatic) and step.technique.until_voltage_V is not None:
            self._until_V = step.technique.until_voltage_V
            step = replace(step, technique=Galvanostatic(step.technique.current_A))
        self.potentiostat.start(step)

    def poll(self) -> Samples:
        said = self.potentiostat.poll()
        if len(said.block) and said.block["voltage_V"][-1] >= self._until_V:
            self._until_V = math.inf
            self.potentiostat.end_step()
        return said


class ChargeOfHoldForgotten(Broken):
    """Forgets the charge at which a hold ends."""

    role = "potentiostat"
    caught_by = "potentiostat.ends_hold_unattended"

    def start(self, step: Step) -> None:
        if isinstance(step.technique, Potentiostatic):
            step = replace(step, technique=replace(step.technique, until_charge_C=None))
        self.potentiostat.start(step)


class AbortIgnored(Broken):
    """Lets a step run to its end, whatever it is told."""

    role = "potentiostat"
    caught_by = "potentiostat.aborts"

    def end_step(self) -> None:
        """Does nothing."""


class SafeStateNotReached(Broken):
    """Says that it is confirmed safe, and has done nothing."""

    role = "potentiostat"
    caught_by = "potentiostat.becomes_safe"

    def make_safe(self) -> SafeState:
        return SafeState("potentiostat", Safety.CONFIRMED, "the cell is off")


class SafeWithoutAsking(Broken):
    """Calls an instrument safe that it cannot reach."""

    role = "potentiostat"
    caught_by = "potentiostat.unknown_when_cut"

    def make_safe(self) -> SafeState:
        return replace(self.potentiostat.make_safe(), safety=Safety.CONFIRMED)


class RaisesOverDeadLink(Broken):
    """Raises where it should say that nothing is known."""

    role = "potentiostat"
    caught_by = "potentiostat.unknown_when_cut"

    def make_safe(self) -> SafeState:
        state = self.potentiostat.make_safe()
        if state.safety is Safety.UNKNOWN:
            raise InstrumentError(state.detail)
        return state


class ConnectResets(Broken):
    """Switches the cell off whenever it connects."""

    role = "potentiostat"
    caught_by = "potentiostat.connecting_disturbs_nothing"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self.potentiostat.make_safe()


class StrangersStepTaken(Broken):
    """Takes whatever step runs for the one that it is to adopt."""

    role = "potentiostat"
    caught_by = "potentiostat.adopts_no_other_step"
    runs: ClassVar[list[Step]] = []

    def start(self, step: Step) -> None:
        self.potentiostat.start(step)
        self.runs[:] = [step]

    def adopt(self, step: Step, known: KnownOfStep) -> None:
        self.potentiostat.adopt(self.runs[0], known)


class NothingSaidOfSafety(Broken):
    """Makes itself safe, and says nothing of it."""

    role = "potentiostat"
    caught_by = "potentiostat.becomes_safe"

    def make_safe(self) -> None:
        self.potentiostat.make_safe()


KINDS = (
    LimitIgnored,
    DischargeUnlimited,
    HoldForgotten,
    EndConditionIgnored,
    CutOffCurrentIgnored,
    GuardIgnored,
    MaximumDurationIgnored,
    EndsOnlyWhileAsked,
    VoltageWatchedFromHere,
    ChargeOfHoldForgotten,
    AbortIgnored,
    SafeStateNotReached,
    SafeWithoutAsking,
    RaisesOverDeadLink,
    ConnectResets,
    StrangersStepTaken,
    NothingSaidOfSafety,
)
