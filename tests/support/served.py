"""A server of simulated instruments in a thread, with its control door, for tests over real sockets and terminals."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from operando.drivers.clock import RealClock
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry
from operando.simulators.benches import simulated_bench
from operando.simulators.serve import BenchServer

__all__ = ["PATIENT_S", "ControlDoorClient", "Served", "bench_of", "serving"]

PATIENT_S = 10.0
"""Longer than anything takes on a busy machine; reached only when a test fails."""

HEAD = """operando_bench: 1
name: test
record: {institution: test, operator: test}
instruments:
"""


def bench_of(**instruments: str) -> str:
    """The text of a bench file with the drivers and addresses given (`box="keller-33x sim://box"`)."""
    entries = {name: text.split() for name, text in instruments.items()}
    lines = [f"  {name}: {{driver: {driver}, address: '{address}'}}" for name, (driver, address) in entries.items()]
    return HEAD + "\n".join(lines) + "\n"


class ControlDoorClient:
    """Speaks to the control door: one JSON object a line, each answered by one."""

    def __init__(self, address: str) -> None:
        place = Address.parse(address)
        assert place.port is not None
        self._socket = socket.create_connection((place.place, place.port), timeout=PATIENT_S)
        self._lines = self._socket.makefile("rb")

    def order(self, **order: object) -> dict[str, object]:
        """Give an order and return the answer."""
        return self.line(json.dumps(order).encode())

    def line(self, line: bytes) -> dict[str, object]:
        """Send a line as it is, and return the answer."""
        answer = json.loads(self.raw(line))
        assert isinstance(answer, dict)
        return answer

    def raw(self, line: bytes) -> bytes:
        """Send a line, and return the bytes that come back."""
        self._socket.sendall(line + b"\n")
        return self._lines.readline()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


class Served:
    """What the server has written, and ways to its wires."""

    def __init__(self, ports: Path) -> None:
        written = json.loads(ports.read_text(encoding="utf-8"))
        self.bench = Path(written["bench"])
        self.instruments: Mapping[str, Mapping[str, str]] = written["instruments"]
        self.control = ControlDoorClient(written["control"])
        self.clock = RealClock()

    def link(self, instrument: str, wire: str) -> Link:
        """An open link to one of the wires."""
        return LinkRegistry(LinkContext(self.clock)).open(Address.parse(self.instruments[instrument][wire]))

    def read(self, link: Link, until: bytes) -> bytes:
        """What comes until it ends with some bytes."""
        data = b""
        while not data.endswith(until):
            data += link.read(PATIENT_S)
        return data


@contextmanager
def serving(folder: Path, source: Path | str | None = None) -> Iterator[Served]:
    """Serve a bench, by default the installed one, as long as the block lasts."""
    server = BenchServer(simulated_bench() if source is None else source, folder / "ports.json")
    ready = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            server.run(lambda _: ready.set())
        except BaseException as error:  # noqa: BLE001  raised again where the test sees it
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="served bench")
    thread.start()
    assert ready.wait(PATIENT_S * 3)
    try:
        if not failures:
            served = Served(server.ports)
            try:
                yield served
            finally:
                served.control.close()
    finally:
        server.stop()
        thread.join(PATIENT_S)
        assert not thread.is_alive(), "the server did not stop"
    if failures:
        raise failures[0]
