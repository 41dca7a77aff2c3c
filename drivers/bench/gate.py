"""Never yet on hardware: a command with an effect on a real link is refused until somebody answers for it."""

from dataclasses import dataclass

from operando.drivers.errors import LimitRefused

__all__ = ["Gate"]


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands before every command with an effect.

    Open for simulated links, and for an instrument whose entry in the bench file says who accepts that the driver has
    not been on hardware (`accept_untested_on_hardware: {by: name, on: date}`).
    """

    instrument: str
    open: bool

    def require(self, action: str) -> None:
        """Let an action through.

        Raises:
            LimitRefused: if nobody has accepted the driver; nothing was sent.
        """
        if not self.open:
            raise LimitRefused(
                f"refused to {action}: this driver has never been on hardware",
                where=self.instrument,
                remedy="In the bench file, write accept_untested_on_hardware: {by: your name, on: date} at it.",
            )
