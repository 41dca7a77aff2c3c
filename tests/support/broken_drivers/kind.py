"""What every broken driver has: it passes everything through, except what it breaks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from operando.drivers.bench import Roles
from operando.drivers.roles import (
    Column,
    Detectors,
    EdsSpectrometer,
    Potentiostat,
    PressureSensor,
    Scanner,
    Stage,
    Thermometer,
)

__all__ = ["Breaker", "Broken", "breaking"]

Breaker = Callable[[Roles], Roles]


class Broken:
    """Stands before one role.

    The first line of its docstring says what is wrong; `caught_by` is the id of the check that must find it.
    """

    role: ClassVar[str]
    caught_by: ClassVar[str]

    def __init__(self, roles: Roles) -> None:
        self.roles = roles

    def __getattr__(self, name: str) -> object:
        return getattr(inner(self.roles, self.role), name)

    @property
    def potentiostat(self) -> Potentiostat:
        assert self.roles.potentiostat
        return self.roles.potentiostat

    @property
    def stage(self) -> Stage:
        assert self.roles.stage
        return self.roles.stage

    @property
    def column(self) -> Column:
        assert self.roles.column
        return self.roles.column

    @property
    def scanner(self) -> Scanner:
        assert self.roles.scanner
        return self.roles.scanner

    @property
    def detectors(self) -> Detectors:
        assert self.roles.detectors
        return self.roles.detectors

    @property
    def eds(self) -> EdsSpectrometer:
        assert self.roles.eds
        return self.roles.eds

    @property
    def gauge(self) -> PressureSensor:
        return next(iter(self.roles.pressures.values()))

    @property
    def sensor(self) -> Thermometer:
        return next(iter(self.roles.thermometers.values()))


def inner(roles: Roles, role: str) -> object:
    """The real driver in a role; of several, the first."""
    found = getattr(roles, role)
    return next(iter(found.values())) if isinstance(found, dict) else found


def breaking(kind: type[Broken]) -> Breaker:
    """Puts a broken driver before every instrument that plays its role."""

    def broken(roles: Roles) -> Roles:
        played = getattr(roles, kind.role)
        if not played:
            return roles
        stands_before = kind(roles)
        changes: dict[str, Any] = {
            kind.role: dict.fromkeys(played, stands_before) if isinstance(played, dict) else stands_before
        }
        return replace(roles, **changes)

    return broken
