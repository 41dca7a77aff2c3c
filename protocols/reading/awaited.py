"""Opens a run that is about to begin, or to be continued."""

from pathlib import Path

from operando.drivers.clock import Clock
from operando.protocols.reading.run import Run, open_run
from operando.protocols.reading.status import RunStatus
from operando.protocols.record import RecordError

__all__ = ["await_next_session", "open_awaited_run"]

PATIENCE_S = 120.0
LOOK_AGAIN_AFTER_S = 0.5


def open_awaited_run(folder: Path, clock: Clock) -> Run:
    """The run, as soon as its header is there.

    Raises:
        RecordError, OSError: if there is no record within two minutes, or nowhere that it could be written.
    """
    give_up_s = clock.now() + PATIENCE_S
    while True:
        try:
            return open_run(folder)
        except (RecordError, OSError):
            if clock.now() >= give_up_s or not folder.absolute().parent.is_dir():
                raise
        clock.sleep_until(clock.now() + LOOK_AGAIN_AFTER_S)


def await_next_session(run: Run, clock: Clock) -> None:
    """Until a run that was parked or killed goes on; one that does not after all is waited for two minutes."""
    give_up_s = clock.now() + PATIENCE_S
    while run.status in (RunStatus.PARKED, RunStatus.KILLED) and clock.now() < give_up_s:
        clock.sleep_until(clock.now() + LOOK_AGAIN_AFTER_S)
