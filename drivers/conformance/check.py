"""What one check of the conformance suite is, and the catalogue in which it stands."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from operando.drivers.conformance.measurement import Measurement

if TYPE_CHECKING:
    from operando.drivers.conformance.trial import Trial

__all__ = ["Check", "NotOffered", "Permission", "Proof", "Proven", "Role", "check"]


class Role(StrEnum):
    """The roles, in the order in which they are judged; the last needs several instruments."""

    POTENTIOSTAT = "potentiostat"
    PRESSURE = "pressure"
    THERMOMETER = "thermometer"
    FORCE = "force"
    STAGE = "stage"
    DETECTORS = "detectors"
    COLUMN = "column"
    SCANNER = "scanner"
    EDS = "eds"
    BENCH = "bench"


class Permission(StrEnum):
    """What a person must allow before a check may do it."""

    MOVE = "move"
    BEAM = "beam"
    CURRENT = "current"
    SPECTRUM = "spectrum"


class NotOffered(Exception):
    """A check found that the instrument does not have what it would judge; the text names what is missing."""


Proven = Generator[Measurement, None, None]
Proof = Callable[["Trial"], Proven]
"""Does what the check does, and yields what it measures."""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of a role, and how it is proven.

    Args:
        role: whose promise it is.
        name: of the check; `role.name` is its id, the same on every bench.
        promise: the sentence that is printed when it is broken, written after the docstring of the role.
        needs: what must be allowed first.
        has_effect: whether it sends anything that changes the instrument.
        obedience: whether a breach means that the instrument does not do as it is told, so that nothing that moves or
            energises may follow.
        prove: yields measurements.
    """

    role: Role
    name: str
    promise: str
    needs: frozenset[Permission]
    has_effect: bool
    obedience: bool
    prove: Proof

    @property
    def id(self) -> str:
        """The same on simulated, served, replayed and real instruments."""
        return f"{self.role}.{self.name}"


def check(
    role: Role, promise: str, *needs: Permission, name: str = "", effect: bool = False, obedience: bool = False
) -> Callable[[Proof], Check]:
    """Make a check of a function; its name is the name of the check unless another one is given."""

    def made(prove: Proof) -> Check:
        return Check(role, name or prove.__name__, promise, frozenset(needs), effect or bool(needs), obedience, prove)

    return made
