"""What a check gets to work with: the instrument that is judged, the bench around it, and time."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from operando.drivers.bench import BenchFile, Roles
from operando.drivers.bench.judged_bench import Expected
from operando.drivers.clock import Clock
from operando.drivers.conformance.check import NotOffered, Role
from operando.drivers.conformance.expected import expected_readings
from operando.drivers.conformance.measurement import Curve
from operando.drivers.conformance.severable import LineState
from operando.drivers.conformance.subject import Player, Subject
from operando.drivers.errors import ConfigMismatch, InstrumentError, TransportError
from operando.drivers.roles import (
    Column,
    Detectors,
    EdsSpectrometer,
    Instrument,
    Potentiostat,
    Reading,
    Scanner,
    Stage,
)

__all__ = ["Memory", "Picture", "Trial"]

Result = TypeVar("Result")
RoleType = TypeVar("RoleType")

FORGETS_S = 30.0
"""Some instruments hold on to a client that was lost, and answer nobody else for so long."""


@dataclass(slots=True)
class Memory:
    """What one check finds out for the next.

    Args:
        steps: how many steps were started; the number of the next one follows from it.
        current_A: the smallest current that the cell answers visibly, by the name of the potentiostat.
        rest_V: the voltage of the cell at rest, by the name of the potentiostat.
        afterwards: what is to be undone after the last check.
    """

    steps: int = 0
    current_A: dict[str, float] = field(default_factory=dict)
    rest_V: dict[str, float] = field(default_factory=dict)
    afterwards: ExitStack = field(default_factory=ExitStack)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for the page of the verdict, with what it shows."""

    title: str
    pixels: NDArray[np.uint8] | NDArray[np.uint16]


class Trial:
    """One run of one check."""

    def __init__(self, subject: Subject, role: Role, player: Player, memory: Memory) -> None:
        self._subject = subject
        self.role = role
        self.player = player
        self.memory = memory
        self.curves: list[Curve] = []
        self.pictures: list[Picture] = []

    @property
    def clock(self) -> Clock:
        return self._subject.bench.clock

    @property
    def file(self) -> BenchFile:
        return self._subject.file

    @property
    def instrument(self) -> Instrument:
        """Whoever is judged."""
        assert self.player.role is not None, "the judge asks nobody"
        return self.player.role

    @property
    def potentiostat(self) -> Potentiostat:
        """The one that is judged, or the only one of the bench."""
        own = self._own.potentiostat
        return own if own is not None else self._other(lambda: self._subject.bench.potentiostat)

    @property
    def stage(self) -> Stage:
        own = self._own.stage
        return own if own is not None else self._other(lambda: self._subject.bench.stage)

    @property
    def column(self) -> Column:
        own = self._own.column
        return own if own is not None else self._other(lambda: self._subject.bench.column)

    @property
    def scanner(self) -> Scanner:
        own = self._own.scanner
        return own if own is not None else self._other(lambda: self._subject.bench.scanner)

    @property
    def detectors(self) -> Detectors:
        own = self._own.detectors
        return own if own is not None else self._other(lambda: self._subject.bench.detectors)

    @property
    def eds(self) -> EdsSpectrometer:
        own = self._own.eds
        return own if own is not None else self._other(lambda: self._subject.bench.eds)

    @property
    def reading(self) -> Callable[[], Reading] | None:
        """What reads the sensor that is judged; None if it is no sensor."""
        readers: dict[str, Callable[[Roles], Callable[[], Reading]]] = {
            "pressure": lambda roles: roles.pressures[self.player.place].pressure,
            "thermometer": lambda roles: roles.thermometers[self.player.place].temperature,
            "force": lambda roles: roles.forces[self.player.place].force,
        }
        return readers[self.role](self._own) if self.role in readers else None

    @property
    def expected(self) -> Expected | None:
        """What the bench file says that the sensor that is judged should show."""
        return expected_readings(self.file)[self.role].get(self.player.place)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep_until(self.clock.now() + seconds)

    def until(self, done: Callable[[], bool], at_most_s: float, every_s: float = 0.1) -> float:
        """Ask until it is done: the seconds that it took, NaN if it did not happen in time."""
        started_s = self.clock.now()
        while not done():
            if self.clock.now() - started_s >= at_most_s:
                return float("nan")
            self.wait(every_s)
        return self.clock.now() - started_s

    def timed(self, call: Callable[[], Result]) -> tuple[Result, float]:
        """The result of a call and how long it took."""
        started_s = self.clock.now()
        result = call()
        return result, self.clock.now() - started_s

    def refused(self, call: Callable[[], object], by: type[InstrumentError]) -> tuple[bool, str]:
        """Whether a call is refused by an error of a kind, and what happened instead, or the words of the error."""
        try:
            call()
        except by as error:
            return True, error.what
        except InstrumentError as error:
            return False, f"{type(error).__name__}: {error.what}"
        return False, "it was accepted"

    def require_own_safe_state(self) -> None:
        """For checks of being made safe.

        Raises:
            NotOffered: if another program has the cell, so that nothing can be made safe from here.
        """
        if self._subject.only_watched(self.player.instrument):
            raise NotOffered("a safe state of its own: another program has the cell")

    def require_talk(self) -> None:
        """For checks that expect an answer to a question.

        Raises:
            NotOffered: if nothing is asked: a file that does not grow is no fault.
        """
        if self._subject.only_watched(self.player.instrument):
            raise NotOffered("an answer: a file that does not grow is no silent instrument")

    def require_line(self) -> None:
        """For checks that start something before they cut the wire.

        Raises:
            NotOffered: if the instrument is not reached over a link of ours.
        """
        self._subject.require_line(self.player.instrument)

    @contextmanager
    def line(self, state: LineState) -> Iterator[None]:
        """The wire of the instrument is pulled or silent as long as the block lasts; then all on it have noticed.

        Raises:
            NotOffered: if it is not reached over a link of ours.
        """
        try:
            with self._subject.line(self.player.instrument, state):
                yield
        finally:
            for name in self._subject.neighbours(self.player.instrument) if state is LineState.PULLED else ():
                for ask in _questions(self._subject.roles[name]):
                    self.until(partial(_answers, ask), FORGETS_S, 1.0)

    @contextmanager
    def another_client(self) -> Iterator[Roles]:
        """The same instrument once more, as long as the block lasts."""
        with self._subject.another_client(self.player.instrument) as roles:
            yield roles

    @property
    def _own(self) -> Roles:
        return self._subject.roles.get(self.player.instrument, Roles())

    @staticmethod
    def _other(find: Callable[[], RoleType]) -> RoleType:
        try:
            return find()
        except ConfigMismatch as error:
            raise NotOffered(error.what) from error


def _questions(roles: Roles) -> Iterator[Callable[[], object]]:
    """One question to each role: who it is, or what it reads, because not every sensor knows who it is."""
    sensors = (*roles.pressures.values(), *roles.thermometers.values(), *roles.forces.values())
    yield from (role.identify for role in roles.all() if not any(role is sensor for sensor in sensors))
    yield from (gauge.pressure for gauge in roles.pressures.values())
    yield from (sensor.temperature for sensor in roles.thermometers.values())
    yield from (sensor.force for sensor in roles.forces.values())


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except TransportError:
        return False
    return True
