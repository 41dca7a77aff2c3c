"""Ground truth of the simulated world, beside the data and never shown to a protocol."""

from collections.abc import Callable, Mapping

from operando.simulators.world.box import SimulatedBox
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.chamber import SimulatedChamber
from operando.simulators.world.scene_layout import StackLayout

__all__ = ["WorldTruth"]


class WorldTruth:
    """The true state of the world by name with unit. Implements `Truth`; looking changes nothing.

    Args:
        cell: of this world, as `box` and `chamber`.
        in_view: what is true of the field that was being exposed at a time.
    """

    def __init__(
        self,
        cell: SimulatedCell,
        box: SimulatedBox,
        chamber: SimulatedChamber,
        in_view: Callable[[float], Mapping[str, float]],
    ) -> None:
        self._in_view = in_view
        self._cell = cell
        self._box = box
        self._chamber = chamber

    def at(self, time_s: float) -> Mapping[str, float]:
        """The true state at a time that is not in the future."""
        cell = self._cell.at(time_s)
        return {
            "voltage_V": cell.voltage_V,
            "current_A": cell.current_A,
            "charge_C": cell.charge_C,
            "leaked_C": cell.leaked_C,
            "short_ohm": cell.short_ohm,
            "lithium_growth_m": cell.lithium_growth_m,
            "lithium_thickness_m": StackLayout().lithium_thickness_m + cell.lithium_growth_m,
            "lithium_fraction": self._cell.lithium_fraction(time_s),
            "cathode_sei_m": cell.cathode_sei_m,
            "anode_sei_m": cell.anode_sei_m,
            "contact_loss": cell.contact_loss,
            "isolated_fraction": cell.isolated,
            "delaminated_fraction": cell.delaminated,
            "longest_crack_m": cell.crack_m,
            "longest_filament_m": cell.filament_m,
            "plating_stress_Pa": cell.plating_stress_MPa * 1e6,
            "stack_pressure_Pa": cell.pressure_MPa * 1e6,
            "holder_temperature_K": cell.temperature_K,
            "box_pressure_Pa": self._box.pressure_Pa(time_s),
            "box_temperature_K": self._box.temperature_K(time_s),
            "box_leak_Pa_m3_per_s": self._box.leak_Pa_m3_per_s(time_s),
            "chamber_pressure_Pa": self._chamber.pressure_Pa(time_s),
            **self._in_view(time_s),
        }
