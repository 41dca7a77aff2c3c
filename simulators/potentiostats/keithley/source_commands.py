"""Commands of the source and the output that both dialects have."""

from operando.simulators.potentiostats.keithley.command_table import Call, CommandTable
from operando.simulators.potentiostats.keithley.setting_commands import number_setting, switch_setting, word_setting
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE
from operando.simulators.potentiostats.keithley.values import switch
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["FUNCTIONS", "OFF_STATES", "add_source_commands"]

FUNCTIONS = {CURRENT: "CURRENT", VOLTAGE: "VOLTAGE"}
OFF_STATES = {"NORM": "NORMAL", "HIMP": "HIMPEDANCE", "ZERO": "ZERO", "GUAR": "GUARD"}
TERMINALS = {"FRON": "FRONT", "REAR": "REAR"}
EITHER = "{CURRent|VOLTage}"


def add_source_commands(table: CommandTable, bench: Workbench) -> None:
    """`:SOUR:FUNC`, levels, ranges, `:OUTP` and `:ROUT:TERM`."""
    settings = bench.settings
    largest = {CURRENT: settings.current_A, VOLTAGE: settings.voltage_V}

    def apply(now: float) -> None:
        bench.source.apply(now)

    def put_function(word: str) -> None:
        bench.source.function = word

    def put_level(key: str, value: float) -> None:
        bench.source.levels[key] = value

    def put_range(key: str, value: float) -> None:
        bench.source.ranges[key], bench.source.range_auto[key] = value, False

    def output(call: Call) -> str | None:
        if call.query:
            return str(int(bench.source.output))
        bench.switch_output(on=switch(call.argument()), now=call.now)
        return None

    def terminals(word: str) -> None:
        bench.terminals = word

    def let_go(now: float) -> None:
        bench.switch_output(on=False, now=now)

    table.add(":SOURce[1]:FUNCtion[:MODE]", word_setting(lambda: bench.source.function, put_function, FUNCTIONS, apply))
    table.add(
        f":SOURce[1]:{EITHER}[:LEVel][:IMMediate][:AMPLitude]",
        number_setting(
            lambda key: bench.source.levels[key], put_level, lambda key: (-largest[key], largest[key], 0.0), apply
        ),
    )
    table.add(
        f":SOURce[1]:{EITHER}:RANGe",
        number_setting(
            lambda key: bench.source.ranges[key], put_range, lambda key: (-largest[key], largest[key], largest[key])
        ),
    )
    table.add(f":SOURce[1]:{EITHER}:RANGe:AUTO", switch_setting(lambda: bench.source.range_auto))
    table.add(":OUTPut[1][:STATe]", output)
    table.add(":ROUTe:TERMinals", word_setting(lambda: bench.terminals, terminals, TERMINALS, let_go))
