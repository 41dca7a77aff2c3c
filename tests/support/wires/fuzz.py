"""Mutated recordings, replayed to the driver: a typed error or right data within the deadline, and nothing else."""

from collections.abc import Sequence
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
from support.wires.probes import Answer, WireProbe

__all__ = ["Fuzzed", "fuzzed", "recorded"]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What became of one mutated recording: `right`, `as the wire said`, the name of an error, or a defect."""

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
    if recording.probe.as_the_wire_said(replies_in(recording.takes), replies_in(takes)):
        return "as the wire said", ""
    return "wrong", f"{answer} instead of {recording.answer}"


def _asked(recording: Recorded, takes: Sequence[Take], clock: VirtualClock) -> Answer:
    file = recording.file
    links = _Replayed(takes, clock)
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
            if (take.address.place, take.address.port) == (address.place, address.port):
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
