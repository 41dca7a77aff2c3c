"""Runs whose two flows are disturbed, and what of them can be compared."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.protocols.record import open_samples, read_events
from operando.protocols.runner import RunOptions, Steering

__all__ = ["current_trace", "events_of", "reasons", "steered"]


def events_of(folder: Path, kind: str) -> list[dict[str, object]]:
    """All events of a kind, in order."""
    return [dict(event) for event in read_events(folder) if event["kind"] == kind]


def reasons(folder: Path) -> list[str]:
    """Why captures were not taken."""
    return [str(event["message"]) for event in events_of(folder, "capture not taken")]


def current_trace(folder: Path) -> dict[str, NDArray[np.float64]]:
    """Current of each named step of the protocol, sample by sample: what the cell felt, and for how long."""
    samples = open_samples(folder)
    traces: dict[str, NDArray[np.float64]] = {}
    for event in events_of(folder, "step started"):
        if event["line"]:
            chosen = samples[samples["step"] == event["step"]]
            traces[f"{event['message']} {len(traces)}"] = np.array(chosen["current_A"])
    return traces


def steered(at: Mapping[float, Callable[[Steering], None]], wait_for_links_s: float = 30.0) -> RunOptions:
    """Options of a run in which somebody asks for something at run times."""

    def steer(steering: Steering) -> None:
        for when, wish in at.items():
            asyncio.get_running_loop().call_at(when, wish, steering)

    return RunOptions(steered_by=steer, wait_for_links_s=wait_for_links_s)
