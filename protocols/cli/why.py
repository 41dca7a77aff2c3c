"""`operando why RUN [FRAME]`."""

import json as json_module
import math
from dataclasses import asdict
from pathlib import Path

from pydantic import JsonValue
from rich.console import Console

from operando.protocols.cli.failures import RUN_FAILED
from operando.protocols.cli.run_folder import require_run
from operando.protocols.triggers.chain import CameTrue, Link, RunStory
from operando.protocols.triggers.firing import Firing
from operando.protocols.triggers.rerun import Rerun, rerun

__all__ = ["run_why"]


def run_why(folder: Path, number: int | None, *, json: bool) -> int:
    """The chain from the protocol's line to a frame; without one every trigger that came true, and what became of it.

    Without a frame the record is asked again, too; that it gives another list is a failure.
    """
    require_run(folder)
    story = RunStory(folder)
    if number is not None:
        _frame(story, number, json=json)
        return 0
    again = rerun(folder)
    for one in story.came_true():
        _print(json_module.dumps(_plain(asdict(one))) if json else _came_true(one))
    if json:
        counts = {"agrees": again.agrees, "missing": len(again.missing), "surplus": len(again.surplus)}
        _print(json_module.dumps({"asked_again": counts}))
    else:
        _verdict(again)
    return 0 if again.agrees else RUN_FAILED


def _frame(story: RunStory, number: int, *, json: bool) -> None:
    why = story.why(number)
    if json:
        _print(json_module.dumps({"frame": number, "links": [_plain(asdict(link)) for link in why.links]}))
        return
    _print(f"frame {number}: {why.frame.detector} of {why.frame.region}, {why.frame.file} [{why.frame.index}]")
    for link in why.links:
        _print(_link(link))


def _link(link: Link) -> str:
    return f"  {link.what:<10}{_run_time(link.time_s)}  {link.text}"


def _came_true(one: CameTrue) -> str:
    told = f"{_run_time(one.sample_s)}  line {one.line}  {one.outcome}: {one.message}"
    told += f"; {one.became}" if one.became else ""
    return told + (f", frames {', '.join(map(str, one.frames))}" if one.frames else "")


def _verdict(again: Rerun) -> None:
    if again.agrees:
        _print(f"asked again, the record gives the same list of {len(again.recorded)}")
    for what, firings in (("recorded, and not found again", again.missing), ("not recorded", again.surplus)):
        for firing in firings:
            _print(f"{what}: {_firing(firing)}")


def _firing(firing: Firing) -> str:
    return f"trigger {firing.trigger + 1} {firing.outcome} at {firing.time_s:.3f} s"


def _run_time(seconds: float) -> str:
    return " " * 15 if math.isnan(seconds) else f"{seconds:13.3f} s"


def _plain(values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """JSON has no NaN; null stands for it."""
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in values.items()}


def _print(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
