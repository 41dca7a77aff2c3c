"""`operando demo`: the shipped protocol on the simulated bench, and a picture of what came out."""

from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console

from operando.protocols.cli.launch import Launch
from operando.protocols.cli.working import working
from operando.protocols.document import load_protocol
from operando.protocols.program import CaptureNow, DoseBudget, Program
from operando.protocols.summary import draw_summary

__all__ = ["run_demo"]


def run_demo(out: Path | None, seed: int, *, pictures: bool, json: bool) -> int:
    """Run, then draw `summary.png` beside the record, in its `derived` folder."""
    with as_file(files("operando.protocols.shipped").joinpath("demo.yaml")) as path:
        program = load_protocol(path)
    if not pictures:
        program = without_pictures(program)
    code, folder = Launch(program, "sim", seed=seed).go(out, json=json)
    if folder is not None and code == 0:
        console = Console(stderr=json, highlight=False, soft_wrap=True)
        with working(console, "summary", quiet=json):
            drawn = draw_summary(folder)
        console.print(f"summary: {drawn}", markup=False)
    return code


def without_pictures(program: Program) -> Program:
    """The cycling of a program alone."""
    kept = [action for action in program.cycling if not isinstance(action, CaptureNow)]
    cycling = tuple(replace(action, number=number) for number, action in enumerate(kept, start=1))
    return replace(program, cycling=cycling, captures={}, triggers=(), regions={}, dose=DoseBudget())
