"""A door beside the wires: what happens in the world, what is wrong with the wires, what is true. JSON lines.

A number that is none, or infinite (the resistance of a cell without a short), is told as null.

It is for whoever watches a served bench, a test or a teacher; no driver knows of it.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from operando.simulators.engine import Engine
from operando.simulators.laboratory import Laboratory
from operando.simulators.potentiostats import EmStat4
from operando.simulators.serve.listener import Connection, Listener, bind_neighbours
from operando.simulators.serve.measured_cell import MeasuredCell
from operando.simulators.serve.orders import (
    Fault,
    Log,
    MeasuredCurrent,
    Order,
    Plug,
    Repair,
    State,
    Stop,
    Unplug,
    read_order,
)
from operando.simulators.serve.traffic import ServedInstrument, Traffic
from operando.simulators.serve.truth import true_state
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["Control", "ControlDoor"]

OK: dict[str, JsonValue] = {"ok": True}


@dataclass(frozen=True, slots=True)
class Control:
    """What the control door may do. Implements `Scene`.

    Args:
        laboratory: whose truth it tells.
        instruments: those that are served, by their names in the bench file.
        traffic: of all of them.
        stop: ends the server.
        cell: takes the current that a real potentiostat measures.
    """

    laboratory: Laboratory
    instruments: Mapping[str, ServedInstrument]
    traffic: Traffic
    stop: Callable[[], None]
    cell: MeasuredCell = field(default_factory=MeasuredCell)

    @property
    def world(self) -> SimulatedWorld:
        """Where mishaps happen."""
        return self.laboratory.world

    @property
    def engines(self) -> Mapping[str, Engine]:
        """What is served, by the names in the bench file."""
        return {name: instrument.engine for name, instrument in self.instruments.items()}

    def obey(self, line: bytes) -> dict[str, JsonValue]:
        """Carry out one line, and say how that went: `{"ok": true}`, what was asked for, or an `error`."""
        try:
            return self._carry_out(read_order(line))
        except ValueError as error:
            return {"error": f"{error}; instruments are {', '.join(sorted(self.instruments))}"}

    def _carry_out(self, order: Order) -> dict[str, JsonValue]:
        match order:
            case State():
                return {**true_state(self.laboratory, self.traffic.clock.now()), **self.cell.truth()}
            case Log():
                return self._log()
            case Stop():
                self.stop()
            case Unplug(unplug=name):
                self._unplug(self._named(name))
            case Plug(plug=name):
                self._plug(self._named(name))
            case Fault(fault=name, rule=rule):
                self._named(name).faults.add(rule)
            case Repair(repair=name):
                self._named(name).faults.clear()
            case MeasuredCurrent():
                now = self._present()
                self.cell.take(order, self.world, self.engines, now)
            case _:
                order.happen(self, self._present())
        self.traffic.serve()
        return OK

    def _present(self) -> float:
        now = self.traffic.clock.now()
        self.world.advance(now)
        return now

    def _named(self, name: str) -> ServedInstrument:
        if name not in self.instruments:
            raise ValueError(f"there is no served instrument {name!r}")
        return self.instruments[name]

    def _log(self) -> dict[str, JsonValue]:
        heard, self.traffic.heard = self.traffic.heard or [], []
        transcripts = [engine.take_transcript() for engine in self.engines.values() if isinstance(engine, EmStat4)]
        told: list[JsonValue] = [[time_s, name, data.decode("latin-1")] for time_s, name, data in heard]
        spoken: list[JsonValue] = [[time_s, text] for said in transcripts for time_s, text in said]
        return {"heard": told, "said": spoken}

    def _unplug(self, instrument: ServedInstrument) -> None:
        self._plug(instrument)
        instrument.faults.unplugged_between.append((self.traffic.clock.now(), math.inf))
        self.traffic.cut(instrument)

    def _plug(self, instrument: ServedInstrument) -> None:
        now = self.traffic.clock.now()
        spans = instrument.faults.unplugged_between
        spans[:] = [(start, min(end, now)) for start, end in spans]


class ControlDoor:
    """Takes orders, one JSON object a line, and answers each with one."""

    def __init__(self, control: Control) -> None:
        (bound,) = bind_neighbours(1)
        self._listener = Listener(bound, lambda: _Orders(control))
        self.address = self._listener.address

    async def open(self) -> None:
        """Listen."""
        await self._listener.open()

    async def close(self) -> None:
        """Listen no more."""
        await self._listener.close()


class _Orders(Connection):
    """One connection."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control
        self._received = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            answer = json.dumps(_told(self._control.obey(line)), allow_nan=False)
            self.transport.write(answer.encode() + b"\n")


def _told(value: JsonValue) -> JsonValue:
    """The same with null where there is no number: JSON knows neither NaN nor infinity."""
    if isinstance(value, dict):
        return {name: _told(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_told(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
