"""Opens a bench: reads its file, finds the drivers, connects and identifies. Changes no output."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from ipaddress import ip_address
from pathlib import Path

from operando.drivers.bench.bench import Bench
from operando.drivers.bench.file import VIRTUAL, Acceptance, BenchFile, InstrumentEntry, load_bench_file
from operando.drivers.bench.gate import Gate
from operando.drivers.bench.held_verdict import DRIVERS, require_verdict
from operando.drivers.bench.replayed import write_replayed_bench
from operando.drivers.bench.roles import DriverContext, DriverFactory, Roles
from operando.drivers.clock import Clock, RealClock, VirtualClock
from operando.drivers.documents import Document, DocumentError, unknown_word
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import Address, LinkContext, LinkRegistry
from operando.drivers.links.recording import WireRecorder

__all__ = ["Opener", "accepted", "bench_source", "connect_bench", "only_simulated", "open_bench", "open_instrument"]

Opener = Callable[[str, BenchFile, LinkRegistry, Clock], Roles]
"""Connects to the instrument of a name; see `open_instrument`."""

BENCHES = "operando.benches"
PSEUDO_TERMINALS = ("/dev/pts/", "/dev/ttys", "socket://127.0.0.1")
"""Names under which a served simulator's serial line appears, on Linux, on macOS, and over TCP."""


def open_bench(bench: Path | str, clock: Clock | None = None, wires: Path | None = None) -> Bench:
    """Open a bench by the path of its file, or by the name of an installed one (`sim`).

    Args:
        bench: a path, or a name that the entry point group `operando.benches` offers.
        clock: virtual if all addresses are `sim://`, real otherwise, unless one is given.
        wires: where to write a recording of everything that goes over the wires; it must not exist yet. A bench file
            whose instruments are replayed from it is written beside it.

    Raises:
        DocumentError: if the bench file is wrong.
        InstrumentError: if an instrument does not answer, or is another one.
    """
    document, file = load_bench_file(bench_source(bench))
    return connect_bench(document, file, clock, wires=wires)


def bench_source(bench: Path | str) -> Path | str:
    """The path of a bench file, or the text of an installed bench.

    Raises:
        ConfigMismatch: if there is neither such a file nor such a bench.
    """
    if Path(bench).is_file():
        return Path(bench)
    offered = entry_points(group=BENCHES)
    if str(bench) in offered.names:
        return str(offered[str(bench)].load()())
    raise ConfigMismatch(
        f"there is no bench file {str(bench)!r}",
        remedy=f"Give the path of a bench file, or one of: {', '.join(sorted(offered.names))}.",
    )


def connect_bench(
    document: Document,
    file: BenchFile,
    clock: Clock | None = None,
    opener: Opener | None = None,
    wires: Path | None = None,
) -> Bench:
    """Connect to every instrument of a bench file; on failure let go of those already connected.

    Args:
        document: the bench file as text, for the lines of problems.
        file: the same, read.
        clock: virtual if all addresses are `sim://`, real otherwise, unless one is given.
        opener: connects to one instrument; `open_instrument` unless another one is given.
        wires: where to write a recording of everything that goes over the wires.
    """
    if not file.simulated and any(entry.address.startswith(VIRTUAL) for entry in file.instruments.values()):
        raise ConfigMismatch(
            f"bench {file.name!r} mixes sim:// or replay:// with real addresses, which live in different time",
            remedy="Serve the simulated instruments with `operando simulate` and write their tcp:// addresses.",
        )
    if clock is not None and clock.virtual and not file.simulated:
        raise ConfigMismatch(
            f"bench {file.name!r} has instruments at real addresses, whose time cannot be skipped",
            remedy="Leave the clock out: beside anything real, time is real.",
        )
    clock = clock or (VirtualClock() if file.simulated else RealClock())
    recorder = WireRecorder(wires, clock, partial(write_replayed_bench, document, wires)) if wires else None
    links = LinkRegistry(LinkContext(clock, file.world), recorder)
    opened: dict[str, Roles] = {}
    try:
        for name, entry in file.instruments.items():
            _known_driver(document, name, entry)
            file = _with_held_verdict(document, file, name, links, clock)
            opened[name] = (opener or open_instrument)(name, file, links, clock)
        _control_cell_has_potentiostat(document, file, opened)
    except BaseException as error:
        Bench(file, clock, opened, links).close(after=error)
        raise
    read_only = frozenset(name for name, entry in file.instruments.items() if not accepted(entry))
    return Bench(file, clock, opened, links, read_only)


