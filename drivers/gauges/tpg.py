"""Pfeiffer TPG 261, 262, 361, 362 and 366: vacuum gauges of up to six kinds at one controller.

Serial (9600 baud by default) or TCP port 8000 (36x). In the bench file:

    chamber gauge:
      driver: pfeiffer-tpg
      address: tcp://10.0.0.7:8000
      options: {places: {chamber: {channel: 1}, box: {channel: 2, gas: argon}}}

Only read: unit, switching points and sensors are left as they were set on the instrument.
"""

import re
import threading
from typing import Annotated

from pydantic import Field

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import Clock
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch, FramingError, InstrumentError, ProtocolError, TransportTimeout
from operando.drivers.gauges.gas import Gas, Principle
from operando.drivers.gauges.tpg_mnemonics import Mnemonics
from operando.drivers.gauges.vacuum_gauge import VacuumGauge, vacuum_reading
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.other_instrument import told_by_another
from operando.drivers.roles import Identity, Quality, Reading

__all__ = ["TpgChannel", "TpgController", "TpgOptions", "open_tpg"]

MEASUREMENT = re.compile(r"(?P<status>\d),(?P<value>[ +-]?\d\.\d{1,4}E[+-]?\d{1,2})")
SAID_BY_ITSELF = re.compile(rb"\d,[ +-]?\d\.\d")
STATUS = {
    0: (Quality.OK, ""),
    1: (Quality.UNDER, "under range"),
    2: (Quality.OVER, "over range"),
    3: (Quality.FAULT, "sensor error"),
    4: (Quality.OFF, "sensor off"),
    5: (Quality.OFF, "no sensor"),
    6: (Quality.FAULT, "identification error"),
    7: (Quality.FAULT, "error of the gauge"),
}
UNITS_Pa = {"0": 100.0, "1": 133.322368, "2": 1.0, "3": 0.133322368, "4": 100.0}
"""mbar, Torr, Pa, micron, hPa; 5 is volt, which is no pressure."""
PRINCIPLES: dict[str, Principle] = {
    "TPR": "pirani",
    "PCR": "pirani",
    "IKR": "cold cathode",
    "PKR": "full range",
    "PBR": "full range",
    "CMR": "diaphragm",
    "APR": "diaphragm",
}
UNIT_TRIES = 3


class ChannelOptions(StrictModel):
    """Which channel measures at a place, and in which gas."""

    channel: int = Field(ge=1, le=6)
    gas: Gas = "nitrogen"


class TpgOptions(StrictModel):
    """Options of a TPG in the bench file: its channels by what they measure."""

    places: Annotated[dict[str, ChannelOptions], Field(min_length=1)]
    timeout_s: float = Field(default=0.5, gt=0, le=5.0)


class TpgController:
    """The controller behind its channels."""

    def __init__(self, context: DriverContext, options: TpgOptions) -> None:
        self.name = context.name
        self.connection = str(context.address)
        self.clock: Clock = context.clock
        self.lock = threading.RLock()
        self._link = ReopeningLink(context.links, context.address)
        self._mnemonics = Mnemonics(self._link, context.clock, options.timeout_s)
        self._unit = ""
        self.principles: list[Principle] = []

    def identify(self) -> Identity:
        """Model, serial number and firmware of a 36x; a 26x tells its firmware only.

        Raises:
            ConfigMismatch: if it shows volts, or is no TPG.
        """
        try:
            sensors = self._mnemonics.ask("TID").split(",")
        except TransportTimeout as error:
            raise told_by_another(error, "a TPG", SAID_BY_ITSELF) from error
        self.principles = [_principle(sensor) for sensor in sensors]
        try:
            told = self._mnemonics.ask("AYT").split(",")
        except ProtocolError:  # a 26x does not know AYT, and that tells the family
            model = "TPG 261" if len(sensors) == 1 else "TPG 262"
            return Identity("Pfeiffer", model, "", self._mnemonics.ask("PNR"), self.connection)
        if len(told) != 5 or not told[0].startswith("TPG"):
            raise ConfigMismatch(
                f"here answers {','.join(told)!r}, which is no TPG", remedy="Check the address and the driver."
            )
        return Identity("Pfeiffer", f"{told[0][:3]} {told[0][3:]}", told[2], told[3], self.connection)

    def measurement(self, channel: int) -> tuple[float, Quality, str]:
        """Pressure in Pa as shown, quality and detail. The unit is asked for before and after, and is the same.

        Raises:
            ConfigMismatch: if it shows volts, or the unit is being changed.
        """
        for _ in range(UNIT_TRIES):
            unit, line = self._unit or self._mnemonics.ask("UNI"), self._mnemonics.ask(f"PR{channel}")
            self._unit = self._mnemonics.ask("UNI")
            if unit == self._unit:
                return self._decoded(line, unit)
        raise ConfigMismatch("its unit changes all the time", remedy="Leave the unit on the front panel as it is.")

    def _decoded(self, line: str, unit: str) -> tuple[float, Quality, str]:
        found = MEASUREMENT.fullmatch(line)
        if found is None or int(found["status"]) not in STATUS:
            raise FramingError(f"this is no measurement: {line!r}", remedy="The next exchange starts afresh.")
        if unit not in UNITS_Pa:
            raise ConfigMismatch(
                f"its unit is number {unit}, which is no pressure",
                remedy="Set mbar, hPa, Pa or Torr on the controller.",
            )
        quality, detail = STATUS[int(found["status"])]
        return float(found["value"]) * UNITS_Pa[unit], quality, detail

    def close(self) -> None:
        """Let go of the wire."""
        with self.lock:
            self._link.close()


class TpgChannel(VacuumGauge):
    """Role `PressureSensor` for one gauge of the controller."""

    def __init__(self, controller: TpgController, options: ChannelOptions) -> None:
        super().__init__(controller.name, controller.connection, controller.lock)
        self._controller = controller
        self._channel = options.channel
        self._gas: Gas = options.gas

    def identify(self) -> Identity:
        with self._call():
            return self._controller.identify()

    def pressure(self) -> Reading:
        """One reading in Pa."""
        with self._call():
            clock = self._controller.clock
            start_s = clock.now()
            shown_Pa, quality, detail = self._controller.measurement(self._channel)
            principle = self._controller.principles[self._channel - 1]
            return vacuum_reading(shown_Pa, quality, detail, principle, self._gas, start_s, clock)

    def close(self) -> None:
        self._controller.close()


def open_tpg(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if something else answers, a channel does not exist, or an option is not known.
        InstrumentError: if nothing answers.
    """
    options = read_options(context, TpgOptions)
    controller = TpgController(context, options)
    gauges = {place: TpgChannel(controller, entry) for place, entry in options.places.items()}
    highest = max(entry.channel for entry in options.places.values())
    try:
        next(iter(gauges.values())).identify()
        if highest > len(controller.principles):
            raise ConfigMismatch(
                f"it has {len(controller.principles)} channels, not {highest}",
                where=f"{context.name} at {context.address}",
                remedy="Correct the channels in the bench file.",
            )
    except InstrumentError:
        controller.close()
        raise
    return Roles(pressures=gauges)


def _principle(sensor: str) -> Principle:
    """By the first three letters of what the controller has identified; others are taken as they show."""
    return PRINCIPLES.get(sensor.strip()[:3], "diaphragm")
