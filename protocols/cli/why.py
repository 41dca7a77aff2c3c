"""`operando why RUN FRAME`."""

from pathlib import Path

from rich.console import Console

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import read_events, read_frames, read_header

__all__ = ["run_why"]


def run_why(folder: Path, number: int) -> int:
    """The chain from the protocol's line to the frame."""
    frame = next((frame for frame in read_frames(folder) if frame.number == number), None)
    if frame is None:
        raise ConfigMismatch(
            f"there is no frame {number} in this run", where=str(folder), remedy="Numbers stand in frames.csv."
        )
    header = read_header(folder)
    lines = header.protocol_text.splitlines()
    told = lines[frame.line - 1].strip() if 0 < frame.line <= len(lines) else "(no line)"
    step = next(
        (e for e in read_events(folder) if e.get("kind") == "step started" and e.get("step") == frame.step), None
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"frame {number}: {frame.detector} of {frame.region}, {frame.file} [{frame.index}]", markup=False)
    console.print(f"  {header.protocol_file}:{frame.line}: {told}", markup=False)
    console.print(f"  because: {frame.trigger}, capture {frame.capture}", markup=False)
    if step is not None:
        console.print(f"  during: {frame.step_name}, step {frame.step}, cycle {frame.cycle}", markup=False)
    console.print(
        f"  taken from {frame.start_s:.3f} s to {frame.end_s:.3f} s, "
        f"{frame.voltage_at_start_V:.4f} V to {frame.voltage_at_end_V:.4f} V, {frame.current_at_start_A * 1e6:.2f} uA",
        markup=False,
    )
    return 0
