"""MKS 900 series transducers (910, 925, 972B, 974B): `@253PR4?;FF` is answered by `@253ACK1.234E-3;FF`.

In the bench file: `driver: mks-900`, `options: {device: 253, place: chamber}`; `channel` is 1 (MicroPirani), 2 (piezo),
3 (combined, three digits), 4 (combined, four digits, default); `gas` nitrogen or argon; `timeout_s` (0.3).

The unit in force (`U?`) is asked for with each reading, because anybody may change it. The gas that the transducer is
set to (`GT?`) is not looked at: leave it at nitrogen when the bench file names another one.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import Field

from operando.drivers.bench.identified import identified
from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import Clock
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch, FramingError, InstrumentError, ProtocolError
from operando.drivers.gauges.gas import Gas, Principle
from operando.drivers.gauges.silence import discard, wait_for_silence
from operando.drivers.gauges.vacuum_gauge import VacuumGauge, vacuum_reading
from operando.drivers.links import StreamBuffer
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.roles import Identity, Quality, Reading

__all__ = ["Mks900", "MksOptions", "open_mks_900"]

END = b";FF"
REPLY = re.compile(r"@(?P<device>\d{3})(?P<kind>ACK|NAK)(?P<value>[\x20-\x7e]*)")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(E[+-]?\d+)?")
UNITS_Pa = {"TORR": 133.322368, "MBAR": 100.0, "PASCAL": 1.0}
REFUSALS = {"160": "unknown command", "169": "wrong argument", "172": "value out of range", "175": "no such query"}
STATUS = {
    "O": (Quality.OK, ""),
    "G": (Quality.OK, "cold cathode is on"),
    "M": (Quality.FAULT, "the Pirani has failed"),
    "C": (Quality.FAULT, "the cold cathode has failed"),
    "Z": (Quality.FAULT, "the piezo has failed"),
    "R": (Quality.FAULT, "its dose limit is exceeded"),
}
WORDS = {"OFF": Quality.OFF, "WAIT": Quality.OFF, "NOGAUGE": Quality.OFF, "ATM": Quality.OVER, "MISCONN": Quality.FAULT}
SILENCE_S = 0.2
MOST_TRIES = 3


class MksOptions(StrictModel):
    """Options of an MKS transducer in the bench file."""

    device: int = Field(default=253, ge=1, le=253)
    place: str = "chamber"
    channel: Literal[1, 2, 3, 4] = 4
    gas: Gas = "nitrogen"
    timeout_s: float = Field(default=0.3, gt=0, le=5.0)


class Mks900(VacuumGauge):
    """Role `PressureSensor`."""

    def __init__(self, context: DriverContext, options: MksOptions) -> None:
        super().__init__(context.name, str(context.address), threading.RLock())
        self._link = ReopeningLink(context.links, context.address)
        self._clock: Clock = context.clock
        self._options = options
        self._principle: Principle = "full range"
        self._buffer = StreamBuffer(self._link, context.clock)
        self._in_doubt = True

    def identify(self) -> Identity:
        """Model, serial number and firmware."""
        with self._call():
            model, serial, firmware = self._ask("DT?"), self._ask("SN?"), self._ask("FV?")
        has_cold_cathode = "972" in model or "974" in model
        self._principle = "full range" if has_cold_cathode else "pirani"
        if self._options.channel == 1:
            self._principle = "pirani"
        if self._options.channel == 2:
            self._principle = "diaphragm"
        return Identity("MKS", model, serial, firmware, self.connection)

    def pressure(self) -> Reading:
        """One reading in Pa."""
        with self._call(), self._doubted_if_wrong():
            start_s = self._clock.now()
            for _ in range(MOST_TRIES):
                unit, value = self._ask("U?"), self._ask(f"PR{self._options.channel}?")
                status, unit_after = self._ask("T?"), self._ask("U?")
                if unit == unit_after:
                    break
            else:
                raise ConfigMismatch("its unit changes all the time", remedy="Leave the unit as it is.")
            if unit not in UNITS_Pa:
                raise ConfigMismatch(f"its unit is {unit!r}", remedy="Set TORR, MBAR or PASCAL.")
            shown, quality, detail = _decoded(value, status)
            return vacuum_reading(
                shown * UNITS_Pa[unit], quality, detail, self._principle, self._options.gas, start_s, self._clock
            )

    def close(self) -> None:
        with self._lock:
            self._link.close()

    @contextmanager
    def _doubted_if_wrong(self) -> Iterator[None]:
        """Replies that make no sense together may be those to other questions: the next one starts afresh."""
        try:
            yield
        except InstrumentError:
            self._in_doubt = True
            raise

    def _ask(self, command: str) -> str:
        """The value of a query. A reply carries nothing that tells its question: after a failure all starts afresh.

        Raises:
            TransportTimeout: if no reply came in time.
            FramingError: if something came that is no reply of this device.
            ProtocolError: if it refuses.
        """
        if self._in_doubt:
            self._start_afresh()
        self._in_doubt = True
        discard(self._link)
        self._buffer = StreamBuffer(self._link, self._clock)  # noise behind the last reply belongs to no question
        self._link.write(f"@{self._options.device:03d}{command}".encode("ascii") + END)
        text = self._buffer.read_until(END, self._options.timeout_s).removesuffix(END).decode("ascii", "replace")
        found = REPLY.fullmatch(text)
        if found is None or int(found["device"]) != self._options.device:
            raise FramingError(f"this is no reply of device {self._options.device}: {text[:64]!r}")
        self._in_doubt = False
        if found["kind"] == "NAK":
            raise ProtocolError(
                f"it refused {command}: {REFUSALS.get(found['value'], 'unknown reason')} ({found['value']})",
                remedy="Check the model.",
            )
        return found["value"]

    def _start_afresh(self) -> None:
        """A new link, which ends late replies over TCP, and a silence, which ends those on a serial line."""
        self._link.close()
        self._buffer = StreamBuffer(self._link, self._clock)
        wait_for_silence(self._link, self._clock, SILENCE_S)


def _decoded(value: str, status: str) -> tuple[float, Quality, str]:
    if len(status) != 1:
        raise FramingError(f"this is no status: {status!r}")
    quality, detail = STATUS.get(status, (Quality.FAULT, f"unknown status {status!r}"))
    if value.startswith("LO<"):
        return 0.0, Quality.UNDER, value
    if value in WORDS:
        return 0.0, WORDS[value], value
    if NUMBER.fullmatch(value) is None:
        raise FramingError(f"this is no pressure: {value!r}")
    return float(value), quality, detail


def open_mks_900(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if an option is not known.
        InstrumentError: if nothing answers, or it is no transducer of this family.
    """
    options = read_options(context, MksOptions)
    gauge = Mks900(context, options)
    return Roles(pressures={options.place: identified(gauge)})
