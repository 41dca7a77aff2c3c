"""A door beside the wires, for tests: pull a cable, plug it in again, ask what is true. JSON lines on loopback."""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from operando.simulators.laboratory import Laboratory
from operando.simulators.serve.tcp import LOOPBACK, bind_neighbours
from operando.simulators.serve.traffic import ServedInstrument, Traffic
from operando.simulators.serve.truth import true_state

__all__ = ["ControlDoor", "RuleOfTheHouse"]


@dataclass(frozen=True, slots=True)
class RuleOfTheHouse:
    """What the control door rules over.

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
        """Carry out one line: `{"unplug": NAME}`, `{"plug": NAME}`, `{"state": true}` or `{"stop": true}`."""
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
            case {"stop": True}:
                self.stop()
                return {"ok": True}
        return {
            "error": f"cannot obey {order!r}: write unplug, plug, state or stop; "
            f"instruments are {', '.join(sorted(self.instruments))}"
        }

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

    def __init__(self, rule: RuleOfTheHouse) -> None:
        self._rule = rule
        (self._socket,) = bind_neighbours(1)
        self.address = f"tcp://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Transport] = set()

    async def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen."""
        self._server = await loop.create_server(lambda: _Orders(self._rule, self._clients), sock=self._socket)

    def close(self) -> None:
        """Listen no more; what was answered is sent before the connections end."""
        if self._server is not None:
            self._server.close()
        self._socket.close()
        for client in tuple(self._clients):
            client.close()


class _Orders(asyncio.Protocol):
    """One connection."""

    def __init__(self, rule: RuleOfTheHouse, clients: set[asyncio.Transport]) -> None:
        self._rule = rule
        self._clients = clients
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # what create_server makes
        self._clients.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._clients.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            if self._transport is not None:
                self._transport.write(json.dumps(self._rule.obey(line)).encode() + b"\n")
