"""A Modbus sensor as its register map describes it: who it is, and what it measures at one moment."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, located
from operando.drivers.gauges.modbus_meter import Meter
from operando.drivers.gauges.register_map import Check, RegisterMap, Span, Status, TextField
from operando.drivers.gauges.register_reads import Registers, blocks_of
from operando.drivers.gauges.register_values import check_text, field_text, raw_value
from operando.drivers.roles import Identity, Quality, Reading

__all__ = ["ModbusDevice", "Reader"]

SAME_MOMENT_S = 0.05


class Reader(Protocol):
    """Reads registers; `ModbusRtu` and `ModbusTcp` are such."""

    def read_registers(self, address: int, count: int, function: int) -> list[int]:
        """Registers of 16 bits; see `ModbusRtu.read_registers` for what it raises."""
        ...


@dataclass(slots=True)
class _Moment:
    """What was measured at one moment; each quantity of it is handed out once to each who asks."""

    registers: Registers
    start_s: float
    end_s: float
    taken: set[str]


class ModbusDevice:
    """Reads what its map describes.

    Args:
        where: the instrument and its address.
        connection: names the wire.
        reader: of this device.
        register_map: what it is.
        meters: what is used of it.
        clock: stamps readings.
    """

    def __init__(
        self,
        where: str,
        connection: str,
        reader: Reader,
        register_map: RegisterMap,
        meters: Sequence[Meter],
        clock: Clock,
    ) -> None:
        self.where = where
        self.connection = connection
        self._reader = reader
        self._map = register_map
        self._meters = meters
        self._clock = clock
        self._lock = threading.RLock()
        self._moment: _Moment | None = None
        self._status = 0
        self._status_s: float | None = None
        status = register_map.status
        self._with_values = [status] if status is not None and status.not_older_than == 0 else []

    def identify(self) -> Identity:
        """Ask who it is, and whether it is what the map is for; learn what does not change.

        Raises:
            ConfigMismatch: if it is another device, or set up in another way.
        """
        identity = self._map.identity
        asked = [field for field in (identity.model, identity.serial, identity.firmware) if isinstance(field, Span)]
        settings = [span for meter in self._meters for span in meter.setting_spans()]
        with self._call():
            registers = self._read([*asked, *self._map.checks, *settings])
            for meter in self._meters:
                meter.take_settings(registers)
        for check in self._map.checks:
            self._check(check, int(raw_value(check, registers.of(check))) & check.bits)

        def text(field: TextField | None) -> str:
            return "" if field is None else field_text(field, registers.of(field))

        model = identity.model if isinstance(identity.model, str) else text(identity.model)
        return Identity(identity.vendor, model, text(identity.serial), text(identity.firmware), self.connection)

    def reading(self, meter: Meter, asker: str, converted: Callable[[float], float], unit: str) -> Reading:
        """One reading of a quantity.

        Args:
            meter: of the quantity.
            asker: whoever asks with the same name again gets a new measurement.
            converted: from the SI unit of what is measured to `unit`.
            unit: of the reading.
        """
        with self._call():
            moment = self._take(asker)
            value = meter.value(moment.registers)
            quality, details = value.quality, [value.detail]
            if self._map.status is not None:
                status = self._current_status(self._map.status, moment, at_once=quality is not Quality.OK)
                for word in self._map.status.says:
                    if word.said_by(status) and word.concerns(meter.name):
                        details.append(word.means)
                        quality = quality if quality is not Quality.OK else word.spoilt(meter.name)
        detail = ", ".join(detail for detail in details if detail)
        return Reading(converted(value.si), unit, quality, moment.start_s, moment.end_s, detail)

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self.where):
            yield

    def _take(self, asker: str) -> _Moment:
        now = self._clock.now()
        moment = self._moment
        if moment is None or asker in moment.taken or now - moment.end_s > SAME_MOMENT_S:
            self._moment = None
            registers = self._read([*(span for meter in self._meters for span in meter.spans()), *self._with_values])
            moment = self._moment = _Moment(registers, now, self._clock.now(), set())
        moment.taken.add(asker)
        return moment

    def _read(self, spans: Sequence[Span]) -> Registers:
        registers = Registers()
        for block in blocks_of(spans, self._map.most_registers):
            registers.add(block, self._reader.read_registers(block.address, block.count, block.code))
        return registers

    def _current_status(self, status: Status, moment: _Moment, *, at_once: bool) -> int:
        if status.not_older_than == 0:
            return int(raw_value(status, moment.registers.of(status)))
        now = self._clock.now()
        if at_once or self._status_s is None or now - self._status_s > status.not_older_than:
            self._status = int(raw_value(status, self._read([status]).of(status)))
            self._status_s = now
        return self._status

    def _check(self, check: Check, value: int) -> None:
        if not check.accepted(value):
            raise ConfigMismatch(
                f"the {check.name} of this device is {check_text(check, value)}, which the map "
                f"{self._map.name!r} is not for",
                where=self.where,
                remedy=check.remedy,
            )
