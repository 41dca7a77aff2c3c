"""`operando park RUN`: asks the process that carries out a run to end its session, and waits until it has."""

import getpass
import json as json_module
from pathlib import Path

from rich.console import Console

from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.protocols.cli.failures import RUN_FAILED
from operando.protocols.cli.taken_up import header_of_run
from operando.protocols.live.steering_client import ask_runner, runner_listens
from operando.protocols.reading import Event, open_run
from operando.protocols.record import recorder_at_work, require_unfinished
from operando.protocols.record.sessions import is_parked, session_number
from operando.protocols.runner.steering_channel import Wish

__all__ = ["run_park"]

LOOK_EVERY_S = 0.5
NOT_CONFIRMED_SAFE = 4


def run_park(folder: Path, *, after_step: bool, reason: str, operator: str, json: bool) -> int:
    """Park a run that goes on; returns the exit code.

    Args:
        folder: of the record.
        after_step: whether the running step comes to its end first.
        reason: for the record.
        operator: name for the record.
        json: one JSON object, for machines.

    Raises:
        ConfigMismatch: if the run is finished, parked already, or stands still.
        OperandoError: if its process refuses.
    """
    header_of_run(folder, "park")
    _require_running(folder)
    console = Console(stderr=json, highlight=False, soft_wrap=True)
    who = operator or getpass.getuser()
    do = "park after step" if after_step else "park"
    answered = ask_runner(folder, Wish.model_validate({"do": do, "who": who, "text": reason}))
    if not answered.ok and not answered.unsure:
        raise OperandoError(f"the run is not parked: {answered.why}", where=str(folder))
    first = "when the running step is over" if after_step else "now: the running step is held"
    console.print(f"parking {first}; then the fiducials are taken (Ctrl-C leaves it to the run)", markup=False)
    clock = RealClock()
    while recorder_at_work(folder):
        clock.sleep_until(clock.now() + LOOK_EVERY_S)
    return _told(folder, console, json=json)


def _require_running(folder: Path) -> None:
    """Say what stands against parking.

    Raises:
        ConfigMismatch: with what to do instead.
    """
    require_unfinished(folder)
    if recorder_at_work(folder):
        if runner_listens(folder):
            return
        raise ConfigMismatch(
            "the process that carries out this run does not listen to you",
            where=str(folder),
            remedy="Ask as the user who started it, on the same computer.",
        )
    if is_parked(folder):
        raise ConfigMismatch(
            "the run is parked already",
            where=str(folder),
            remedy="Go on with it: operando continue.",
        )
    raise ConfigMismatch(
        "no process carries out this run: it was killed, and cell and beam stand as they were left",
        where=str(folder),
        remedy="Take it up with `operando resume`; then it can be parked.",
    )


def _told(folder: Path, console: Console, *, json: bool) -> int:
    """Say how the session ended, and how each instrument was left."""
    events = open_run(folder).events
    ending = next((event for event in reversed(events) if event.source == "run" and "exit_code" in event.details), None)
    parked = is_parked(folder)
    code = _code(ending, parked=parked)
    session = session_number(folder)
    if json:
        told = {"event": "parked" if parked else "not parked", "session": session, "exit_code": code}
        print(json_module.dumps(told))  # noqa: T201  this is the output
        return code
    if ending is None:
        console.print("NOT parked: the process is gone; take the run up with `operando resume`", style="bold red")
        return code
    for event in events:
        if event.source == "safety" and event.time_s >= ending.time_s - 60.0:
            console.print(
                f"  {event.message}", style="green" if event.kind == "confirmed" else "bold red", markup=False
            )
    if parked:
        console.print(f"session {session} is parked. Go on: operando continue {folder} --bench BENCH", markup=False)
    else:
        console.print(f"NOT parked, the run has ended: {ending.message}", style="bold red", markup=False)
    return code


def _code(ending: Event | None, *, parked: bool) -> int:
    if ending is None:
        return NOT_CONFIRMED_SAFE
    code = int(str(ending.details["exit_code"]))
    return code if parked else code or RUN_FAILED
