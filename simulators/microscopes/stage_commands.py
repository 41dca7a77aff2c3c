"""The Stg commands (SharkRemote 2.0.25 and SharkSEM 3.2.20, stage)."""

from operando.simulators.microscopes.commands import DONE, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.parts import Parts

__all__ = ["stage_commands"]

DEVICE_LIMITS, SOFT_LIMITS = 0, 1


def stage_commands(parts: Parts) -> CommandTable:
    """What the stage understands."""
    stage, settings = parts.stage, parts.settings

    def position(call: Call) -> Outcome:
        return answer(*stage.displayed(call.now))

    def move_to(call: Call) -> Outcome:
        stage.move_to(call.numbers, call.now)
        return Outcome(takes_s=settings.stage_command_s)

    def move_to_with_result(call: Call) -> Outcome:
        return answer(stage.move_to(call.numbers, call.now), takes_s=settings.stage_command_s)

    def drive(call: Call) -> Outcome:
        stage.drive(call.numbers, call.now)
        return DONE

    def drive_with_result(call: Call) -> Outcome:
        return answer(stage.drive(call.numbers, call.now))

    def stop(call: Call) -> Outcome:
        stage.stop(call.now)
        return DONE

    def is_busy(call: Call) -> Outcome:
        return answer(int(stage.poll(call.now)))

    def is_calibrated(call: Call) -> Outcome:
        return answer(int(stage.calibrated))

    def calibrate(call: Call) -> Outcome:
        stage.calibrate(call.now)
        return DONE

    def calibrate_with_result(call: Call) -> Outcome:
        stage.calibrate(call.now)
        return answer(0)

    def limits(call: Call) -> Outcome:
        if call.integers[0] not in (DEVICE_LIMITS, SOFT_LIMITS):
            return Outcome(ignored=True)
        pairs = zip(settings.stage_lowest, settings.stage_highest, strict=True)
        return answer(*(float(limit) for pair in pairs for limit in pair))

    def motorized(call: Call) -> Outcome:
        return answer(0, 0, 0, 0, 0)  # both manuals say that zero means motorised

    def watchdog(call: Call) -> Outcome:
        stage.watch(call.numbers[0], call.now)
        return DONE

    return {
        "StgGetPosition": Command("", position),
        "StgMoveTo": Command("f|fffff", move_to),
        "StgMoveToEx": Command("f|fffff", move_to_with_result, since=(3, 2, 1)),
        "StgMove": Command("f|fffff", drive),
        "StgMoveEx": Command("f|fffff", drive_with_result, since=(3, 2, 1)),
        "StgStop": Command("", stop),
        "StgIsBusy": Command("", is_busy),
        "StgIsCalibrated": Command("", is_calibrated),
        "StgCalibrate": Command("", calibrate),
        "StgCalibrateEx": Command("", calibrate_with_result, since=(3, 2, 1)),
        "StgGetLimits": Command("i", limits, since=(2, 0, 22)),
        "StgGetMotorized": Command("", motorized, since=(2, 0, 22)),
        "StgWatchdog": Command("f", watchdog, since=(2, 0, 22)),
    }
