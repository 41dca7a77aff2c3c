"""The server: one world in real time, its instruments on real wires, until it is told to stop."""

import asyncio
import selectors
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from operando.drivers.bench.file import load_bench_file
from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import Address
from operando.simulators.darkroom import Beside
from operando.simulators.gauges import Keller33X, RtuLine
from operando.simulators.laboratory import Laboratory
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.microscopes.zem import ZemMicroscope
from operando.simulators.serve.control_door import Control, ControlDoor
from operando.simulators.serve.files import SIMULATED, ports_text, served_bench_text, write_whole
from operando.simulators.serve.measured_cell import who_has_the_cell
from operando.simulators.serve.traffic import ServedInstrument, Traffic
from operando.simulators.serve.wires import InstrumentDoors, make_doors

__all__ = ["BenchServer"]

HEARTBEAT_S = 0.25
"""How often the world is brought up to the present though nobody asks, so that no question has to make up for hours."""

LONGEST_GAP_S = 0.05
"""Inside a frame of Modbus RTU: neither a process nor TCP keeps the gauge's 1.5 ms."""


class BenchServer:
    """Serves the simulated instruments of a bench file on loopback.

    Args:
        source: the path of a bench file, or the text of one.
        ports: where to write the addresses; the bench file with the served addresses is written beside it. By
            default both are written into a new folder for temporary files.

    Raises:
        DocumentError: if the bench file is wrong.
        ConfigMismatch: if it names no simulated instrument, or one that does not exist, or there is no such folder for
            the addresses.
    """

    def __init__(self, source: Path | str, ports: Path | None = None) -> None:
        self._document, bench = load_bench_file(source)
        self._addresses = {
            name: Address.parse(entry.address)
            for name, entry in bench.instruments.items()
            if entry.address.startswith(SIMULATED)
        }
        self._mixed = len(self._addresses) < len(bench.instruments)
        self._laboratory = Laboratory.from_settings(bench.world)
        self._check_instruments(bench.name)
        if ports is not None:
            _require_place(ports)
        self.ports = ports or Path(tempfile.mkdtemp(prefix="operando-")) / "ports.json"
        self.bench = self.ports.with_name(f"{self.ports.stem}.bench.yaml")
        self._stop_order: Callable[[], None] | None = None
        self._stopped = False
        self._defect: BaseException | None = None

    def run(self, ready: Callable[[str], None]) -> None:
        """Serve until `stop` is called.

        Args:
            ready: called once, when everything listens, with the text of the ports file.

        Raises:
            Exception: what a defect in a simulated instrument raised; it ends the server.
        """
        self.ports.unlink(missing_ok=True)
        with asyncio.Runner(loop_factory=_event_loop) as runner:
            runner.run(self._serve(ready))
        if self._defect is not None:
            raise self._defect

    def stop(self) -> None:
        """End `run`; may be called from a signal handler, and from another thread."""
        self._stopped = True
        if self._stop_order is not None:
            self._stop_order()

    async def _serve(self, ready: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._end_by_defect)
        stopped = asyncio.Event()

        def stop() -> None:
            loop.call_soon_threadsafe(stopped.set)

        self._stop_order = stop
        if self._stopped:
            return
        async with AsyncExitStack() as stack:
            stack.callback(self._forget_stop_order)
            await self._open_everything(loop, stack, ready)
            await stopped.wait()

    async def _open_everything(
        self, loop: asyncio.AbstractEventLoop, stack: AsyncExitStack, ready: Callable[[str], None]
    ) -> None:
        engines = list(dict.fromkeys(_engine(address) for address in self._addresses.values()))
        traffic = Traffic(RealClock(), loop)
        darkroom = Beside(lambda: loop.call_soon_threadsafe(traffic.serve))
        stack.callback(darkroom.close)
        self._prepare_instruments(engines, darkroom)
        doors: dict[str, InstrumentDoors] = {}
        for engine in engines:
            instrument = ServedInstrument(
                engine, self._laboratory.instruments[engine], self._laboratory.wire_faults(engine)
            )
            doors[engine] = make_doors(traffic, instrument)
            if isinstance(instrument.engine, ZemMicroscope):
                instrument.engine.settings.image_port = Address.parse(doors[engine].addresses["image"]).port or 0
            for door in doors[engine].by_wire.values():
                stack.push_async_callback(door.close)
        for door in [door for of_one in doors.values() for door in of_one.by_wire.values()]:
            await door.open()
        by_name = {name: doors[_engine(address)] for name, address in self._addresses.items()}
        instruments = {name: found.instrument for name, found in by_name.items()}
        control = ControlDoor(Control(self._laboratory, instruments, traffic, self.stop))
        stack.push_async_callback(control.close)
        await control.open()
        stack.callback(traffic.close)
        self._heartbeat(loop, traffic)
        self._announce(doors, by_name, control.address, ready)

    def _announce(
        self,
        doors: dict[str, InstrumentDoors],
        by_name: dict[str, InstrumentDoors],
        control: str,
        ready: Callable[[str], None],
    ) -> None:
        def served(address: str) -> str:
            engine, _, endpoint = Address.parse(address).place.partition("/")
            return doors[engine].address_of(endpoint)

        engines = {name: found.instrument.engine for name, found in by_name.items()}
        follows = control if self._mixed and not who_has_the_cell(engines) else None
        write_whole(self.bench, served_bench_text(self._document, served, follows))
        text = ports_text(self.bench, control, {name: found.addresses for name, found in by_name.items()})
        write_whole(self.ports, text)
        ready(text)

    def _check_instruments(self, bench: str) -> None:
        if not self._addresses:
            raise ConfigMismatch(
                f"bench {bench!r} has no simulated instrument", remedy="Give one an address such as sim://sem/control."
            )
        there = sorted(self._laboratory.instruments)
        for name, address in self._addresses.items():
            if _engine(address) not in there:
                raise ConfigMismatch(
                    f"there is no simulated instrument at {address}",
                    where=name,
                    remedy=f"There are: {', '.join(there)}.",
                )

    def _prepare_instruments(self, engines: Sequence[str], darkroom: Beside) -> None:
        for name in engines:
            engine = self._laboratory.instruments[name]
            if isinstance(engine, Keller33X | RtuLine):
                engine.settings.longest_gap_s = LONGEST_GAP_S
            if isinstance(engine, TescanMicroscope | ZemMicroscope):
                engine.darkroom = darkroom
        if {"sem", "zem", "eds"} & set(engines):
            self._laboratory.world.specimen  # noqa: B018  drawn now, so that no client waits for it

    def _heartbeat(self, loop: asyncio.AbstractEventLoop, traffic: Traffic) -> None:
        """Bring the world up to the present, and let Python see signals where the system does not wake the loop."""
        self._laboratory.world.advance(traffic.clock.now())
        traffic.serve()
        loop.call_later(HEARTBEAT_S, self._heartbeat, loop, traffic)

    def _end_by_defect(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        self._defect = self._defect or (
            error if isinstance(error, BaseException) else RuntimeError(str(context.get("message")))
        )
        self.stop()

    def _forget_stop_order(self) -> None:
        self._stop_order = None


def _engine(address: Address) -> str:
    return address.place.partition("/")[0]


def _require_place(ports: Path) -> None:
    """See that the addresses can be written.

    Raises:
        ConfigMismatch: if there is no such folder, or a folder of that name.
    """
    if ports.is_dir() or not ports.parent.is_dir():
        what = "is a folder" if ports.is_dir() else f"cannot be written: there is no folder {str(ports.parent)!r}"
        raise ConfigMismatch(
            f"{str(ports)!r} {what}",
            where="the file for the addresses",
            remedy="Name a file in a folder that exists; the bench file with the addresses is written beside it.",
        )


def _event_loop() -> asyncio.AbstractEventLoop:
    """A loop on `select`: other selectors round waits up to whole milliseconds, or cannot wait for a terminal."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())
