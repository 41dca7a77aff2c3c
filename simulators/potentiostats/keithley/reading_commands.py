"""Readings and buffers of the 2450 family."""

from operando.simulators.potentiostats.keithley.buffers import Buffer, StoredReading
from operando.simulators.potentiostats.keithley.command_table import Call
from operando.simulators.potentiostats.keithley.scpi_error import ScpiError
from operando.simulators.potentiostats.keithley.scpi_instrument import ScpiInstrument
from operando.simulators.potentiostats.keithley.setting_commands import switch_setting
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE
from operando.simulators.potentiostats.keithley.source_commands import EITHER
from operando.simulators.potentiostats.keithley.trigger_model import TriggerModel
from operando.simulators.potentiostats.keithley.values import choice, number, quoted, scientific, whole_number
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["ReadingCommands"]

MEASURED = {"CURR": "CURR:DC", "VOLT": "VOLT:DC", "RES": "RES"}
WORDS = {CURRENT: "CURRENT", VOLTAGE: "VOLTAGE"}
STYLES = {"COMP": "COMPACT", "STAN": "STANDARD", "FULL": "FULL", "WRIT": "WRITABLE"}
FILLS = {"CONT": "CONTINUOUS", "ONCE": "ONCE"}
FORMATS = {"ASC": "ASCII"}
ELEMENTS = {
    "READ": "READING",
    "REL": "RELATIVE",
    "SOUR": "SOURCE",
    "SOURSTAT": "SOURSTATUS",
    "SOURUNIT": "SOURUNIT",
    "STAT": "STATUS",
    "UNIT": "UNIT",
    "SEC": "SECONDS",
    "FRAC": "FRACTIONAL",
    "TST": "TSTAMP",
}
MOST_ELEMENTS = 14
MOST_READINGS = 6_875_000
DEFAULT = '"defbuffer1"'


