"""The operator's live image, which must stop before a scan and goes on after it."""

from operando.drivers.microscopes.sharksem_connection import Request, ask, tell
from operando.drivers.microscopes.sharksem_message import Body

__all__ = ["LiveImage"]


class LiveImage:
    """Remembers whether the microscope's own program was scanning when we took the beam."""

    def __init__(self) -> None:
        self._was_on = False

    def pause(self) -> list[Request]:
        """Commands that stop it; the reply of the first goes to `remember`."""
        return [ask("GUIGetScanning"), tell("GUISetScanning", 0)]

    def remember(self, reply: Body) -> None:
        """Take note of what was found; once paused it stays remembered until it is resumed."""
        self._was_on = bool(reply.integer()) or self._was_on

    def resume(self) -> list[Request]:
        """Orders that bring it back if it was on."""
        was_on, self._was_on = self._was_on, False
        return [tell("GUISetScanning", 1)] if was_on else []

    def forget(self) -> None:
        """Leave it off: the microscope was made safe."""
        self._was_on = False
