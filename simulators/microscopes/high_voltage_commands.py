"""The HV commands (SharkRemote 2.0.25 and SharkSEM 3.2.20, high voltage)."""

from operando.simulators.microscopes.commands import DONE, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.high_voltage import BeamState
from operando.simulators.microscopes.parameters import write_map
from operando.simulators.microscopes.parts import Parts

__all__ = ["high_voltage_commands"]


def high_voltage_commands(parts: Parts) -> CommandTable:
    """What the gun understands."""
    gun, settings = parts.high_voltage, parts.settings

    def state(call: Call) -> Outcome:
        state = gun.state(call.now)
        if state == BeamState.CHANGING and settings.version_numbers < (3,):
            state = BeamState.ON if gun.on else BeamState.OFF
        return answer(state)

    def switch_on(call: Call) -> Outcome:
        gun.switch_on(call.now)
        return DONE

    def switch_off(call: Call) -> Outcome:
        gun.switch_off(call.now)
        return DONE

    def voltage(call: Call) -> Outcome:
        return answer(gun.voltage_V(call.now))

    def set_voltage(call: Call) -> Outcome:
        duration_s = gun.set_voltage(call.numbers[0], call.now)
        parts.column.energy_changes()
        in_background = call.integer(0, default=0) == 1
        return DONE if in_background else Outcome(takes_s=duration_s)

    def stop_ramp(call: Call) -> Outcome:
        gun.stop_ramp(call.now)
        return DONE

    def emission(call: Call) -> Outcome:
        return answer(settings.emission_uA if gun.on else 0.0)

    def index(call: Call) -> Outcome:
        if not gun.on:
            return answer(1000)
        return answer(1001 if gun.ramping(call.now) else 0)

    def indexes(call: Call) -> Outcome:
        lowest, highest = settings.voltage_limits_V
        value = gun.voltage_V(call.now)
        entries = {"hv.0.min": f"{lowest:g}", "hv.0.max": f"{highest:g}", "hv.0.value": f"{value:g}"}
        return answer(write_map(entries))

    def filament_time(call: Call) -> Outcome:
        return answer(0)

    def heating(call: Call) -> Outcome:
        return answer(0.0)

    def nothing(call: Call) -> Outcome:
        return DONE

    return {
        "HVGetBeam": Command("", state),
        "HVBeamOn": Command("", switch_on),
        "HVBeamOff": Command("", switch_off),
        "HVGetVoltage": Command("", voltage),
        "HVSetVoltage": Command("f|i", set_voltage),
        "HVStopAsyncProc": Command("", stop_ramp),
        "HVGetEmission": Command("", emission),
        "HVGetIndex": Command("", index),
        "HVSetIndex": Command("i", nothing),
        "HVEnumIndexes": Command("", indexes),
        "HVGetFilTime": Command("", filament_time),
        "HVGetHeating": Command("", heating),
        "HVAutoHeat": Command("i", nothing),
    }
