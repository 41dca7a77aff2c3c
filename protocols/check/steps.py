"""The steps of a program, each once, however often its loops go round; and the voltages and currents they ask for."""

from collections.abc import Iterator

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.program import Program, RunStep

__all__ = ["current_needed_A", "distinct_steps", "voltages_V"]


def distinct_steps(program: Program) -> Iterator[RunStep]:
    """Each step of the protocol once."""
    seen = set()
    for action in program:
        if isinstance(action, RunStep) and (key := (action.line, action.name, action.technique)) not in seen:
            seen.add(key)
            yield action


def voltages_V(step: RunStep) -> tuple[float, ...]:
    """Voltages that a step names: its end, its hold, the extremes of a spectrum at a bias."""
    match step.technique:
        case Galvanostatic(until_voltage_V=end_V):
            return () if end_V is None else (end_V,)
        case Potentiostatic(voltage_V=hold_V):
            return (hold_V,)
        case Impedance(amplitude_V=amplitude_V, bias_V=bias_V):
            peak_V = amplitude_V * 2**0.5
            return () if bias_V is None else (bias_V - peak_V, bias_V + peak_V)
        case OpenCircuit():
            return ()


def current_needed_A(program: Program) -> tuple[float, float]:
    """The most negative and the most positive current that steps at constant current ask for."""
    currents = [s.technique.current_A for s in distinct_steps(program) if isinstance(s.technique, Galvanostatic)]
    return min([0.0, *currents]), max([0.0, *currents])
