"""Commands for vacuum and airlock (SharkRemote 2.0.25 and SharkSEM 3.2.20); this chamber has no airlock."""

from operando.simulators.microscopes.commands import DONE, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.parts import Parts

__all__ = ["vacuum_commands"]

NO_AIRLOCK = -2


def vacuum_commands(parts: Parts) -> CommandTable:
    """What the pumps understand."""
    vacuum = parts.vacuum

    def status(call: Call) -> Outcome:
        return answer(vacuum.status(call.now))

    def pressure(call: Call) -> Outcome:
        return answer(vacuum.pressure_Pa(call.integers[0], call.now))

    def pump(call: Call) -> Outcome:
        vacuum.pump(call.now)
        return DONE

    def vent(call: Call) -> Outcome:
        parts.high_voltage.switch_off(call.now)
        vacuum.vent(call.now)
        return DONE

    def high_vacuum(call: Call) -> Outcome:
        return answer(0)

    def high_vacuum_pressure(call: Call) -> Outcome:
        return answer(0.0)

    def nothing(call: Call) -> Outcome:
        return DONE

    def no_airlock(call: Call) -> Outcome:
        return answer(NO_AIRLOCK)

    def no_second_airlock(call: Call) -> Outcome:
        return answer(NO_AIRLOCK, 0)

    def airlock_type(call: Call) -> Outcome:
        return answer(0)

    without_effect = ("ArlPump", "ArlVent", "ArlOpenValve", "ArlCloseValve")
    return {
        "VacGetStatus": Command("", status),
        "VacGetPressure": Command("i", pressure),
        "VacPump": Command("", pump),
        "VacVent": Command("", vent),
        "VacGetVPMode": Command("", high_vacuum),
        "VacGetVPPress": Command("", high_vacuum_pressure),
        "ArlGetType": Command("", airlock_type),
        "ArlGetStatus": Command("", no_airlock),
        "Arl2GetStatus": Command("", no_second_airlock),
    } | {name: Command("", nothing) for name in without_effect}
