"""Commands of the meter that both dialects have."""

from operando.simulators.potentiostats.keithley.command_table import CommandTable
from operando.simulators.potentiostats.keithley.setting_commands import number_setting, switch_setting
from operando.simulators.potentiostats.keithley.source import CURRENT
from operando.simulators.potentiostats.keithley.source_commands import EITHER
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["add_sense_commands"]

LOWEST_CYCLES, HIGHEST_CYCLES = 0.01, 10.0


def add_sense_commands(table: CommandTable, bench: Workbench) -> None:
    """Integration time and ranges."""
    settings = bench.settings

    def put_cycles(key: str, value: float) -> None:
        bench.meter.power_line_cycles[key] = value

    def put_range(key: str, value: float) -> None:
        bench.meter.ranges[key], bench.meter.range_auto[key] = abs(value), False

    def range_window(key: str) -> tuple[float, float, float]:
        largest = settings.current_A if key == CURRENT else settings.voltage_V
        return -largest, largest, largest

    table.add(
        f"[:SENSe[1]]:{EITHER}[:DC]:NPLCycles",
        number_setting(
            lambda key: bench.meter.power_line_cycles[key],
            put_cycles,
            lambda _: (LOWEST_CYCLES, HIGHEST_CYCLES, 1.0),
        ),
    )
    table.add(
        f"[:SENSe[1]]:{EITHER}[:DC]:RANGe[:UPPer]",
        number_setting(lambda key: bench.meter.ranges[key], put_range, range_window),
    )
    table.add(f"[:SENSe[1]]:{EITHER}[:DC]:RANGe:AUTO", switch_setting(lambda: bench.meter.range_auto))
