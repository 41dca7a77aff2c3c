"""Sensors behind Modbus: pressure, force and temperature transmitters and input modules, each by its register map.

In the bench file: `driver: modbus`, `options: {map: pt113, unit: 2, place: stack}`; see `ModbusOptions`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.errors import ConfigMismatch
from operando.drivers.gauges.modbus_bus import ModbusBus
from operando.drivers.gauges.modbus_device import ModbusDevice, Reader
from operando.drivers.gauges.modbus_meter import Meter, meter_of
from operando.drivers.gauges.modbus_options import ModbusOptions, Use
from operando.drivers.gauges.modbus_rtu import ModbusRtu
from operando.drivers.gauges.modbus_tcp import ModbusTcp, TcpLine
from operando.drivers.gauges.register_map import RegisterMap
from operando.drivers.gauges.register_maps import load_register_map
from operando.drivers.nearest import unknown_word
from operando.drivers.roles import Identity, Measured, Reading, SafeState, Safety

__all__ = ["ModbusSensor", "open_modbus", "open_with_options"]

PRESSURES = (Measured.ABSOLUTE_PRESSURE, Measured.GAUGE_PRESSURE, Measured.STACK_PRESSURE)


class ModbusSensor:
    """What a device measures at one place; roles `PressureSensor`, `ForceSensor` and `Thermometer`, as far as it does.

    Args:
        name: of the instrument.
        device: behind it; sensors at other places may share it.
        meters: of this place, by what they measure.
        leave: lets go of the device.
    """

    def __init__(self, name: str, device: ModbusDevice, meters: Mapping[str, Meter], leave: Callable[[], None]) -> None:
        self.name = name
        self.connection = device.connection
        self._device = device
        self._meters = meters
        self._leave: Callable[[], None] | None = leave

    def identify(self) -> Identity:
        return self._device.identify()

    @property
    def keep_alive_every_s(self) -> None:
        """A transmitter does not know its clients."""

    def keep_alive(self) -> None:
        """A transmitter does not know its clients."""

    def pressure(self) -> Reading:
        """Pressure in Pa; of a load cell, its force on the area of the stack."""
        meter = self._meter("pressure")
        area_m2 = meter.area_m2
        return self._reading(meter, "pressure", lambda si: si if area_m2 is None else si / area_m2, "Pa")

    def force(self) -> Reading:
        """Force in N."""
        return self._reading(self._meter("force"), "force", lambda si: si, "N")

    def temperature(self) -> Reading:
        """Temperature in K, of the same moment as a pressure that was just read."""
        return self._reading(self._meter("temperature"), "temperature", lambda si: si, "K")

    def make_safe(self) -> SafeState:
        """A transmitter switches nothing."""
        return SafeState(self.name, Safety.CONFIRMED, "has no output")

    def close(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    def _meter(self, quantity: str) -> Meter:
        if quantity not in self._meters:
            raise ConfigMismatch(
                f"it measures no {quantity}",
                where=self._device.where,
                remedy=f"It measures {', '.join(sorted(self._meters))}.",
            )
        return self._meters[quantity]

    def _reading(self, meter: Meter, quantity: str, converted: Callable[[float], float], unit: str) -> Reading:
        return self._device.reading(meter, f"{meter.place} {quantity}", converted, unit)


def open_modbus(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if another device answers, or an option is not known.
        DocumentError: if the register map cannot be used.
        InstrumentError: if nothing answers.
    """
    return open_with_options(context, read_options(context, ModbusOptions))


def open_with_options(context: DriverContext, options: ModbusOptions) -> Roles:
    """The same with options that are read already."""
    where = f"{context.name} at {context.address}"
    register_map = load_register_map(options.map, where)
    meters = _meters(register_map, options, where)
    reader, leave = _reader(context, options, register_map)
    device = ModbusDevice(where, str(context.address), reader, register_map, meters, context.clock)
    try:
        device.identify()
    except BaseException:
        leave()
        raise
    return _roles(context.name, device, meters, leave)


def _reader(
    context: DriverContext, options: ModbusOptions, register_map: RegisterMap
) -> tuple[Reader, Callable[[], None]]:
    if options.framing == "tcp":
        line = TcpLine.shared(context.links, context.address, context.clock)
        return ModbusTcp(line, options.unit, options.timeout_s), line.leave
    bus = ModbusBus.shared(context.links, context.address, context.clock, local_echo=options.local_echo)
    return ModbusRtu(bus, options.unit, options.timeout_s, echo_test=register_map.echo_test), bus.leave


def _meters(register_map: RegisterMap, options: ModbusOptions, where: str) -> list[Meter]:
    used = options.quantities or {name: Use() for name in register_map.quantities}
    for name in used:
        if name not in register_map.quantities:
            raise ConfigMismatch(
                unknown_word("quantity", name, sorted(register_map.quantities)),
                where=where,
                remedy=f"The map {register_map.name!r} has: {', '.join(register_map.quantities)}.",
            )
    return [meter_of(name, register_map.quantities[name], use, options.place, where) for name, use in used.items()]


def _roles(name: str, device: ModbusDevice, meters: Sequence[Meter], leave: Callable[[], None]) -> Roles:
    """One sensor for each place; the last one that is closed lets go of the device."""
    places = list(dict.fromkeys(meter.place for meter in meters))
    remaining = set(places)

    def leave_place(place: str) -> None:
        remaining.discard(place)
        if not remaining:
            leave()

    pressures: dict[str, ModbusSensor] = {}
    thermometers: dict[str, ModbusSensor] = {}
    forces: dict[str, ModbusSensor] = {}
    for place in places:
        here = _by_quantity([meter for meter in meters if meter.place == place], device.where)
        sensor = ModbusSensor(name, device, here, partial(leave_place, place))
        if "pressure" in here:
            pressures[place] = sensor
        if "temperature" in here:
            thermometers[place] = sensor
        if "force" in here:
            forces[place] = sensor
    return Roles(pressures=pressures, thermometers=thermometers, forces=forces)


def _by_quantity(meters: Sequence[Meter], where: str) -> dict[str, Meter]:
    found: dict[str, Meter] = {}
    for meter in meters:
        for quantity in _quantities(meter):
            if quantity in found:
                raise ConfigMismatch(
                    f"both {found[quantity].name!r} and {meter.name!r} are the {quantity} at {meter.place!r}",
                    where=where,
                    remedy="Name the quantities that are used, and give each a place of its own.",
                )
            found[quantity] = meter
    return found


def _quantities(meter: Meter) -> list[str]:
    """What a meter gives: a force on a known area is a pressure, too."""
    if meter.measured is Measured.STACK_FORCE:
        return ["force", "pressure"] if meter.area_m2 is not None else ["force"]
    return ["temperature"] if meter.measured is Measured.TEMPERATURE else ["pressure"]
