"""The bench that is judged: its instruments by role, a second client to each, and a hand on their wires."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

from operando.drivers.bench import Bench, BenchFile, Roles, load_bench_file
from operando.drivers.bench.file import Acceptance
from operando.drivers.bench.open import accepted, bench_source, connect_bench, open_instrument
from operando.drivers.clock import Clock, RealClock
from operando.drivers.conformance.check import NotOffered, Role
from operando.drivers.conformance.expected import require_places
from operando.drivers.conformance.severable import LineState, SeverableLinks
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import LinkRegistry
from operando.drivers.roles import Instrument

__all__ = ["Player", "Subject"]

Change = Callable[[Roles], Roles]
"""What stands between a driver and the suite; a test of the suite breaks a driver here."""


@dataclass(frozen=True, slots=True)
class Player:
    """Who plays a role.

    Args:
        instrument: its name in the bench file.
        place: what tells it from others in the same role; empty if it is alone.
        role: what it plays, None if nobody does.
    """

    instrument: str
    place: str
    role: Instrument | None


class Subject:
    """An open bench under judgement. As a context manager it leaves cell and beam safe.

    Args:
        source: a bench file, or the name of an installed bench.
        answers: who answers for drivers that have never been on hardware while the suite runs, on this bench only.
        change: applied to the roles of every instrument as it is opened.
        clock: virtual if all addresses are `sim://`, real otherwise, unless one is given.
        wires: where to write a recording of everything that goes over the wires.

    Raises:
        DocumentError: if the bench file is wrong.
        InstrumentError: if an instrument does not answer, or is another one, or nobody takes a reading that the bench
            file expects.
    """

    def __init__(
        self,
        source: Path | str,
        answers: str = "",
        change: Change = lambda roles: roles,
        clock: Clock | None = None,
        wires: Path | None = None,
    ) -> None:
        document, file = load_bench_file(bench_source(source))
        self.file = _answered_for(file, answers, (clock or RealClock()).wall().date()) if answers else file
        self.gated = frozenset(name for name, entry in self.file.instruments.items() if not accepted(entry))
        self.wires: dict[str, SeverableLinks] = {}
        self.roles: dict[str, Roles] = {}
        self._change = change
        self.bench: Bench = connect_bench(document, self.file, clock, self._open, wires)
        try:
            require_places(self.file, {role: [player.place for player in self.players(role)] for role in SENSORS})
        except ConfigMismatch as error:
            self.bench.close(after=error)
            raise

    def __enter__(self) -> "Subject":
        self.bench.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bench.__exit__(kind, error, trace)

    def players(self, role: Role) -> tuple[Player, ...]:
        """Everybody who plays a role; one that is nobody if there is none."""
        if role is Role.BENCH:
            return (Player("", "", None),)
        found = [
            Player(name, place, instrument)
            for name, roles in self.roles.items()
            for place, instrument in _in_role(roles, role, name)
        ]
        if len(found) == 1 and role not in SENSORS:
            found = [Player(found[0].instrument, "", found[0].role)]
        return tuple(found) or (Player("", "", None),)

    @contextmanager
    def another_client(self, instrument: str) -> Iterator[Roles]:
        """The same instrument once more, over connections of its own, as long as the block lasts."""
        links = SeverableLinks(self.bench.links, self.bench.clock, another_client=True)
        roles = self._change(open_instrument(instrument, self.file, links, self.bench.clock))
        with ExitStack() as wires:  # closes them all, even if one of them fails to
            for role in roles.all():
                wires.callback(role.close)
            yield roles

    def only_watched(self, instrument: str) -> bool:
        """Whether it is a potentiostat whose cell another program has."""
        potentiostat = self.roles.get(instrument, Roles()).potentiostat
        return potentiostat is not None and potentiostat.capabilities.observed

    def neighbours(self, instrument: str) -> tuple[str, ...]:
        """The instruments on the wire of one, itself among them: several may hang on one bus."""
        place = self._wire_of(instrument)
        return tuple(name for name in self.roles if self._wire_of(name) == place)

    @contextmanager
    def line(self, instrument: str, state: LineState) -> Iterator[None]:
        """The wire of an instrument is pulled or silent as long as the block lasts, for all that hang on it.

        Raises:
            NotOffered: if it is not reached over a link of ours.
        """
        self.require_line(instrument)
        with ExitStack() as cut:
            for name in self.neighbours(instrument):
                cut.enter_context(self.wires[name].line(state))
            yield

    def require_line(self, instrument: str) -> None:
        """Whether the wire of an instrument can be cut from here.

        Raises:
            NotOffered: if it is not reached over a link of ours.
        """
        if not any(self.wires[name].any_opened for name in self.neighbours(instrument)):
            raise NotOffered("a wire that can be cut from here")

    def _wire_of(self, instrument: str) -> str:
        return self.file.instruments[instrument].address.partition("?")[0]

    def _open(self, name: str, file: BenchFile, links: LinkRegistry, clock: Clock) -> Roles:
        self.wires[name] = SeverableLinks(links, clock)
        self.roles[name] = self._change(open_instrument(name, file, self.wires[name], clock))
        return self.roles[name]


SENSORS = (Role.PRESSURE, Role.THERMOMETER, Role.FORCE)


def _in_role(roles: Roles, role: Role, instrument: str) -> Iterator[tuple[str, Instrument]]:
    sensors = {Role.PRESSURE: roles.pressures, Role.THERMOMETER: roles.thermometers, Role.FORCE: roles.forces}
    if role in sensors:
        yield from sensors[role].items()
        return
    alone: dict[Role, Instrument | None] = {
        Role.POTENTIOSTAT: roles.potentiostat,
        Role.STAGE: roles.stage,
        Role.COLUMN: roles.column,
        Role.SCANNER: roles.scanner,
        Role.DETECTORS: roles.detectors,
        Role.EDS: roles.eds,
    }
    found = alone[role]
    if found is not None:
        yield instrument, found


def _answered_for(file: BenchFile, answers: str, today: date) -> BenchFile:
    """The bench file as if somebody had accepted every driver in it; what was written is not changed."""
    instruments = {
        name: entry
        if entry.accept_untested_on_hardware
        else entry.model_copy(update={"accept_untested_on_hardware": Acceptance(by=answers, on=today)})
        for name, entry in file.instruments.items()
    }
    return file.model_copy(update={"instruments": instruments})
