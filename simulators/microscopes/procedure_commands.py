"""Commands that start automatic procedures (SharkRemote 2.0.25 and SharkSEM 3.2.20). Scanning must be inactive."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from operando.simulators.microscopes.commands import DONE, IGNORED, Call, Command, CommandTable, Outcome
from operando.simulators.microscopes.parts import Parts
from operando.simulators.world.beam import Exposure

__all__ = ["procedure_commands"]

TEST_PIXELS = (64, 48)
TEST_DWELL_s = 10e-6


def procedure_commands(parts: Parts) -> CommandTable:
    """Autofocus and its like."""
    settings, column = parts.settings, parts.column
    tests = 0

    def permitted(call: Call) -> bool:
        channel = call.integers[0]
        return 0 <= channel < len(parts.detectors.channels) and not parts.scanning(call.now)

    def focus(call: Call, duration_s: float) -> Outcome:
        if not permitted(call):
            return IGNORED
        nearest_mm, farthest_mm = settings.working_distance_limits_mm
        if len(call.numbers) >= 2:
            nearest_mm, farthest_mm = sorted(call.numbers[:2])

        def finish(now: float) -> None:
            if not parts.lit(now) or parts.detectors.signal(call.integers[0]) is None:
                return  # nothing to see: the focus stays
            found_mm = parts.world.best_working_distance_m(now) * 1e3 - column.focus_shift_mm(now)
            found_mm = parts.procedures.inexact(found_mm, settings.autofocus_error_um * 1e-3)
            column.set_working_distance(min(max(found_mm, nearest_mm), farthest_mm), now)

        parts.procedures.begin(duration_s, finish, call.now)
        return DONE

    def auto_focus(call: Call) -> Outcome:
        return focus(call, settings.autofocus_s)

    def fine_focus(call: Call) -> Outcome:
        return focus(call, settings.fine_autofocus_s)

    def auto_signal(call: Call) -> Outcome:
        nonlocal tests
        channel = call.integers[0]
        if not 0 <= channel < len(parts.detectors.channels) or parts.procedures.running(call.now):
            return IGNORED
        name = parts.detectors.signal(channel)
        if name is None or not parts.lit(call.now):
            return DONE
        tests += 1
        signal = _test_signal(parts, name, tests, call.now)

        def finish(now: float) -> None:
            parts.detectors.fit_levels(channel, signal, now)

        parts.procedures.begin(settings.auto_signal_s, finish, call.now)
        return DONE

    def busy_for(duration_s: float, finish: Callable[[float], None]) -> Callable[[Call], Outcome]:
        def execute(call: Call) -> Outcome:
            if parts.scanning(call.now):
                return IGNORED
            parts.procedures.begin(duration_s, finish, call.now)
            return DONE

        return execute

    def unchanged(now: float) -> None:
        """The column is well aligned already."""

    return {
        "AutoWD": Command("i|ffu" if settings.version_numbers >= (3,) else "i|ff", auto_focus),
        "AutoWDFine": Command("i|fff", fine_focus, since=(3,)),
        "DtAutoSignal": Command("i|u", auto_signal),
        "AutoColumn": Command("i", busy_for(settings.auto_column_s, unchanged)),
        "AutoGun": Command("i", busy_for(settings.auto_column_s, unchanged)),
        "Degauss": Command("", busy_for(settings.auto_signal_s, unchanged)),
        "AutoStigmators": Command("i", busy_for(settings.fine_autofocus_s, column.align_stigmator), since=(3,)),
    }


def _test_signal(parts: Parts, name: str, number: int, now: float) -> NDArray[np.float32]:
    """A small picture of the field as it is now."""
    exposure = Exposure(
        stage=parts.stage.pose(now),
        beam=parts.column.true_settings(now),
        detectors=(name,),
        pixels=TEST_PIXELS,
        dwell_s=TEST_DWELL_s,
        start_s=now,
        line_time_s=0.0,
        frame=(1 << 62) | number,
    )
    return parts.world.expose(exposure, range(TEST_PIXELS[1]))[0]