class ReadingCommands:
    """`:SENS:FUNC`, `:READ?`, `:FETC?`, `:MEAS?`, `:TRAC`, `:FORM`."""

    def __init__(self, instrument: ScpiInstrument, bench: Workbench, trigger: TriggerModel) -> None:
        self._instrument = instrument
        self._bench = bench
        self._trigger = trigger
        self._digits = 0
        add = instrument.table.add
        add("[:SENSe[1]]:FUNCtion[:ON]", self._function)
        add("[:SENSe[1]]:COUNt", self._count)
        add(f"[:SENSe[1]]:{EITHER}[:DC]:RSENse", switch_setting(lambda: bench.meter.four_wire))
        add(":READ", self._read, sets=False)
        add(":FETCh", self._fetch, sets=False)
        add(f":MEASure:{EITHER}[:DC]", self._measure, sets=False)
        add(":MEASure", self._read, sets=False)
        add(":TRACe:MAKE", self._make, tells=False)
        add(":TRACe:DELete", self._delete, tells=False)
        add(":TRACe:CLEar", lambda call: self._buffer(call).clear(), tells=False)
        add(":TRACe:ACTual", lambda call: str(len(self._buffer(call).readings)), sets=False)
        add(":TRACe:ACTual:STARt", lambda call: str(self._buffer(call).first), sets=False)
        add(":TRACe:ACTual:END", lambda call: str(self._buffer(call).last), sets=False)
        add(":TRACe:POINts", self._points)
        add(":TRACe:FILL:MODE", self._fill)
        add(":TRACe:TRIGger", self._fill_now, tells=False)
        add(":TRACe:DATA", self._data, sets=False)
        add(":FORMat[:DATA]", self._format)
        add(":FORMat:ASCii:PRECision", self._precision)

    def _function(self, call: Call) -> str | None:
        meter = self._bench.meter
        if call.query:
            return f'"{MEASURED[meter.function]}"'
        word = quoted(call.argument()).upper().removesuffix(":DC")
        meter.function = choice(word, WORDS)
        return None

    def _count(self, call: Call) -> str | None:
        if call.query:
            return str(self._bench.meter.count)
        self._bench.meter.count = whole_number(call.argument(), 1, 300_000)
        return None

    def _read(self, call: Call) -> str:
        self._require_idle()
        buffer = self._buffer(call)
        for _ in range(self._bench.meter.count):
            buffer.add(self._bench.take_reading(call.now + self._instrument.busy_s))
            self._instrument.busy_s += self._bench.meter.duration_s
        return self._told(buffer, buffer.readings[-1:], call.arguments[1:])

    def _measure(self, call: Call) -> str:
        self._require_idle()
        self._bench.meter.function = call.words[0][:4]
        return self._read(call)

    def _fetch(self, call: Call) -> str:
        buffer = self._buffer(call)
        if not buffer.readings:
            raise ScpiError(-221, "the buffer is empty")
        return self._told(buffer, buffer.readings[-1:], call.arguments[1:])

    def _make(self, call: Call) -> None:
        name, size = quoted(call.argument(0)), whole_number(call.argument(1), 10, MOST_READINGS)
        style = choice(call.or_else(2, "STAN"), STYLES)
        self._bench.buffers.make(name, size, writable=style == "WRIT")

    def _delete(self, call: Call) -> None:
        name = quoted(call.argument())
        if self._trigger.uses(name):
            raise ScpiError(-221, "the trigger model uses this buffer")
        self._bench.buffers.delete(name)

    def _points(self, call: Call) -> str | None:
        if call.query:
            return str(self._buffer(call).size)
        buffer = self._bench.buffers[quoted(call.or_else(1, DEFAULT))]
        buffer.size = whole_number(call.argument(), 10, MOST_READINGS)
        buffer.clear()
        return None

    def _fill(self, call: Call) -> str | None:
        if call.query:
            return "CONT" if self._buffer(call).continuous else "ONCE"
        buffer = self._bench.buffers[quoted(call.or_else(1, DEFAULT))]
        buffer.continuous = choice(call.argument(), FILLS) == "CONT"
        buffer.clear()
        return None

    def _fill_now(self, call: Call) -> None:
        self._read(call)

    def _data(self, call: Call) -> str:
        first = whole_number(call.argument(0), 1, MOST_READINGS)
        last = whole_number(call.argument(1), 1, MOST_READINGS)
        buffer = self._bench.buffers[quoted(call.or_else(2, DEFAULT))]
        return self._told(buffer, buffer.between(first, last), call.arguments[3:])

    def _format(self, call: Call) -> str | None:
        if not call.query:
            choice(call.argument(), FORMATS)
            return None
        return "ASC"

    def _precision(self, call: Call) -> str | None:
        if call.query:
            return str(self._digits)
        self._digits = round(number(call.argument(), 0, 16, 0))
        return None

    def _buffer(self, call: Call) -> Buffer:
        return self._bench.buffers[quoted(call.or_else(0, DEFAULT))]

    def _told(self, buffer: Buffer, readings: list[StoredReading], asked: tuple[str, ...]) -> str:
        if len(asked) > MOST_ELEMENTS:
            raise ScpiError(-108)
        try:
            elements = [choice(word, ELEMENTS) for word in asked] or ["READ"]
        except ScpiError:
            raise ScpiError(1133) from None
        began_s = buffer.began_s or 0.0
        return ",".join(self._element(reading, word, began_s) for reading in readings for word in elements)

    def _element(self, reading: StoredReading, word: str, began_s: float) -> str:
        digits = self._digits or 7
        match word:
            case "READ":
                return scientific(reading.reading, digits)
            case "SOUR":
                return scientific(reading.source, digits)
            case "REL":
                return scientific(reading.time_s - began_s, digits)
            case "STAT":
                return str(reading.status)
            case "SOURSTAT":
                return str(reading.source_status)
            case "UNIT":
                return reading.unit
            case "SOURUNIT":
                return reading.source_unit
            case "SEC":
                return str(int(reading.time_s))
            case "FRAC":
                return scientific(reading.time_s % 1.0, digits)
            case _:
                return f"{reading.time_s:.6f}"

    def _require_idle(self) -> None:
        if self._trigger.running:
            raise ScpiError(-221, "the trigger model runs")
