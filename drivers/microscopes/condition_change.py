"""A change of beam conditions, one exchange at a time: voltage first, then what depends on it, then read-back."""

from collections import deque

from operando.drivers.errors import ConfigMismatch, DeviceFault
from operando.drivers.microscopes.optics import Optics, Setting
from operando.drivers.microscopes.sharksem_connection import ControlConnection, Request, ask
from operando.drivers.microscopes.sharksem_message import Subsystem
from operando.drivers.roles import BeamConditions

__all__ = ["COLUMN_AT_WORK", "ConditionChange"]

COLUMN_AT_WORK = Subsystem.OPTICS | Subsystem.PROCEDURE
CHANGE_DEADLINE_S = 150.0
"""A change of high voltage takes up to 100 s (SharkRemote, HVSetVoltage)."""


class ConditionChange:
    """Drives the column from what is found to what is wanted; `advance` until it says that nothing is left.

    Nothing is set while the column is busy, a slow setting is confirmed before the next one is made, and what agrees
    already is left alone. At the end everything is read back.
    """

    def __init__(self, control: ControlConnection, optics: Optics, wanted: BeamConditions, now_s: float) -> None:
        self._control = control
        self._optics = optics
        self._wanted = wanted
        self._ahead = deque(optics.settings)
        self._made: Setting | None = None
        self._deadline_s = now_s + CHANGE_DEADLINE_S

    def advance(self, now_s: float) -> bool:
        """Take the next step that is possible now; True while more is to come.

        Raises:
            ConfigMismatch: if a value read back is not the one asked for.
            DeviceFault: if the column does not come to rest.
        """
        busy, *replies = self._control.exchange([ask("IsBusy", int(COLUMN_AT_WORK)), *self._optics.questions()])
        if busy.integer():
            self._check_deadline(now_s)
            return True
        found = self._optics.conditions(replies)
        if self._made is not None:
            self._confirm(self._made, found)
            self._made = None
        if self._make_what_differs(found):
            return True
        for setting in self._optics.settings:
            self._confirm(setting, found)
        return False

    def _make_what_differs(self, found: BeamConditions) -> bool:
        """Send the settings up to the next slow one; True if any was sent."""
        orders: list[Request] = []
        ahead = deque(self._ahead)
        made: Setting | None = None
        while ahead and made is None:
            setting = ahead.popleft()
            if setting.must_be_made(found, self._wanted):
                orders.append(setting.order(self._wanted))
                made = setting if setting.slow else None
        if orders:
            self._control.tell(*orders)
        self._ahead, self._made = ahead, made  # only now: if it could not be sent, the same step comes again
        return bool(orders)

    def _confirm(self, setting: Setting, found: BeamConditions) -> None:
        if not setting.confirmed(found, self._wanted):
            raise ConfigMismatch(
                f"{setting.name}: asked for {setting.described(self._wanted)}, reads {setting.described(found)}",
                where=self._control.where,
                remedy="Check that the high voltage is on, the value is within the column's range for this energy "
                "and nobody works in the microscope's own program.",
            )

    def _check_deadline(self, now_s: float) -> None:
        if now_s > self._deadline_s:
            raise DeviceFault(
                f"the column is still busy after {CHANGE_DEADLINE_S:g} s",
                where=self._control.where,
                remedy="Look at the microscope's own program; then apply the conditions again.",
            )
