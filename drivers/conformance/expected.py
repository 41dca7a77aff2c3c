"""What the bench file says that sensors should show, by role and place."""

from collections.abc import Mapping

from operando.drivers.bench import BenchFile
from operando.drivers.bench.judged_bench import Expected
from operando.drivers.conformance.check import Role
from operando.drivers.errors import ConfigMismatch
from operando.drivers.nearest import unknown_word

__all__ = ["expected_readings", "require_places"]


def expected_readings(file: BenchFile) -> Mapping[Role, Mapping[str, Expected]]:
    """The expected readings of every kind of sensor."""
    readings = file.conformance.readings
    return {Role.PRESSURE: readings.pressure, Role.THERMOMETER: readings.temperature, Role.FORCE: readings.force}


def require_places(file: BenchFile, places: Mapping[Role, list[str]]) -> None:
    """See that every reading that is expected is one that somebody takes; else it would never be compared.

    Raises:
        ConfigMismatch: if nobody measures at a place.
    """
    for role, expected in expected_readings(file).items():
        for place in expected:
            if place not in places[role]:
                raise ConfigMismatch(
                    unknown_word("place", place, places[role]),
                    where=f"conformance, readings ({role})",
                    remedy="Name a place at which an instrument of this bench measures that.",
                )
