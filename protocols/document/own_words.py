"""Names for steps that nobody has named: what they do, in words that the sentence grammar understands."""

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Technique

__all__ = ["own_words"]


def own_words(technique: Technique, duration_s: float | None) -> str:
    """For instance `Charge at 0.12 mA until 4.2 V or for 36000 s`."""
    match technique:
        case Galvanostatic(current_A, voltage_V, charge_C):
            verb = "Charge" if current_A > 0 else "Discharge"
            head = f"{verb} at {abs(current_A) * 1e3:g} mA"
            ends = [_until(voltage_V, "V"), _until(charge_C, "coulomb")]
        case Potentiostatic(voltage_V, current_A, charge_C):
            head = f"Hold at {voltage_V:g} V"
            ends = [_until(None if current_A is None else current_A * 1e3, "mA"), _until(charge_C, "coulomb")]
        case OpenCircuit():
            head, ends = "Rest", []
        case Impedance():
            return "impedance"
    ends.append("" if duration_s is None else f"for {duration_s:g} seconds")
    return f"{head} {' or '.join(end for end in ends if end)}"


def _until(value: float | None, unit: str) -> str:
    return "" if value is None else f"until {value:g} {unit}"
