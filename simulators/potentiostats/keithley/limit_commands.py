"""Commands of the 2450 family that bound the source: limits, over-voltage protection, read back, state when off."""

from math import inf

from operando.simulators.potentiostats.keithley.command_table import Call, CommandTable
from operando.simulators.potentiostats.keithley.scpi_error import ScpiError
from operando.simulators.potentiostats.keithley.setting_commands import number_setting, switch_setting
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE
from operando.simulators.potentiostats.keithley.source_commands import EITHER, OFF_STATES
from operando.simulators.potentiostats.keithley.values import choice
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["add_limit_commands"]

PROTECTIONS = {f"PROT{volts}": float(volts) for volts in (2, 5, 10, 20, 40, 60, 80, 100, 120, 140, 160, 180)} | {
    "NONE": inf
}


def add_limit_commands(table: CommandTable, bench: Workbench) -> None:
    """`:SOUR:CURR:VLIM`, `:SOUR:VOLT:ILIM`, `:SOUR:VOLT:PROT`, `:SOUR:...:READ:BACK`, `:OUTP:...:SMOD`."""
    settings = bench.settings

    def apply(now: float) -> None:
        bench.source.apply(now)

    def put_voltage_limit(_: str, value: float) -> None:
        bench.source.voltage_limit_V = value

    def put_current_limit(_: str, value: float) -> None:
        bench.source.current_limit_A = value

    def tripped(call: Call, function: str) -> str:
        return str(int(bench.source.function == function and bench.source.limited(call.now)))

    def protection(call: Call) -> str | None:
        if call.query:
            return next(word for word, volts in PROTECTIONS.items() if volts == bench.source.protection_V)
        word = call.argument().upper()
        if word not in PROTECTIONS:
            raise ScpiError(-224)
        bench.source.protection_V = PROTECTIONS[word]
        bench.source.apply(call.now)
        return None

    def protection_tripped(call: Call) -> str:
        voltage_V = abs(bench.source.measure(call.now)[0]) if bench.source.output else 0.0
        return str(int(voltage_V >= bench.source.protection_V))

    def off_state(call: Call, *functions: str) -> str | None:
        if call.query:
            return bench.source.off_states[functions[0]]
        word = choice(call.argument(), OFF_STATES)
        bench.source.off_states.update(dict.fromkeys(functions, word))
        return None

    smallest_A, smallest_V = settings.smallest_current_limit_A, settings.smallest_voltage_limit_V
    table.add(
        ":SOURce[1]:CURRent:VLIMit[:LEVel]",
        number_setting(
            lambda _: bench.source.voltage_limit_V,
            put_voltage_limit,
            lambda _: (smallest_V, settings.voltage_V, settings.power_on_voltage_limit_V),
            apply,
        ),
    )
    table.add(
        ":SOURce[1]:VOLTage:ILIMit[:LEVel]",
        number_setting(
            lambda _: bench.source.current_limit_A,
            put_current_limit,
            lambda _: (smallest_A, settings.current_A, settings.power_on_current_limit_A),
            apply,
        ),
    )
    table.add(":SOURce[1]:CURRent:VLIMit:TRIPped", lambda call: tripped(call, CURRENT), sets=False)
    table.add(":SOURce[1]:VOLTage:ILIMit:TRIPped", lambda call: tripped(call, VOLTAGE), sets=False)
    table.add(":SOURce[1]:VOLTage:PROTection[:LEVel]", protection)
    table.add(":SOURce[1]:VOLTage:PROTection:TRIPped", protection_tripped, sets=False)
    table.add(f":SOURce[1]:{EITHER}:READ:BACK", switch_setting(lambda: bench.source.read_back))
    table.add(f":SOURce[1]:{EITHER}:HIGH:CAPacitance", switch_setting(lambda: bench.source.high_capacitance))
    table.add(f":OUTPut[1]:{EITHER}:SMODe", lambda call: off_state(call, call.words[0][:4]))
    table.add(":OUTPut[1]:SMODe", lambda call: off_state(call, CURRENT, VOLTAGE))
    table.add(":OUTPut[1]:INTerlock:TRIPped", lambda _: "0", sets=False)
