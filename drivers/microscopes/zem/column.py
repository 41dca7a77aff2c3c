"""High voltage and lenses of a ZEM. It has no blanker: the beam is off the specimen only without high voltage."""

import math

from operando.drivers.errors import ConfigMismatch, DeviceFault, LimitRefused
from operando.drivers.making_safe import made_safe
from operando.drivers.microscopes.zem.part import Part, Zem
from operando.drivers.roles import (
    AutofocusRange,
    BeamConditions,
    Blanking,
    ColumnCapabilities,
    HighVoltage,
    SafeState,
)

__all__ = ["ZemColumn"]

HIGH_VOLTAGE = {0: HighVoltage.OFF, 1: HighVoltage.ON, 2: HighVoltage.CHANGING}
"""Replies of GetHvStatus."""
CHANNELS = {"BSE": 0, "SE": 1}
MICROMETRE, MILLIMETRE, KILOVOLT = 1e-6, 1e-3, 1e3
VOLTAGE_TOLERANCE, FIELD_TOLERANCE, DISTANCE_TOLERANCE_M, ANGLE_TOLERANCE_RAD = 0.01, 0.01, 5e-6, math.radians(0.5)
CHANGE_DEADLINE_S = 60.0


class ZemColumn(Part):
    """Role `Column`."""

    def __init__(self, zem: Zem) -> None:
        super().__init__(zem)
        options = zem.options
        nearest_m = max(options.working_distance[0], zem.stage_entry.minimum_working_distance)
        self.capabilities = ColumnCapabilities(
            voltage_V=options.voltage,
            current_A=(options.beam_current, options.beam_current),
            working_distance_m=(nearest_m, options.working_distance[1]),
            field_width_m=options.field_width,
            unblank_s=0.0,
            blanks=False,
            measures_absorbed_current=False,
        )
        self._wanted: BeamConditions | None = None
        self._deadline_s = 0.0
        self._focusing: tuple[AutofocusRange, float] | None = None

    def conditions(self) -> BeamConditions:
        """Read back what can be: voltage, working distance, field and rotation. The current is the bench file's."""
        ask = self.zem.exchange.ask
        voltage_V, _ = ask("GetHV").numbers(2)
        width_um, rotation_deg = ask("GetScanInfo").numbers(2)
        return BeamConditions(
            voltage_V=voltage_V,
            current_A=self.zem.options.beam_current,
            working_distance_m=ask("GetWD").number() * MILLIMETRE,
            field_width_m=width_um * MICROMETRE,
            scan_rotation_rad=math.radians(rotation_deg),
        )

    def apply(self, conditions: BeamConditions) -> None:
        """Set voltage, working distance, rotation and magnification; `busy` confirms them.

        Raises:
            LimitRefused: if a value is out of range, or this microscope does not offer it; nothing was sent.
        """
        self._check(conditions)
        self._require("change the beam conditions")
        found = self.conditions()
        if not math.isclose(found.voltage_V, conditions.voltage_V, rel_tol=VOLTAGE_TOLERANCE):
            self.zem.exchange.ask("SetHV", f"{round(conditions.voltage_V / KILOVOLT)}")
        if abs(found.working_distance_m - conditions.working_distance_m) > DISTANCE_TOLERANCE_M:
            self.zem.exchange.ask("SetWD", f"{conditions.working_distance_m / MILLIMETRE:.6f}")
        self.zem.exchange.ask("SetRotation", f"{round(math.degrees(conditions.scan_rotation_rad))}")
        self._set_field(conditions.field_width_m)
        self._wanted = conditions
        self._deadline_s = self._clock.now() + CHANGE_DEADLINE_S

    def busy(self) -> bool:
        """Whether a change or autofocus is under way; the end of one is the moment at which it is read back.

        Raises:
            ConfigMismatch: if a value read back is not the one asked for.
            DeviceFault: if autofocus has left its range, or a change does not end.
        """
        if self._focusing is not None:
            if int(self.zem.exchange.ask("CheckAutoFocus").number()) != 0:
                return True
            focusing, self._focusing = self._focusing, None
            self._require_within(*focusing)
        if self._wanted is not None:
            if self.high_voltage() is HighVoltage.CHANGING and self._clock.now() < self._deadline_s:
                return True
            wanted, self._wanted = self._wanted, None
            self._confirm(wanted)
        return False

    def switch_high_voltage(self, on: bool) -> None:
        """Start to switch; poll `high_voltage`."""
        self._require(f"switch the high voltage {'on' if on else 'off'}")
        self.zem.exchange.ask("SetHV_ON" if on else "SetHV_OFF")

    def high_voltage(self) -> HighVoltage:
        """Ask for the state of the high voltage."""
        return HIGH_VOLTAGE.get(int(self.zem.exchange.ask("GetHvStatus").number()), HighVoltage.FAULT)

    def blank(self, blanking: Blanking) -> Blanking:
        """There is no blanker, and that is what is said; see `ColumnCapabilities.blanks`."""
        del blanking
        return Blanking.NEVER

    def absorbed_current_A(self) -> float:
        """Not measured.

        Raises:
            LimitRefused: always.
        """
        raise LimitRefused("a ZEM does not measure the absorbed current", where=self.zem.where)

    def autofocus(self, detector: str, within: AutofocusRange) -> None:
        """Start autofocus on a detector's picture. Where it searches cannot be said; `busy` checks where it ended.

        Raises:
            ConfigMismatch: if the bench file names no such detector; nothing was sent.
            LimitRefused: if the range is not one of this microscope; nothing was sent.
        """
        channel = CHANNELS[self.zem.channel(detector)]
        lowest_m, highest_m = self.capabilities.working_distance_m
        if not lowest_m <= within.nearest_m < within.farthest_m <= highest_m:
            self._refuse("autofocus range", f"{within.nearest_m:g} to {within.farthest_m:g} m", (lowest_m, highest_m))
        self._require("focus")
        before_m = self.zem.exchange.ask("GetWD").number() * MILLIMETRE
        self.zem.exchange.ask("SetEDChanel", f"{channel}")
        self.zem.exchange.ask("AutoFocus")
        self._focusing = within, before_m

    def make_safe(self) -> SafeState:
        """Switch the high voltage off and confirm it: without a blanker nothing less keeps the beam away."""
        self.zem.made_safe += 1
        self._wanted = self._focusing = None

        def off() -> bool:
            self.zem.exchange.ask("SetHV_OFF")
            return self.high_voltage() is HighVoltage.OFF

        return made_safe(self.name, "high voltage off", off)

    def _set_field(self, width_m: float) -> None:
        """The magnification that gives a field: their product is the microscope's own constant."""
        ask = self.zem.exchange.ask
        width_um, _ = ask("GetScanInfo").numbers(2)
        constant_um = width_um * ask("GetMag").number()
        ask("SetMag", f"{round(constant_um / (width_m / MICROMETRE))}")

    def _confirm(self, wanted: BeamConditions) -> None:
        found = self.conditions()
        compared = (
            ("voltage", wanted.voltage_V, found.voltage_V, VOLTAGE_TOLERANCE * wanted.voltage_V),
            ("field width", wanted.field_width_m, found.field_width_m, FIELD_TOLERANCE * wanted.field_width_m),
            ("working distance", wanted.working_distance_m, found.working_distance_m, DISTANCE_TOLERANCE_M),
            ("scan rotation", wanted.scan_rotation_rad, found.scan_rotation_rad, ANGLE_TOLERANCE_RAD),
        )
        for what, asked, read, tolerance in compared:
            if not abs(asked - read) <= tolerance:
                raise ConfigMismatch(
                    f"{what}: asked for {asked:g}, reads {read:g} (SI units)",
                    where=self.zem.where,
                    remedy="Check that the high voltage is on, and that nobody works in the microscope's own program.",
                )

    def _require_within(self, within: AutofocusRange, before_m: float) -> None:
        found_m = self.zem.exchange.ask("GetWD").number() * MILLIMETRE
        if not within.nearest_m <= found_m <= within.farthest_m:
            self.zem.exchange.ask("SetWD", f"{before_m / MILLIMETRE:.6f}")
            raise DeviceFault(
                f"autofocus ended at {found_m * 1e3:.3f} mm, outside its range; the former distance is set again",
                where=self.zem.where,
                remedy="Focus by hand, or on a field with more structure.",
            )

    def _check(self, wanted: BeamConditions) -> None:
        limits = self.capabilities
        for what, value, (low, high) in (
            ("voltage", wanted.voltage_V, limits.voltage_V),
            ("beam current", wanted.current_A, limits.current_A),
            ("working distance", wanted.working_distance_m, limits.working_distance_m),
            ("field width", wanted.field_width_m, limits.field_width_m),
        ):
            if not low <= value <= high:
                self._refuse(what, f"{value:g}", (low, high))
        if wanted.voltage_V % KILOVOLT > 1e-6:
            self._refuse("voltage", f"{wanted.voltage_V:g} V, not in whole kilovolts,", limits.voltage_V)
        if any(wanted.shift_m) or any(wanted.stigmators):
            raise LimitRefused(
                "beam shift and stigmators cannot be set on this microscope",
                where=self.zem.where,
                remedy="Leave them at zero; follow drift with the stage.",
            )

    def _refuse(self, what: str, value: str, limits: tuple[float, float]) -> None:
        raise LimitRefused(
            f"{what} of {value} is outside {limits[0]:g} to {limits[1]:g}",
            where=self.zem.where,
            remedy="Choose a value inside, or change the range in the bench file if the microscope can do it.",
        )
