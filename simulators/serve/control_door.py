"""A door beside the wires, for tests: pull a cable, plug it in again, ask what is true and what was commanded.

JSON lines on loopback.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from operando.simulators.laboratory import Laboratory
from operando.simulators.potentiostats import EmStat4
from operando.simulators.serve.listener import Connection, Listener, bind_neighbours
from operando.simulators.serve.traffic import ServedInstrument, Traffic
from operando.simulators.serve.truth import true_state

__all__ = ["Control", "ControlDoor"]


@dataclass(frozen=True, slots=True)
class Control:
    """What the control door may do.

    Args:
        laboratory: whose truth it tells.
        instruments: those that are served, by their names in the bench file.
        traffic: of all of them.
        stop: ends the server.
    """

    laboratory: Laboratory
    instruments: Mapping[str, ServedInstrument]
    traffic: Traffic
    stop: Callable[[], None]

    def obey(self, line: bytes) -> dict[str, JsonValue]:
        """Carry out one line.

        `{"unplug": NAME}` and `{"plug": NAME}` the wire of an instrument; `{"state": true}` tells what is true;
        `{"log": true}` gives what all instruments have heard and the potentiostat has said since the last time, and
        keeps it from then on; `{"stop": true}` ends the server.
        """
        try:
            order = json.loads(line)
        except ValueError as error:
            return {"error": f"this is no JSON: {error}"}
        match order:
            case {"unplug": str(name)} if name in self.instruments:
                return self._unplug(self.instruments[name])
            case {"plug": str(name)} if name in self.instruments:
                return self._plug(self.instruments[name])
            case {"state": True}:
                return true_state(self.laboratory, self.traffic.clock.now())
            case {"log": True}:
                return self._log()
            case {"stop": True}:
                self.stop()
                return {"ok": True}
        return {
            "error": f"cannot obey {order!r}: write unplug, plug, state, log or stop; "
            f"instruments are {', '.join(sorted(self.instruments))}"
        }

    def _log(self) -> dict[str, JsonValue]:
        heard, self.traffic.heard = self.traffic.heard or [], []
        potentiostat = self.laboratory.instruments.get("potentiostat")
        said = potentiostat.take_transcript() if isinstance(potentiostat, EmStat4) else []
        told: list[JsonValue] = [[time_s, name, data.decode("latin-1")] for time_s, name, data in heard]
        spoken: list[JsonValue] = [[time_s, text] for time_s, text in said]
        return {"heard": told, "said": spoken}

    def _unplug(self, instrument: ServedInstrument) -> dict[str, JsonValue]:
        self._plug(instrument)
        instrument.faults.unplugged_between.append((self.traffic.clock.now(), math.inf))
        self.traffic.cut(instrument)
        return {"ok": True}

    def _plug(self, instrument: ServedInstrument) -> dict[str, JsonValue]:
        now = self.traffic.clock.now()
        spans = instrument.faults.unplugged_between
        spans[:] = [(start, min(end, now)) for start, end in spans]
        return {"ok": True}


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
            self.transport.write(json.dumps(self._control.obey(line)).encode() + b"\n")
