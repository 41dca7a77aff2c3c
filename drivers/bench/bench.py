"""An open bench: its instruments by role, and the promise to leave cell and beam safe."""

import threading
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import TypeVar

from operando.drivers.bench.file import BenchFile
from operando.drivers.bench.roles import Roles
from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, DeviceFault
from operando.drivers.links import LinkRegistry, Truth
from operando.drivers.roles import (
    Column,
    Detectors,
    EdsSpectrometer,
    ForceSensor,
    Instrument,
    Potentiostat,
    PressureSensor,
    SafeState,
    Safety,
    Scanner,
    Stage,
    Thermometer,
)

__all__ = ["Bench"]

MAKE_SAFE_DEADLINE_S = 5.0
RoleType = TypeVar("RoleType")


class Bench:
    """Instruments by role. As a context manager it leaves cell and beam safe, whatever happens inside.

    What was confirmed stands in `safe_states` after the block, one entry for each role.

    Args:
        file: as written.
        clock: of the bench.
        instruments: roles by the name of their instrument.
        links: through which they were opened.
        read_only: names of instruments whose drivers nobody has accepted on hardware. Nothing that has an effect was
            sent to them, and making them safe is an effect, too: a step that somebody else started there runs on.
    """

    def __init__(
        self,
        file: BenchFile,
        clock: Clock,
        instruments: Mapping[str, Roles],
        links: LinkRegistry,
        read_only: frozenset[str] = frozenset(),
    ) -> None:
        self._read_only = read_only
        self.file = file
        self.clock = clock
        self.links = links
        self.safe_states: tuple[SafeState, ...] = ()
        self._instruments = dict(instruments)

    def __enter__(self) -> "Bench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.safe_states = self.make_safe()
            if error is not None:
                error.add_note("\n".join(["The bench was left:", *(f"  {state}" for state in self.safe_states)]))
        finally:
            self.close(after=error)

    @property
    def potentiostat(self) -> Potentiostat:
        """That of the cell in the microscope, whatever else has a control cell."""
        return _only(self._potentiostats(), "potentiostat")

    @property
    def control_potentiostat(self) -> Potentiostat | None:
        """That of the control cell; None if the bench file names none.

        Raises:
            ConfigMismatch: if the instrument that it names is no potentiostat.
        """
        control = self.file.control_cell
        if control is None:
            return None
        found = self._instruments.get(control.potentiostat, Roles()).potentiostat
        if found is None:
            raise ConfigMismatch(
                "the control cell needs a potentiostat, and this instrument is none",
                where=control.potentiostat,
                remedy="Name one under control_cell in the bench file.",
            )
        return found

    @property
    def stage(self) -> Stage:
        return _only([r.stage for r in self._instruments.values() if r.stage], "stage")

    @property
    def column(self) -> Column:
        return _only([r.column for r in self._instruments.values() if r.column], "column")

    @property
    def scanner(self) -> Scanner:
        return _only([r.scanner for r in self._instruments.values() if r.scanner], "scanner")

    @property
    def detectors(self) -> Detectors:
        return _only([r.detectors for r in self._instruments.values() if r.detectors], "detectors")

    @property
    def eds(self) -> EdsSpectrometer:
        return _only([r.eds for r in self._instruments.values() if r.eds], "EDS spectrometer")

    @property
    def pressures(self) -> Mapping[str, PressureSensor]:
        """Gauges by what they measure."""
        return {name: gauge for roles in self._instruments.values() for name, gauge in roles.pressures.items()}

    @property
    def thermometers(self) -> Mapping[str, Thermometer]:
        """Thermometers by what they measure."""
        return {name: sensor for roles in self._instruments.values() for name, sensor in roles.thermometers.items()}

    @property
    def forces(self) -> Mapping[str, ForceSensor]:
        """Force sensors by what they measure."""
        return {name: sensor for roles in self._instruments.values() for name, sensor in roles.forces.items()}

    @property
    def truth(self) -> Truth | None:
        """Ground truth if the bench stands in a simulated world."""
        return self.links.truth()

    @property
    def has_potentiostat(self) -> bool:
        return bool(self._potentiostats())

    @property
    def has_microscope(self) -> bool:
        return any(roles.scanner for roles in self._instruments.values())

    @property
    def has_eds(self) -> bool:
        return any(roles.eds for roles in self._instruments.values())

    def _potentiostats(self) -> list[Potentiostat]:
        """Those of the cell in the microscope."""
        control = self.file.control_cell.potentiostat if self.file.control_cell else None
        return [r.potentiostat for name, r in self._instruments.items() if r.potentiostat and name != control]

    def all(self) -> tuple[Instrument, ...]:
        """Every role of every instrument."""
        return tuple(role for roles in self._instruments.values() for role in roles.all())

    def one_role_each(self) -> tuple[Instrument, ...]:
        """One role of each instrument, enough to ask who it is."""
        return tuple(next(roles.all()) for roles in self._instruments.values())

    def make_safe(self, only: Collection[str] | None = None) -> tuple[SafeState, ...]:
        """Make every instrument safe, cell and beam at once, none waiting for another.

        An instrument that does not come back by the deadline is reported as unknown.

        Args:
            only: names of those that are to be made safe, all if None; the others are left as they are.
        """
        roles = tuple(role for role in self.all() if only is None or role.name in only)
        if self.clock.virtual:
            return tuple(self.make_one_safe(role) for role in roles)
        results: dict[int, SafeState] = {}

        def work(index: int, role: Instrument) -> None:
            results[index] = self.make_one_safe(role)

        threads = [threading.Thread(target=work, args=(i, role), daemon=True) for i, role in enumerate(roles)]
        for thread in threads:
            thread.start()
        deadline = self.clock.now() + MAKE_SAFE_DEADLINE_S
        for thread in threads:
            thread.join(max(0.0, deadline - self.clock.now()))
        late = f"did not answer within {MAKE_SAFE_DEADLINE_S:g} s"
        return tuple(results.get(i, SafeState(role.name, Safety.UNKNOWN, late)) for i, role in enumerate(roles))

    def make_one_safe(self, role: Instrument) -> SafeState:
        """Make one instrument safe; whatever goes wrong is reported as unknown, because nothing was confirmed."""
        if role.name in self._read_only:
            return SafeState(role.name, Safety.UNKNOWN, "left as it was: nobody has accepted its driver on hardware")
        try:
            return _told(role.name, role.make_safe())
        except Exception as error:  # noqa: BLE001  a defect in one driver must not keep the others from being made safe
            return SafeState(role.name, Safety.UNKNOWN, f"{type(error).__name__}: {error}")

    def leave(self, touched: Collection[str] | None) -> Mapping[str, str]:
        """Make safe what was used, and let go of all wires; whatever else runs on the other instruments goes on.

        Args:
            touched: names of the instruments that were given orders with an effect; None if that can be any.

        Returns:
            What came instead of letting go, by the name of the instrument; empty if all did.
        """
        try:
            self.safe_states = self.make_safe(touched)
        finally:
            not_let_go = self._let_go()
        return not_let_go

    def close(self, after: BaseException | None = None) -> None:
        """Let go of all wires, even if a driver fails to; changes no output.

        Args:
            after: the error that ends the work on the bench; what goes wrong here is then noted on it, not raised.

        Raises:
            DeviceFault: which instruments did not let go.
        """
        not_let_go = self._let_go()
        if not not_let_go:
            return
        what = "; ".join(f"{name} does not let go of its wire: {error}" for name, error in not_let_go.items())
        if after is not None:
            after.add_note(what)
            return
        raise DeviceFault(
            what, where=", ".join(not_let_go), remedy="All others were let go. Its driver breaks a promise: mend close."
        )

    def _let_go(self) -> Mapping[str, str]:
        failed: dict[str, str] = {}
        try:
            for name, roles in reversed(self._instruments.items()):
                for role in roles.all():
                    try:
                        role.close()
                    except Exception as error:  # noqa: BLE001  one defective driver must not keep the other wires
                        failed[name] = f"{type(error).__name__}: {error}"
        finally:
            self.links.close()
        return failed


def _told(instrument: str, returned: object) -> SafeState:
    """What a driver said after it was made safe: one that says nothing has confirmed nothing."""
    if isinstance(returned, SafeState):
        return returned
    return SafeState(instrument, Safety.UNKNOWN, f"its make_safe confirmed nothing: it returned {returned!r}")


def _only(found: Sequence[RoleType], role: str) -> RoleType:
    if len(found) != 1:
        raise ConfigMismatch(
            f"the bench has {len(found)} instruments in the role of {role}, one is needed",
            remedy="Name one in the bench file.",
        )
    return found[0]
