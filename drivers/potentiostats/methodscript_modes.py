"""How a MethodSCRIPT instrument is set up for a step: modes of its potentiostat, and the window of its front end."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from operando.drivers.potentiostats.methodscript_literals import literal
from operando.drivers.roles import Guard

__all__ = ["EMSTAT4_MODES", "PICO_MODES", "FrontEndModes"]


@dataclass(frozen=True, slots=True)
class FrontEndModes:
    """Arguments of `set_pgstat_mode`, and how the voltage range is chosen (sheet 1.4 and 1.5).

    Args:
        steady: mode for a held voltage and for a rest.
        spectrum: mode for impedance.
        galvanostat: mode for a constant current; None if there is none.
        windows_V: how wide the voltages of a step may lie apart in a mode. An instrument with such windows is told
            the lowest and the highest voltage beforehand; the others take a range of the measured voltage instead.
    """

    steady: int
    spectrum: int
    galvanostat: int | None
    windows_V: Mapping[int, float] = field(default_factory=dict)

    def voltage_range(self, mode: int, guard: Guard) -> str:
        """The command that lets the front end see all voltages which the guard of a step permits.

        Raises:
            ValueError: if they lie wider apart than the front end can follow in this mode.
        """
        lowest_V, highest_V = guard.voltage_V
        if not self.windows_V:
            return f"set_range ab {literal(max(abs(lowest_V), abs(highest_V)))}"
        if highest_V - lowest_V > self.windows_V[mode]:
            raise ValueError(
                f"its guard is {highest_V - lowest_V:g} V wide, the instrument follows {self.windows_V[mode]:g} V "
                f"in mode {mode}"
            )
        return f"set_range_minmax da {literal(lowest_V)} {literal(highest_V)}"

    def window(self, mode: int, guard: Guard) -> list[str]:
        """The command before a voltage is applied; none where any voltage of the instrument may follow any other."""
        return [self.voltage_range(mode, guard)] if self.windows_V else []


EMSTAT4_MODES = FrontEndModes(steady=3, spectrum=3, galvanostat=6)
PICO_MODES = FrontEndModes(steady=4, spectrum=3, galvanostat=None, windows_V={3: 1.214, 4: 2.6})
