"""The stage of a ZEM: x and y in micrometres on the wire; what else the holder can do is done by hand."""

import math

from operando.drivers.errors import DeviceFault, LimitRefused
from operando.drivers.making_safe import made_safe
from operando.drivers.microscopes.zem.part import Part, Zem
from operando.drivers.roles import KeepOut, SafeState, StageCapabilities, StagePosition

__all__ = ["ZemStage"]

IDLE = 1
STOPPING_S, STOPPING_POLL_S = 2.0, 0.05
"""How long it may take until it stands where it was sent back to, and how often it is asked."""
MICROMETRE = 1e-6


class ZemStage(Part):
    """Role `Stage` with two axes: height, rotation and tilt are zero and stay so."""

    def __init__(self, zem: Zem) -> None:
        super().__init__(zem)
        (x_low, x_high), (y_low, y_high) = zem.options.stage_x, zem.options.stage_y
        entry = zem.stage_entry
        self.capabilities = StageCapabilities(
            lowest=StagePosition(x_low, y_low, 0.0),
            highest=StagePosition(x_high, y_high, 0.0),
            arrival_tolerance_m=entry.arrival_tolerance,
            keep_out=tuple(KeepOut(box.x, box.y, box.z) for box in entry.keep_out),
        )

    def position(self) -> StagePosition:
        """Where the stage stands."""
        x_um, y_um = self.zem.exchange.ask("GetStagePos").numbers(2)
        return StagePosition(x_um * MICROMETRE, y_um * MICROMETRE, 0.0)

    def move_to(self, target: StagePosition) -> None:
        """Start a move and return at once.

        Raises:
            LimitRefused: if the target, or a way to it, passes a limit or a keep-out; nothing was sent.
            DeviceFault: if the stage moves already; nothing was sent.
        """
        self._check(target)
        if self.moving():
            raise DeviceFault("the stage moves already", where=self.zem.where, remedy="Wait until it stands.")
        here = self.position()
        for number, box in enumerate(self.capabilities.keep_out, 1):
            if box.can_be_touched(here, target):
                raise LimitRefused(
                    f"the way to {target.x_m * 1e3:g}, {target.y_m * 1e3:g} mm can touch keep-out {number}",
                    where=self.zem.where,
                    remedy="Go around it in steps.",
                )
        self._require("move the stage")
        self._send(target)

    def moving(self) -> bool:
        """Whether it is under way."""
        return int(self.zem.exchange.ask("GetStgStatus").number()) != IDLE

    def stop(self) -> None:
        """There is no order to stop: it is sent to where it is now."""
        self._require("stop the stage")
        self._send(self.position())

    def make_safe(self) -> SafeState:
        """Stop it if it moves, and see it stand; a stage that was just sent back may need a moment."""

        def stands() -> bool:
            deadline = self._clock.now() + STOPPING_S
            if self.moving():
                self._send(self.position())
            while self.moving():
                if self._clock.now() >= deadline:
                    return False
                self._clock.sleep_until(self._clock.now() + STOPPING_POLL_S)
            return True

        return made_safe(self.name, "stage stands", stands)

    def _send(self, target: StagePosition) -> None:
        x_um, y_um = target.x_m / MICROMETRE, target.y_m / MICROMETRE
        self.zem.exchange.ask("SetStagePos", f"{x_um:.6f},{y_um:.6f}")

    def _check(self, target: StagePosition) -> None:
        low, high = self.capabilities.lowest, self.capabilities.highest
        axes = (
            ("x", target.x_m, low.x_m, high.x_m),
            ("y", target.y_m, low.y_m, high.y_m),
            ("z", target.z_m, 0.0, 0.0),
            ("rotation", target.rotation_rad, 0.0, 0.0),
            ("tilt", target.tilt_rad, 0.0, 0.0),
        )
        for axis, value, lowest, highest in axes:
            if not (math.isfinite(value) and lowest <= value <= highest):
                raise LimitRefused(
                    f"{axis} of {value:g} is outside {lowest:g} to {highest:g}",
                    where=self.zem.where,
                    remedy="This stage moves in x and y only; their limits stand in the bench file.",
                )
