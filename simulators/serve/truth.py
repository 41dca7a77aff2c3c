"""What is true in the laboratory now, for tests that look from outside whether cell and beam were left safe."""

from dataclasses import asdict

from pydantic import JsonValue

from operando.simulators.laboratory import Laboratory
from operando.simulators.potentiostats import EmStat4

__all__ = ["true_state"]


def true_state(laboratory: Laboratory, now: float) -> dict[str, JsonValue]:
    """The true state of world, cell, beam and stage, by names with units.

    `cell_is_on` tells whether the potentiostat connects the cell, `script_runs` whether it carries out a step.
    """
    world = laboratory.world
    world.advance(now)
    beam = world.beam
    state: dict[str, JsonValue] = {"time_s": now, **laboratory.truth.at(now)}
    state |= {
        "beam_on_specimen": beam.on_specimen,
        "beam_voltage_V": beam.settings.voltage_V,
        "beam_current_A": beam.settings.current_A,
        "stage": dict(asdict(beam.stage)),
    }
    potentiostat = laboratory.instruments.get("potentiostat")
    if isinstance(potentiostat, EmStat4):
        state |= {"cell_is_on": potentiostat.cell_is_on, "script_runs": potentiostat.running}
    return state
