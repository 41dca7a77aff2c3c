"""The stage of a TESCAN microscope. On the wire: mm and degrees, z downwards from the pole piece."""

import math

from operando.drivers.errors import DeviceFault, LimitRefused
from operando.drivers.making_safe import made_safe
from operando.drivers.microscopes.part import Microscope, Part
from operando.drivers.microscopes.sharksem_connection import ControlConnection, ask, tell
from operando.drivers.microscopes.sharksem_message import Body, in_si
from operando.drivers.roles import KeepOut, SafeState, StageCapabilities, StagePosition

__all__ = ["TescanStage", "decode_position", "stage_limits"]

Limits = tuple[StagePosition, StagePosition]

AXES = ("x", "y", "z", "rotation", "tilt")
REFRESH_S = 0.6
"""While it moves, the microscope refreshes the position about every 500 ms."""
ARRIVAL_TOLERANCE_RAD = 1e-3
STOPPING_S = 1.0
STOPPING_POLL_S = 0.1


class TescanStage(Part):
    """Role `Stage`.

    The stage ignores moves silently: when busy, when not calibrated, and out of range (protocol 3). So everything is
    checked before it is sent, and the caller compares the position with the target afterwards.
    """

    def __init__(self, microscope: Microscope, limits: Limits) -> None:
        super().__init__(microscope)
        entry = microscope.stage_entry
        boxes = tuple(KeepOut(box.x, box.y, box.z) for box in entry.keep_out)
        self._lowest, self._highest = limits
        self._nearest_m = entry.minimum_working_distance
        self._target: StagePosition | None = None
        self._quiet_since_s: float | None = None
        self.capabilities = StageCapabilities(
            lowest=self._lowest,
            highest=self._highest,
            arrival_tolerance_m=entry.arrival_tolerance,
            keep_out=boxes,
        )

    def position(self) -> StagePosition:
        """Where the stage stands."""
        return decode_position(self._control.ask("StgGetPosition"))

    def move_to(self, target: StagePosition) -> None:
        """Start a move and return at once.

        Raises:
            LimitRefused: if the target, or a way on which the axes may go there, passes a limit or a keep-out;
                nothing was sent.
            DeviceFault: if the stage is not calibrated or moves already; nothing was sent.
        """
        calibrated, busy, position = self._control.exchange(
            [ask("StgIsCalibrated"), ask("StgIsBusy"), ask("StgGetPosition")]
        )
        here = decode_position(position)
        self._check_axes(here, target)
        self._check_way(here, target)
        if not calibrated.integer():
            raise DeviceFault(
                "the stage is not calibrated, it would ignore the move",
                where=self._microscope.where,
                remedy="Calibrate the stage in the microscope's own program, with the box out of its way.",
            )
        if busy.integer():
            raise DeviceFault(
                "the stage moves already, it would ignore the move",
                where=self._microscope.where,
                remedy="Wait until it stands, or stop it.",
            )
        self._require("move the stage")
        self._control.tell(tell("StgMoveTo", *_wire(target)))
        self._target, self._quiet_since_s = target, None

    def moving(self) -> bool:
        """Whether the stage moves.

        A stage may report for a moment between two axes that it stands. After a move it is believed when it also
        is at its target, or when it says so a second time after its position was refreshed.
        """
        busy, position = self._control.exchange([ask("StgIsBusy"), ask("StgGetPosition")])
        now = self._clock.now()
        if busy.integer():
            self._quiet_since_s = None
            return True
        if self._target is None or self._arrived(decode_position(position), self._target):
            self._target = None
            return False
        if self._quiet_since_s is None:
            self._quiet_since_s = now
        if now - self._quiet_since_s < REFRESH_S:
            return True
        self._target = None
        return False

    def stop(self) -> None:
        """Stop now. Carries no wait flag, with which it would wait for the end of the move."""
        self._require("stop the stage")
        self._control.tell(tell("StgStop"))

    def make_safe(self) -> SafeState:
        """Stop the stage and see it stand, on the watch connection."""
        watch = self._microscope.watch

        def stands() -> bool:
            deadline = self._clock.now() + STOPPING_S
            watch.tell(tell("StgStop"))
            while watch.ask("StgIsBusy").integer():
                if self._clock.now() >= deadline:
                    return False
                self._clock.sleep_until(self._clock.now() + STOPPING_POLL_S)
            return True

        return made_safe(self.name, "stage stands", stands)

    def _arrived(self, here: StagePosition, target: StagePosition) -> bool:
        pairs = zip(_axes(here), _axes(target), self._tolerances(), strict=True)
        return all(abs(a - b) <= tolerance for a, b, tolerance in pairs)

    def _tolerances(self) -> tuple[float, ...]:
        near_m, near_rad = self.capabilities.arrival_tolerance_m, ARRIVAL_TOLERANCE_RAD
        return near_m, near_m, near_m, near_rad, near_rad

    def _check_axes(self, here: StagePosition, target: StagePosition) -> None:
        limits = zip(_axes(self._lowest), _axes(self._highest), self._tolerances(), strict=True)
        axes = zip(AXES, _axes(here), _axes(target), limits, strict=True)
        for axis, now, then, (low, high, tolerance) in axes:
            unit = "rad" if axis in ("rotation", "tilt") else "m"
            if not math.isfinite(now):
                self._refuse(f"the stage does not know its {axis}")
            if low == high:
                if not abs(then - now) <= tolerance:
                    self._refuse(f"{axis} has no motor and stands at {now:g} {unit}, not at {then:g}")
            elif not low <= then <= high:
                self._refuse(f"{axis} = {then:g} {unit} is outside {low:g} to {high:g}")

    def _check_way(self, here: StagePosition, target: StagePosition) -> None:
        if target.z_m < self._nearest_m:
            self._refuse(f"z = {target.z_m:g} m is nearer to the pole piece than {self._nearest_m:g} m")
        for box in self.capabilities.keep_out:
            if box.can_be_touched(here, target):
                self._refuse(f"the way to x = {target.x_m:g}, y = {target.y_m:g}, z = {target.z_m:g} m passes {box}")

    def _refuse(self, what: str) -> None:
        raise LimitRefused(
            what,
            where=self._microscope.where,
            remedy="Choose another target, or go there by way of a point that is free.",
        )


