"""High voltage, lenses and blanker of a TESCAN microscope."""

import math

from operando.drivers.errors import ConfigMismatch, DeviceFault, InstrumentError, LimitRefused
from operando.drivers.making_safe import made_safe
from operando.drivers.microscopes.condition_change import COLUMN_AT_WORK, ConditionChange
from operando.drivers.microscopes.part import Microscope, Part
from operando.drivers.microscopes.sharksem_connection import ask, tell
from operando.drivers.microscopes.sharksem_message import Subsystem, in_si
from operando.drivers.roles import (
    AutofocusRange,
    BeamConditions,
    Blanking,
    ColumnCapabilities,
    HighVoltage,
    SafeState,
    Safety,
)

__all__ = ["TescanColumn"]

HIGH_VOLTAGE = {-1: HighVoltage.FAULT, 0: HighVoltage.OFF, 1: HighVoltage.ON, 1000: HighVoltage.CHANGING}
"""Replies of HVGetBeam; -1 is blown or unknown."""
BLANKING = {Blanking.NEVER: 0, Blanking.ALWAYS: 1, Blanking.OUTSIDE_SCANS: 2}
"""Modes of ScSetBlanker."""
AUTOFOCUS_CHANNEL = 0


class TescanColumn(Part):
    """Role `Column`. Settings are changed over the control connection, safety goes over the watch connection."""

    def __init__(self, microscope: Microscope) -> None:
        super().__init__(microscope)
        self._optics = microscope.optics
        self._change: ConditionChange | None = None
        self._focusing = False
        options = microscope.options
        nearest_m = max(options.working_distance[0], microscope.stage_entry.minimum_working_distance)
        self.capabilities = ColumnCapabilities(
            voltage_V=options.voltage,
            current_A=options.current,
            working_distance_m=(nearest_m, options.working_distance[1]),
            field_width_m=options.field_width,
            unblank_s=options.unblank,
        )

    def conditions(self) -> BeamConditions:
        """Read all conditions back."""
        return self._optics.conditions(self._control.exchange(self._optics.questions()))

    def apply(self, conditions: BeamConditions) -> None:
        """Start to change to these conditions; every call of `busy` takes the next step. The blanker stays as it is.

        Raises:
            LimitRefused: if a value is out of range or not offered by this microscope; nothing was sent.
            ConfigMismatch: here or from `busy`, if a value read back is not the one asked for.
        """
        self._check(conditions)
        self._require("change the beam conditions")
        self._change = ConditionChange(self._control, self._optics, conditions, self._clock.now())
        self.busy()

    def busy(self) -> bool:
        """Whether conditions, autofocus or another automatic procedure are under way."""
        if self._change is not None:
            return self._advance(self._change)
        busy = bool(self._control.ask("IsBusy", int(COLUMN_AT_WORK)).integer())
        if self._focusing and not busy:
            self._control.tell(tell("DtEnable", AUTOFOCUS_CHANNEL, 0), *self._microscope.live.resume())
            self._focusing = False
        return busy

    def switch_high_voltage(self, on: bool) -> None:
        """Start to switch. The microscope ignores the wish silently while its vacuum is not ready."""
        self._require(f"switch the high voltage {'on' if on else 'off'}")
        self._control.tell(tell("HVBeamOn" if on else "HVBeamOff"))

    def high_voltage(self) -> HighVoltage:
        """Ask for the state of the high voltage."""
        code = self._control.ask("HVGetBeam").integer()
        return HIGH_VOLTAGE.get(code, HighVoltage.FAULT)

    def blank(self, blanking: Blanking) -> Blanking:
        """Set when the beam is blanked and read the setting back."""
        self._require(f"blank the beam: {blanking}")
        (reply,) = self._control.exchange([tell("ScSetBlanker", BLANKING[blanking]), ask("ScGetBlanker")])
        mode = reply.integer()
        for name, number in BLANKING.items():
            if number == mode:
                return name
        raise DeviceFault(
            f"the blanker is in mode {mode}, which is none of 0, 1, 2",
            where=self._microscope.where,
            remedy="Look at the blanker in the microscope's own program.",
        )

    def absorbed_current_A(self) -> float:
        """The current from the specimen to earth. Asked without a body, because older firmware hangs on one."""
        return in_si(self._control.ask("GetIAbsorbed").real(), 1e12)

    def autofocus(self, detector: str, within: AutofocusRange) -> None:
        """Start AutoWD on a detector's picture; it takes 10 to 60 s, and scanning must be inactive.

        Raises:
            LimitRefused: if the search would leave the range of working distances; nothing was sent.
        """
        lowest_m, highest_m = self.capabilities.working_distance_m
        if not lowest_m <= within.nearest_m < within.farthest_m <= highest_m:
            self._refuse("autofocus range", f"{within.nearest_m:g} to {within.farthest_m:g} m", (lowest_m, highest_m))
        select = self._microscope.channels.select([detector], bits=8)
        self._require("focus")
        (live,) = self._control.exchange([*self._microscope.live.pause(), tell("ScStopScan"), *select])
        self._microscope.live.remember(live)
        self._control.tell(tell("AutoWD", AUTOFOCUS_CHANNEL, within.nearest_m * 1e3, within.farthest_m * 1e3))
        self._focusing = True

    def make_safe(self) -> SafeState:
        """Blank the beam and confirm it, on the watch connection. The high voltage stays on: a cold column drifts.

        A procedure such as autofocus cannot be ended by an order, and a blanking mode that is set while it scans is
        read back at once but may count only when it is over. While one runs, the high voltage is switched off instead.
        """
        orders = [
            tell("ScStopScan"),
            tell("ScSetBlanker", BLANKING[Blanking.ALWAYS]),
            ask("ScGetBlanker"),
            ask("IsBusy", int(Subsystem.SCAN | Subsystem.PROCEDURE)),
        ]

        def blanked() -> bool:
            mode, scanning = (reply.integer() for reply in self._microscope.watch.exchange(orders))
            return mode == BLANKING[Blanking.ALWAYS] and not scanning

        state = made_safe(self.name, "beam blanked", blanked)
        if state.safety is Safety.UNSAFE and self._procedure_runs():
            return made_safe(self.name, "high voltage off, because a procedure scans", self._switched_off)
        return state

    def _procedure_runs(self) -> bool:
        try:
            return bool(self._microscope.watch.ask("IsBusy", int(Subsystem.PROCEDURE)).integer())
        except InstrumentError:
            return False

    def _switched_off(self) -> bool:
        (beam,) = self._microscope.watch.exchange([tell("HVBeamOff"), ask("HVGetBeam")])
        return HIGH_VOLTAGE.get(beam.integer()) is HighVoltage.OFF

    def _advance(self, change: ConditionChange) -> bool:
        try:
            more = change.advance(self._clock.now())
        except (ConfigMismatch, DeviceFault):
            self._change = None
            raise
        if not more:
            self._change = None
        return more

    def _check(self, wanted: BeamConditions) -> None:
        limits = self.capabilities
        self._check_range("voltage", wanted.voltage_V, "V", limits.voltage_V)
        self._check_range("beam current", wanted.current_A, "A", limits.current_A)
        self._check_range("working distance", wanted.working_distance_m, "m", limits.working_distance_m)
        self._check_range("field width", wanted.field_width_m, "m", limits.field_width_m)
        if not all(map(math.isfinite, (*wanted.shift_m, *wanted.stigmators, wanted.scan_rotation_rad))):
            raise LimitRefused(
                "beam shift, stigmators or scan rotation is no finite number",
                where=self._microscope.where,
                remedy="Leave what is not needed at zero.",
            )
        missing = self._optics.not_offered(wanted)
        if missing:
            raise LimitRefused(
                f"{missing}: this microscope does not offer it",
                where=self._microscope.where,
                remedy="Leave it at zero, or name the option stigmator_centering in the bench file.",
            )

    def _check_range(self, what: str, value: float, unit: str, limits: tuple[float, float]) -> None:
        if not limits[0] <= value <= limits[1]:
            self._refuse(what, f"{value:g} {unit}", limits)

    def _refuse(self, what: str, value: str, limits: tuple[float, float]) -> None:
        raise LimitRefused(
            f"{what} of {value} is outside {limits[0]:g} to {limits[1]:g}",
            where=self._microscope.where,
            remedy="Choose a value inside, or change the range in the bench file if the microscope can do it.",
        )
