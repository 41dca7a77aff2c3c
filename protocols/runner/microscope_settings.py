"""Every setting of the microscope that a protocol owns, read back at one moment, and how two such moments differ."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial

from pydantic import JsonValue

from operando.drivers.bench import Bench
from operando.drivers.roles import BeamConditions, DetectorSettings, HighVoltage, StagePosition
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.surveillance import beam_deviations, detector_deviations, stage_deviations

__all__ = ["MicroscopeSettings", "differences", "read_settings"]


@dataclass(frozen=True, slots=True)
class MicroscopeSettings:
    """As the microscope tells them; detectors by name."""

    stage: StagePosition
    conditions: BeamConditions
    high_voltage: HighVoltage
    detectors: dict[str, DetectorSettings]

    @property
    def values(self) -> dict[str, JsonValue]:
        """For the record."""
        conditions = {**asdict(self.conditions), "shift_m": list(self.conditions.shift_m)}
        conditions["stigmators"] = list(self.conditions.stigmators)
        return {
            "stage": asdict(self.stage),
            "conditions": conditions,
            "high_voltage": str(self.high_voltage),
            "detectors": {name: asdict(settings) for name, settings in self.detectors.items()},
        }


async def read_settings(bench: Bench, commands: Commands) -> MicroscopeSettings:
    """Ask for all of them; changes nothing.

    Raises:
        InstrumentError: if the microscope does not tell.
    """
    column, stage, detectors = bench.column, bench.stage, bench.detectors
    position = await commands.ask(stage, stage.position)
    conditions = await commands.ask(column, column.conditions)
    high_voltage = await commands.ask(column, column.high_voltage)
    settings = {}
    for name in await commands.ask(detectors, detectors.available):
        settings[name] = await commands.ask(detectors, partial(detectors.settings, name))
    return MicroscopeSettings(position, conditions, high_voltage, settings)


def differences(before: MicroscopeSettings, now: MicroscopeSettings, stage_tolerance_m: float) -> Iterator[str]:
    """What is not as it was, each in words."""
    yield from map(str, stage_deviations(before.stage, now.stage, stage_tolerance_m))
    yield from map(str, beam_deviations(before.conditions, now.conditions))
    if before.high_voltage is not now.high_voltage:
        yield f"the high voltage is {now.high_voltage} instead of {before.high_voltage}"
    for name, settings in before.detectors.items():
        if name in now.detectors:
            yield from map(str, detector_deviations(name, settings, now.detectors[name]))
