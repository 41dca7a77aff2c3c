"""What people do in the laboratory of this process, in the words of the control door."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from operando.simulators.engine import Engine
from operando.simulators.laboratory import Laboratory
from operando.simulators.serve.orders import Fault, Log, MeasuredCurrent, Plug, Repair, State, Stop, Unplug, read_order
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["do_in"]


@dataclass(frozen=True, slots=True)
class _Scene:
    laboratory: Laboratory

    @property
    def world(self) -> SimulatedWorld:
        return self.laboratory.world

    @property
    def engines(self) -> Mapping[str, Engine]:
        return self.laboratory.instruments


def do_in(laboratory: Laboratory, deed: Mapping[str, JsonValue], now: float) -> None:
    """Do something now.

    Args:
        laboratory: with the world; its instruments have the names of their `sim://` addresses.
        deed: an order of the control door that changes the world or a wire.
        now: run time.

    Raises:
        ValueError: if this is no such order, or the world does not allow it now.
    """
    order = read_order(json.dumps(dict(deed)).encode())
    laboratory.world.advance(now)
    match order:
        case Unplug(unplug=name) | Plug(plug=name):
            spans = laboratory.wire_faults(_known(laboratory, name)).unplugged_between
            spans[:] = [(start, min(end, now)) for start, end in spans]
            if isinstance(order, Unplug):
                spans.append((now, math.inf))
        case Fault(fault=name, rule=rule):
            laboratory.wire_faults(_known(laboratory, name)).add(rule)
        case Repair(repair=name):
            laboratory.wire_faults(_known(laboratory, name)).clear()
        case State() | Log() | Stop() | MeasuredCurrent():
            raise ValueError(f"{dict(deed)} changes nothing in the world")
        case _:
            order.happen(_Scene(laboratory), now)


def _known(laboratory: Laboratory, name: str) -> str:
    if name not in laboratory.instruments:
        raise ValueError(f"there is no simulated instrument {name!r}")
    return name
