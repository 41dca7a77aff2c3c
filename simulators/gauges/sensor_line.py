"""The sensors around box and holder on one RS-485 line: box gauge, load cell, thermometers, and a current module."""

from operando.simulators.engine import Conversation
from operando.simulators.gauges.holder import stack_force_N
from operando.simulators.gauges.input_modules import (
    CurrentInputs,
    ThermometerInputs,
    current_module,
    thermometer_module,
)
from operando.simulators.gauges.keller import Keller33X
from operando.simulators.gauges.keller_settings import KellerSettings
from operando.simulators.gauges.load_cell import LoadCellSettings, load_cell
from operando.simulators.gauges.modbus_gateway import GATEWAY, GatewayConversation
from operando.simulators.gauges.rtu_line import RtuLine
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["SensorLine"]

BOX_GAUGE, LOAD_CELL, THERMOMETERS, CURRENTS = 1, 2, 3, 4
"""Addresses on the line."""

FULL_SCALE_N = 1000.0


class SensorLine(RtuLine):
    """Four devices on one line; what is wrong with each stands in its settings.

    Unit 1 is a KELLER 33X in the box, 2 the transmitter of the load cell under the stack, 3 a module with a Pt100 in
    the holder (input 1) and one in the wall of the box (input 2), 4 a module whose input 1 is a second load cell with
    4 mA at 0 N and 20 mA at 1 kN. A client at the endpoint `gateway` talks Modbus TCP to all of them.
    """

    def __init__(self, world: SimulatedWorld) -> None:
        area_m2 = world.cell.parameters.area_m2
        self.box_gauge = KellerSettings(unit=BOX_GAUGE)
        self.load_cell = LoadCellSettings(LOAD_CELL, area_m2)
        self.thermometers = ThermometerInputs(
            THERMOMETERS, (lambda now: world.cell.at(now).temperature_K, world.box.temperature_K)
        )
        self.currents = CurrentInputs(
            CURRENTS, (lambda now: 4e-3 + 16e-3 * stack_force_N(world.cell, area_m2, now) / FULL_SCALE_N,)
        )
        super().__init__(
            (
                Keller33X(world, self.box_gauge),
                load_cell(world, world.cell, self.load_cell),
                thermometer_module(world, self.thermometers),
                current_module(world, self.currents),
            )
        )

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody listens on the line, or comes to the gateway."""
        if endpoint == GATEWAY:
            return GatewayConversation(self.devices, self.settings)
        return super().connect(endpoint, local_port, now)
