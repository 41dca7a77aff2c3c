"""Pfeiffer gauges on RS-485 (CPT, RPT, PPT, HPT, MPT 100 and 200), by telegrams; several may share a line.

In the bench file: `driver: pfeiffer-rs485`, `options: {device: 1, place: chamber}`; `device` is the address on the
line (1), `gas` nitrogen (default) or argon, `timeout_s` (0.3).
"""

from pydantic import Field

from operando.drivers.bench.identified import identified
from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch
from operando.drivers.gauges.gas import Gas, Principle
from operando.drivers.gauges.pfeiffer_telegram import TelegramLine, u_expo_new
from operando.drivers.gauges.vacuum_gauge import VacuumGauge, vacuum_reading
from operando.drivers.roles import Identity, Quality, Reading

__all__ = ["PfeifferGauge", "PfeifferOptions", "open_pfeiffer_rs485"]

ERROR, FIRMWARE, NAME, PRESSURE = 303, 312, 349, 740
NO_ERROR = "000000"
ERRORS = {"Err001": "the transmitter has failed", "Err002": "its memory has failed"}
HECTOPASCAL_Pa = 100.0
ABOVE_EVERY_RANGE_hPa, BELOW_EVERY_RANGE_hPa = 9.0e9, 1.0e-12
"""No gauge measures beyond; numbers there mean over and under range (assumed: the manuals do not tell)."""

MODELS: dict[str, tuple[str, Principle]] = {
    "A1": ("CPT 100", "diaphragm"),
    "A2": ("RPT 100", "pirani"),
    "A3": ("PPT 100", "pirani"),
    "A4": ("HPT 100", "full range"),
    "A5": ("MPT 100", "full range"),
}


class PfeifferOptions(StrictModel):
    """Options of a gauge on RS-485 in the bench file."""

    device: int = Field(default=1, ge=1, le=255)
    place: str = "chamber"
    gas: Gas = "nitrogen"
    timeout_s: float = Field(default=0.3, gt=0, le=5.0)


class PfeifferGauge(VacuumGauge):
    """Role `PressureSensor`."""

    def __init__(self, context: DriverContext, options: PfeifferOptions) -> None:
        self._line = TelegramLine.shared(context.links, context.address, context.clock)
        super().__init__(context.name, str(context.address), self._line.lock)
        self._clock = context.clock
        self._options = options
        self._principle: Principle = "diaphragm"
        self._open = True

    def identify(self) -> Identity:
        """Model and firmware; these gauges tell no serial number.

        Raises:
            ConfigMismatch: if it is no gauge that this driver knows.
        """
        with self._call():
            name, firmware = self._ask(NAME).strip(), self._ask(FIRMWARE)
            if name not in MODELS:
                raise ConfigMismatch(
                    f"device {self._options.device} calls itself {name!r}",
                    remedy=f"This driver knows {', '.join(model for model, _ in MODELS.values())}.",
                )
            model, self._principle = MODELS[name]
        version = ".".join(str(int(firmware[at : at + 2])) for at in (0, 2, 4)) if firmware.isdecimal() else firmware
        return Identity("Pfeiffer", model, "", version, self.connection)

    def pressure(self) -> Reading:
        """One reading in Pa."""
        with self._call():
            start_s = self._clock.now()
            shown_hPa, error = u_expo_new(self._ask(PRESSURE)), self._ask(ERROR)
            quality, detail = Quality.OK, ""
            if error != NO_ERROR:
                quality, detail = Quality.FAULT, ERRORS.get(error, f"reports {error}")
            elif shown_hPa >= ABOVE_EVERY_RANGE_hPa:
                quality, detail = Quality.OVER, "over range"
            elif shown_hPa < BELOW_EVERY_RANGE_hPa:
                quality, detail = Quality.UNDER, "under range"
            shown_Pa = shown_hPa * HECTOPASCAL_Pa
            return vacuum_reading(shown_Pa, quality, detail, self._principle, self._options.gas, start_s, self._clock)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._line.leave()

    def _ask(self, parameter: int) -> str:
        return self._line.query(self._options.device, parameter, self._options.timeout_s)


def open_pfeiffer_rs485(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if another device answers, or an option is not known.
        InstrumentError: if nothing answers.
    """
    options = read_options(context, PfeifferOptions)
    gauge = PfeifferGauge(context, options)
    return Roles(pressures={options.place: identified(gauge)})
