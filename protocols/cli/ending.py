"""How a run ended, for a person or a machine."""

import json as json_module
from collections.abc import Iterator

from rich.console import Console

from operando.drivers.roles import Safety
from operando.protocols.runner import Ending, RunOutcome

__all__ = ["report"]

STYLES = {
    Ending.COMPLETED: "bold green",
    Ending.INTERRUPTED: "bold yellow",
    Ending.PARKED: "bold green",
    Ending.REFUSED: "bold red",
    Ending.FAILED: "bold red",
}


def report(outcome: RunOutcome, console: Console, *, json: bool) -> None:
    """Say how a run ended, how each instrument was left, and where the record is."""
    if json:
        print(json_module.dumps(_as_json(outcome)))  # noqa: T201  this is the output
        return
    reason = outcome.reason.removeprefix(f"{outcome.ending} ")
    console.print(f"[{STYLES[outcome.ending]}]{outcome.ending}[/]: ", end="")
    console.print(reason, markup=False)
    for line, confirmed in _left(outcome):
        console.print(f"  {line}", style="green" if confirmed else "bold red", markup=False)
    if not outcome.confirmed_safe:
        console.print("NOT all is known to be safe: go and look at what is red", style="bold red")
    console.print(f"{outcome.pictures} pictures; record: {outcome.folder}", markup=False, soft_wrap=True)
    if outcome.broken_contracts:
        told = f"BROKEN: {_captures(outcome.broken_contracts)} did not begin within the time that the protocol promises"
        console.print(told, style="bold red")
    if outcome.captures_not_taken:
        told = f"not taken: {_captures(outcome.captures_not_taken)}; events.jsonl says why for each"
        console.print(told, style="yellow")


def _captures(count: int) -> str:
    return "1 capture" if count == 1 else f"{count} captures"


def _left(outcome: RunOutcome) -> Iterator[tuple[str, bool]]:
    """A line for each instrument and what is known of it; one of several roles speaks several times."""
    said: dict[tuple[str, Safety], list[str]] = {}
    for state in outcome.safe_states:
        details = said.setdefault((state.instrument, state.safety), [])
        if state.detail not in details:
            details.append(state.detail)
    for (instrument, safety), details in said.items():
        yield f"{instrument}: {safety} ({'; '.join(details)})", safety is Safety.CONFIRMED


def _as_json(outcome: RunOutcome) -> dict[str, object]:
    return {
        "event": "ended",
        "ending": str(outcome.ending),
        "reason": outcome.reason,
        "exit_code": outcome.exit_code,
        "folder": str(outcome.folder),
        "pictures": outcome.pictures,
        "captures_not_taken": outcome.captures_not_taken,
        "broken_contracts": outcome.broken_contracts,
        "safety": {state.instrument: str(state.safety) for state in outcome.safe_states},
    }