def open_instrument(name: str, file: BenchFile, links: LinkRegistry, clock: Clock) -> Roles:
    """Connect to one instrument of a bench file, once more if it is connected already. Changes nothing on it.

    Raises:
        InstrumentError: if it does not answer, is another one, or nobody offers its driver, or it cannot be loaded.
    """
    entry = file.instruments[name]
    offered = entry_points(group=DRIVERS)
    if entry.driver not in offered.names:
        raise ConfigMismatch(unknown_word("driver", entry.driver, sorted(offered.names)), where=name)
    factory = _factory(offered[entry.driver], name)
    gate = Gate(name, open=accepted(entry))
    return factory(DriverContext(name, Address.parse(entry.address), entry.options, file, links, clock, gate))


def _factory(offer: EntryPoint, instrument: str) -> DriverFactory:
    try:
        factory: DriverFactory = offer.load()
    except (ImportError, AttributeError) as error:
        raise ConfigMismatch(
            f"its driver {offer.name!r} is offered as {offer.value}, which cannot be loaded: {error}",
            where=instrument,
            remedy="Install what the driver's package needs, or mend its entry point.",
        ) from error
    return factory


def _known_driver(document: Document, name: str, entry: InstrumentEntry) -> None:
    offered = entry_points(group=DRIVERS)
    if entry.driver not in offered.names:
        what = unknown_word("driver", entry.driver, sorted(offered.names))
        raise DocumentError([document.problem(["instruments", name, "driver"], what)])


def _control_cell_has_potentiostat(document: Document, file: BenchFile, opened: Mapping[str, Roles]) -> None:
    control = file.control_cell
    if control is not None and opened[control.potentiostat].potentiostat is None:
        others = [name for name, roles in opened.items() if roles.potentiostat is not None]
        what = f"{control.potentiostat!r} is no potentiostat; allowed: {', '.join(others) or 'none'}"
        raise DocumentError([document.problem(("control_cell", "potentiostat"), what)])


def _with_held_verdict(document: Document, file: BenchFile, name: str, links: LinkRegistry, clock: Clock) -> BenchFile:
    """The bench file as if somebody had accepted an instrument for which a verdict answers.

    The instrument is connected and let go once more for that, because the verdict is about who is at the other end.

    Raises:
        ConfigMismatch: if the verdict is about something else.
    """
    entry = file.instruments[name]
    if entry.verdict is None or accepted(entry):
        return file
    folder = Path(document.file).parent / entry.verdict
    with ExitStack() as wires:
        roles = tuple(open_instrument(name, file, links, clock).all())
        for role in roles:
            wires.callback(role.close)
        require_verdict(folder, name, entry, roles[0].identify(), clock.wall())
    answer = Acceptance(by=f"the verdict in {entry.verdict}", on=clock.wall().date())
    answered = entry.model_copy(update={"accept_untested_on_hardware": answer})
    return file.model_copy(update={"instruments": {**file.instruments, name: answered}})


def accepted(entry: InstrumentEntry) -> bool:
    """Whether effects may be sent: somebody answers for the driver, or no hardware can be at the other end."""
    return entry.accept_untested_on_hardware is not None or only_simulated(entry)


def only_simulated(entry: InstrumentEntry) -> bool:
    """Whether no hardware can be there: at a `sim://` address, or a simulator on loopback or a pseudo terminal."""
    address = Address.parse(entry.address)
    if f"{address.scheme}://" in VIRTUAL:
        return True
    if not entry.simulated:
        return False
    if address.scheme == "serial":
        return address.place.startswith(PSEUDO_TERMINALS)
    try:
        return ip_address(address.place).is_loopback
    except ValueError:
        return address.place == "localhost"
