"""Questions to instruments whose right answers are known, in a form in which two answers can be compared."""

from collections.abc import Callable

import numpy as np

from operando.drivers.bench import Bench
from operando.drivers.clock import Clock
from operando.drivers.errors import StaleReply
from operando.drivers.roles import FrameRequest, Guard, OpenCircuit, Quality, Reading, Step, StepEndReason

__all__ = ["Answer", "as_answer", "frame", "pressures", "rough_pressures", "sample_of_a_rest", "spectrum", "whole_step"]

Answer = tuple[object, ...]
LOOK_EVERY_S = 0.2
MOST_LOOKS = 200
"""Longer than a potentiostat stays silent before its driver asks whether the step still runs."""
MOST_LOOKS_FOR_A_SAMPLE = 50
"""One comes each second."""


def settled(value: float, step: float) -> float:
    """Without the noise of the sensor."""
    return round(value / step) * step


def as_answer(reading: Reading, step: float) -> Answer:
    if reading.quality is not Quality.OK:
        return (reading.quality,)
    return (reading.unit, settled(reading.value, step))


def whole_step(bench: Bench) -> Answer:
    """An open-circuit step of 2 s: every sample once, in order, and why it ended."""
    potentiostat, clock = bench.potentiostat, bench.clock
    if potentiostat.running() is not None:
        potentiostat.end_step()
        until_idle(bench)
    number = 1 + round(clock.now() / LOOK_EVERY_S)  # never twice, and the same in a recording and its replay
    guard = Guard(voltage_V=(0.5, 4.5), current_A=(-1e-3, 1e-3), maximum_duration_s=10.0)
    potentiostat.start(Step(number, OpenCircuit(), guard, duration_s=2.0))
    voltages: list[float] = []
    for _ in range(MOST_LOOKS):
        wait(clock)
        samples = potentiostat.poll()
        voltages += [settled(float(voltage), 5e-3) for voltage in samples.block["voltage_V"]]
        if samples.end is not None and samples.end.step == number:
            if samples.end.reason is StepEndReason.UNKNOWN:
                raise StaleReply("the end of the step was not told")  # an honest word, and no wrong one
            return (len(voltages), tuple(sorted(set(voltages))), samples.end.reason)
    return ("the step did not end",)


def sample_of_a_rest(bench: Bench) -> Answer:
    """The next sample of a long rest, which is started if none runs."""
    potentiostat = bench.potentiostat
    if potentiostat.running() is None:
        guard = Guard(voltage_V=(0.5, 4.5), current_A=(-1e-3, 1e-3), maximum_duration_s=1e4)
        number = 1 + round(bench.clock.now() / LOOK_EVERY_S)
        potentiostat.start(Step(number, OpenCircuit(), guard, duration_s=9e3))
        potentiostat.poll()
    for _ in range(MOST_LOOKS_FOR_A_SAMPLE):
        wait(bench.clock)
        samples = potentiostat.poll()
        if len(samples.block):
            return tuple(settled(float(voltage), 5e-3) for voltage in samples.block["voltage_V"][-1:])
        if samples.end is not None:
            return ("the rest has ended", samples.end.reason)
    return ("no sample came",)


def until_idle(bench: Bench) -> None:
    for _ in range(40):
        if bench.potentiostat.running() is None:
            return
        wait(bench.clock)
        bench.potentiostat.poll()


def wait(clock: Clock) -> None:
    clock.sleep_until(clock.now() + LOOK_EVERY_S)


def frame(pixels: tuple[int, int], dwell_s: float) -> Callable[[Bench], Answer]:
    def ask(bench: Bench) -> Answer:
        """A small picture."""
        scanner = bench.scanner
        scanner.stop()
        scanner.start(FrameRequest(tuple(bench.detectors.available()[:1]), pixels, dwell_s))
        for _ in range(60):
            wait(bench.clock)
            if scanner.progress().complete:
                return tuple((image.detector, image.pixels.shape, image.stage) for image in scanner.images())
        return ("the picture did not come",)

    return ask


def spectrum(bench: Bench) -> Answer:
    spectrum = bench.eds.spectrum()
    return (spectrum.counts.shape, int(np.asarray(spectrum.counts).sum()) >= 0, spectrum.channel_width_eV)


def pressures(step: float) -> Callable[[Bench], Answer]:
    def ask(bench: Bench) -> Answer:
        return tuple((place, as_answer(gauge.pressure(), step)) for place, gauge in sorted(bench.pressures.items()))

    return ask


def rough_pressures(bench: Bench) -> Answer:
    """Of gauges that show a pressure over many decades."""
    readings = [gauge.pressure() for _, gauge in sorted(bench.pressures.items())]
    return tuple(
        (r.quality, r.unit, round(4 * np.log10(r.value))) if r.quality is Quality.OK else (r.quality,) for r in readings
    )