def decode_position(body: Body) -> StagePosition:
    """The reply to StgGetPosition: x, y, z, rotation, tilt; a sixth axis, if there is one, is not used."""
    x_mm, y_mm, z_mm, rotation_deg, tilt_deg = (body.real() for _ in AXES)
    return _position(x_mm, y_mm, z_mm, rotation_deg, tilt_deg)


def stage_limits(control: ControlConnection) -> Limits:
    """Lowest and highest position that the stage reports (StgGetLimits, device limits). Both 0: no motor."""
    body = control.ask("StgGetLimits", 0)
    pairs = [(body.real(), body.real()) for _ in AXES]
    return _position(*(low for low, _ in pairs)), _position(*(high for _, high in pairs))


def _position(x_mm: float, y_mm: float, z_mm: float, rotation_deg: float, tilt_deg: float) -> StagePosition:
    x_m, y_m, z_m = (in_si(value, 1e3) for value in (x_mm, y_mm, z_mm))
    return StagePosition(x_m, y_m, z_m, math.radians(rotation_deg), math.radians(tilt_deg))


def _wire(position: StagePosition) -> tuple[float, ...]:
    x_m, y_m, z_m, rotation_rad, tilt_rad = _axes(position)
    return x_m * 1e3, y_m * 1e3, z_m * 1e3, math.degrees(rotation_rad), math.degrees(tilt_rad)


def _axes(position: StagePosition) -> tuple[float, float, float, float, float]:
    return position.x_m, position.y_m, position.z_m, position.rotation_rad, position.tilt_rad
