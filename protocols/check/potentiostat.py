"""Can the potentiostat do what the steps ask for?"""

from collections.abc import Iterator

from operando.drivers.roles import Galvanostatic, HostKept, Impedance, PotentiostatCapabilities, Potentiostatic
from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.lines import line_of
from operando.protocols.check.steps import distinct_steps, voltages_V
from operando.protocols.program import Program, RunStep

__all__ = ["check_potentiostat"]


def check_potentiostat(program: Program, can: PotentiostatCapabilities | None) -> Iterator[Finding]:
    """Ranges of voltage, current, frequency and amplitude, and the sampling interval."""
    if not program.cycling:
        return
    if can is None:
        yield error(
            line_of(program, "cycling"),
            "the protocol cycles a cell, and the bench has no potentiostat",
            "Name one in the bench file.",
        )
        return
    if can.observed:
        yield error(
            line_of(program, "cycling"),
            "the protocol cycles the cell, and the potentiostat of the bench is only watched: another program has it",
            "Take 'cycling' out and give 'imaging_only', or name a driver that cycles.",
        )
        return
    for step in distinct_steps(program):
        yield from _voltages(step, can)
        match step.technique:
            case Galvanostatic(current_A=current_A):
                yield from _current(step, current_A, can)
            case Impedance() as spectrum:
                yield from _spectrum(step, spectrum, can)
            case Potentiostatic() as hold:
                yield from _hold(step, hold, can)
    yield from _recording(program, can)
    if not can.ends_steps_by_itself:
        yield warning(
            0,
            "the potentiostat does not end steps by itself: the limits run on this computer only",
            "Do not leave it alone, or use an instrument that carries its limits itself.",
        )


def _voltages(step: RunStep, can: PotentiostatCapabilities) -> Iterator[Finding]:
    low_V, high_V = can.voltage_range_V
    for voltage_V in voltages_V(step):
        if not low_V <= voltage_V <= high_V:
            yield error(
                step.line,
                f"{step.name!r} goes to {voltage_V:g} V, the potentiostat reaches {low_V:g} to {high_V:g} V",
                "Change the step, or use an instrument with a wider range.",
                voltage_V=voltage_V,
                lowest_V=low_V,
                highest_V=high_V,
            )


def _current(step: RunStep, current_A: float, can: PotentiostatCapabilities) -> Iterator[Finding]:
    low_A, high_A = can.current_range_A
    if not can.galvanostatic:
        yield error(
            step.line,
            f"{step.name!r} is at constant current, which the potentiostat cannot hold",
            "Use an instrument with a galvanostat.",
        )
    if not low_A <= current_A <= high_A:
        yield error(
            step.line,
            f"{step.name!r} needs {current_A * 1e3:g} mA, "
            f"the potentiostat delivers {low_A * 1e3:g} to {high_A * 1e3:g} mA",
            "Change the step, or use an instrument with a wider range.",
            current_A=current_A,
            lowest_A=low_A,
            highest_A=high_A,
        )


def _hold(step: RunStep, hold: Potentiostatic, can: PotentiostatCapabilities) -> Iterator[Finding]:
    until_A = hold.until_current_A
    if hold.until_charge_C is not None and HostKept.CHARGE_OF_HOLD in can.host_keeps:
        yield warning(
            step.line,
            f"{step.name!r} ends by a charge, which this computer counts: without it the hold goes on to its other end",
            "Give the hold an end by current or time, too.",
        )
    if until_A is not None and until_A > can.current_range_A[1]:
        yield error(
            step.line,
            f"{step.name!r} ends below {until_A * 1e3:g} mA, more than the potentiostat delivers: it ends at once",
            "Give a smaller current.",
            current_A=until_A,
        )


def _spectrum(step: RunStep, spectrum: Impedance, can: PotentiostatCapabilities) -> Iterator[Finding]:
    if can.impedance_frequency_Hz is None or can.impedance_amplitude_V is None:
        yield error(step.line, f"{step.name!r}: the potentiostat measures no impedance", "Take the step out.")
        return
    low_Hz, high_Hz = can.impedance_frequency_Hz
    for frequency_Hz in (spectrum.from_frequency_Hz, spectrum.to_frequency_Hz):
        if not low_Hz <= frequency_Hz <= high_Hz:
            yield error(
                step.line,
                f"{step.name!r} asks for {frequency_Hz:g} Hz, the potentiostat does {low_Hz:g} to {high_Hz:g} Hz",
                "Stay within its frequencies.",
                frequency_Hz=frequency_Hz,
                lowest_Hz=low_Hz,
                highest_Hz=high_Hz,
            )
    low_V, high_V = can.impedance_amplitude_V
    if not low_V <= spectrum.amplitude_V <= high_V:
        yield error(
            step.line,
            f"{step.name!r} has an amplitude of {spectrum.amplitude_V * 1e3:g} mV rms, the potentiostat does "
            f"{low_V * 1e3:g} to {high_V * 1e3:g} mV rms",
            "Stay within its amplitudes.",
            amplitude_V=spectrum.amplitude_V,
            lowest_V=low_V,
            highest_V=high_V,
        )


def _recording(program: Program, can: PotentiostatCapabilities) -> Iterator[Finding]:
    intervals = {line_of(program, "record"): program.recording.every_s}
    intervals |= {step.line: step.recording.every_s for step in distinct_steps(program) if step.recording is not None}
    for line, every_s in intervals.items():
        if every_s < can.shortest_interval_s:
            yield error(
                line,
                f"a sample every {every_s:g} s is wanted, the potentiostat needs {can.shortest_interval_s:g} s",
                "Record less often.",
                every_s=every_s,
                shortest_s=can.shortest_interval_s,
            )
