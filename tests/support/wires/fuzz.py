"""Mutated recordings, replayed to the driver: a typed error or right data within the deadline, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

from operando.drivers.bench import Bench, load_bench_file
from operando.drivers.bench.file import BenchFile
from operando.drivers.bench.gate import Gate
from operando.drivers.bench.open import connect_bench
from operando.drivers.bench.roles import DriverContext, DriverFactory
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import InstrumentError, TransportClosed
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry, PendingLink
from operando.drivers.links.recording_file import Take, read_takes
from operando.drivers.links.replay import ReplayLink
from support.wires.mutations import mutated, replies_in
from support.wires.probes import Answer, WireProbe, not_believed

__all__ = ["Fuzzed", "fuzzed", "recorded"]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What became of one mutated recording.

    `right`, `as the wire said`, `not believed` (a reading marked as a fault), the name of an error, or a defect.
    """

    seed: int
    outcome: str
    defect: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One question to one instrument: everything that was said from connecting on, and the answer."""

    probe: WireProbe
    file: BenchFile
    takes: tuple[Take, ...]
    answer: Answer


def recorded(probe: WireProbe) -> Recorded:
    """Record the question of a probe."""
    with TemporaryDirectory() as folder:
        wires = Path(folder) / "wires.jsonl"
        document, file = load_bench_file(probe.bench_text())
        bench = connect_bench(document, file, VirtualClock(), wires=wires)
        answer = probe.ask(bench)
        bench.close()
        return Recorded(probe, file, read_takes(wires), answer)


def fuzzed(recording: Recorded, seed: int) -> Fuzzed:
    """Replay one mutation of a recording."""
    probe = recording.probe
    # where only the form of a reply can tell, a second change would make it impossible to say what the first deserves
    takes = mutated(recording.takes, seed, most=3 if probe.checked else 1)
    clock = VirtualClock()
    try:
        answer = _asked(recording, takes, clock)
    except InstrumentError as error:
        outcome, defect = type(error).__name__, ""
    except Exception as error:  # noqa: BLE001  the defect that is looked for
        outcome, defect = "untyped", f"{type(error).__name__}: {error}"
    else:
        outcome, defect = _judged(recording, takes, answer)
    if not defect and clock.now() > 2 * probe.deadline_s:
        defect = f"only after {clock.now():.1f} s"
    return Fuzzed(seed, outcome, defect)


def _judged(recording: Recorded, takes: Sequence[Take], answer: Answer) -> tuple[str, str]:
    if answer == recording.answer:
        return "right", ""
    if not_believed(answer):
        return "not believed", ""
    if recording.probe.as_the_wire_said(replies_in(recording.takes), replies_in(takes)):
        return "as the wire said", ""
    return "wrong", f"{answer} instead of {recording.answer}"


def _asked(recording: Recorded, takes: Sequence[Take], clock: VirtualClock) -> Answer:
    file = recording.file
    links = _Datagrams(takes, recording.takes, clock) if recording.probe.datagrams else _Replayed(takes, clock)
    entry = file.instruments["probe"]
    factory: DriverFactory = entry_points(group="operando.drivers")[entry.driver].load()
    address = Address.parse(entry.address)
    roles = factory(DriverContext("probe", address, entry.options, file, links, clock, Gate("probe", open=True)))
    bench = Bench(file, clock, {"probe": roles}, links)
    try:
        return recording.probe.ask(bench)
    finally:
        bench.close()


class _Replayed(LinkRegistry):
    """Gives out the takes in order."""

    def __init__(self, takes: Sequence[Take], clock: VirtualClock) -> None:
        super().__init__(LinkContext(clock))
        self._clock = clock
        self._takes = list(takes)

    def open(self, address: Address) -> Link:
        return ReplayLink(address, self._clock, self._next(address))

    def prepare(self, address: Address) -> PendingLink:
        take = self._next(address)
        return _Pending(take.local_port, ReplayLink(address, self._clock, take))

    def _next(self, address: Address) -> Take:
        for take in self._takes:
            if _same_place(take, address):
                self._takes.remove(take)
                return take
        raise TransportClosed("the recording has no further connection", where=str(address))


@dataclass(frozen=True, slots=True)
class _Pending:
    local_port: int
    link: Link

    def connect(self) -> Link:
        return self.link

    def close(self) -> None:
        self.link.close()


class _Datagrams(_Replayed):
    """What loses datagrams is asked again, from another port: the second time it gives the answer that it gave."""

    def __init__(self, takes: Sequence[Take], recorded: Sequence[Take], clock: VirtualClock) -> None:
        super().__init__(takes, clock)
        self._recorded = tuple(recorded)

    def open(self, address: Address) -> Link:
        here = [take for take in self._recorded if _same_place(take, address)]
        if any(take.exchanges and take.exchanges[0].replies for take in here):  # a picture comes without a question
            return self._played(address, lambda take: True)
        return _AskedLater(address, self._of)

    def _of(self, address: Address, request: bytes) -> Link:
        return self._played(address, lambda take: any(one.request == request for one in take.exchanges[1:]))

    def _played(self, address: Address, fits: Callable[[Take], bool]) -> Link:
        """The first changed take that fits, once; then as it was recorded."""
        for take in (*self._takes, *self._recorded):
            if _same_place(take, address) and fits(take):
                if take in self._takes:
                    self._takes.remove(take)
                return ReplayLink(address, self._clock, take)
        raise TransportClosed("the recording knows no such question", where=str(address))


class _AskedLater:
    """A link that becomes one of the recording with its first question."""

    simulated = True

    def __init__(self, address: Address, find: Callable[[Address, bytes], Link]) -> None:
        self.address = address
        self._find = find
        self._link: Link | None = None

    def write(self, data: bytes) -> None:
        if self._link is None:
            self._link = self._find(self.address, data)
        self._link.write(data)

    def read(self, timeout_s: float) -> bytes:
        return b"" if self._link is None else self._link.read(timeout_s)

    def close(self) -> None:
        if self._link is not None:
            self._link.close()


def _same_place(take: Take, address: Address) -> bool:
    return (take.address.place, take.address.port) == (address.place, address.port)
