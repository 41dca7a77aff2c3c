"""All checks, in the order in which they run: what only reads first, what energises last."""

from functools import cache

from operando.drivers.conformance.check import Check, Role

__all__ = ["catalogue"]


@cache
def catalogue() -> tuple[Check, ...]:
    """Every check of every role."""
    from operando.drivers.conformance import (
        column,
        detectors,
        dummy_cell,
        eds,
        potentiostat_ends,
        potentiostat_observed,
        potentiostat_safety,
        potentiostat_samples,
        scanner,
        stage,
        together,
    )
    from operando.drivers.conformance.common import checks_of
    from operando.drivers.conformance.sensors import checks_of_sensors

    own: dict[Role, tuple[Check, ...]] = {
        Role.POTENTIOSTAT: (
            *potentiostat_safety.CHECKS,
            *potentiostat_samples.CHECKS,
            *potentiostat_ends.CHECKS,
            *dummy_cell.CHECKS,
            *potentiostat_observed.CHECKS,
        ),
        Role.PRESSURE: checks_of_sensors(Role.PRESSURE),
        Role.THERMOMETER: checks_of_sensors(Role.THERMOMETER),
        Role.FORCE: checks_of_sensors(Role.FORCE),
        Role.STAGE: stage.CHECKS,
        Role.DETECTORS: detectors.CHECKS,
        Role.COLUMN: column.CHECKS,
        Role.SCANNER: scanner.CHECKS,
        Role.EDS: eds.CHECKS,
        Role.BENCH: together.CHECKS,
    }
    return tuple(
        check
        for role in Role
        for check in ((*checks_of(role), *own.get(role, ())) if role is not Role.BENCH else own.get(role, ()))
    )
