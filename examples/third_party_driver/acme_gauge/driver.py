"""ACME G1: a vacuum gauge on one wire, asked by lines of text."""

import math
import threading

from acme_gauge.wire import QUALITIES, checked
from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch, FramingError, InstrumentError, TransportTimeout, located
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.roles import Identity, Quality, Reading, SafeState, Safety

__all__ = ["AcmeG1", "AcmeOptions", "open_acme_g1"]

TIMEOUT_S = 0.5
PASCAL_PER_HECTOPASCAL = 100.0


class AcmeOptions(StrictModel):
    """Options of an ACME G1 in the bench file: `place` says what it measures."""

    place: str = "chamber"


class AcmeG1:
    """Role `PressureSensor`."""

    def __init__(self, context: DriverContext) -> None:
        self.name = context.name
        self.connection = str(context.address)
        self._where = f"{context.name} at {context.address}"
        self._clock = context.clock
        self._lock = threading.Lock()
        self._link = ReopeningLink(context.links, context.address)

    def identify(self) -> Identity:
        kind, serial, firmware = self._ask("ID", 3)
        if kind != "G1":
            raise ConfigMismatch(f"here answers {kind!r}, no ACME G1", where=self._where)
        return Identity("ACME", kind, serial, firmware, self.connection)

    @property
    def keep_alive_every_s(self) -> None:
        """The gauge does not know its clients."""

    def keep_alive(self) -> None:
        """The gauge does not know its clients."""

    def pressure(self) -> Reading:
        """Absolute pressure in Pa."""
        start_s = self._clock.now()
        status, value = self._ask("P", 2)
        end_s = self._clock.now()
        quality = QUALITIES.get(status, Quality.FAULT)
        pressure_Pa = float(value) * PASCAL_PER_HECTOPASCAL if quality is Quality.OK else math.nan
        return Reading(pressure_Pa, "Pa", quality, start_s, end_s, f"status {status}")

    def make_safe(self) -> SafeState:
        """A gauge switches nothing."""
        return SafeState(self.name, Safety.CONFIRMED, "has no output")

    def close(self) -> None:
        with self._lock:
            self._link.close()

    def _ask(self, question: str, fields: int) -> list[str]:
        """One exchange. After any failure the link is let go, so that no late reply answers the next question."""
        with self._lock, located(self._where):
            try:
                self._link.write(f"{question}\r".encode("ascii"))
                reply = checked(self._line())
                if len(reply) != fields:
                    raise FramingError(f"{len(reply)} fields in reply to {question}, not {fields}")
            except InstrumentError:
                self._link.close()
                raise
            return reply

    def _line(self) -> bytes:
        line, deadline_s = b"", self._clock.now() + TIMEOUT_S
        while not line.endswith(b"\r"):
            remaining_s = deadline_s - self._clock.now()
            if remaining_s <= 0:
                raise TransportTimeout("its reply is not complete")
            line += self._link.read(remaining_s)
        return line[:-1]


def open_acme_g1(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if another device answers, or an option is not known.
        InstrumentError: if nothing answers.
    """
    options = read_options(context, AcmeOptions)
    gauge = AcmeG1(context)
    try:
        gauge.identify()
    except InstrumentError:
        gauge.close()
        raise
    return Roles(pressures={options.place: gauge})
