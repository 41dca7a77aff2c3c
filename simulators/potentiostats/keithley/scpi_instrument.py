"""An instrument that speaks SCPI: messages are carried out unit by unit, replies joined, refusals queued."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from operando.simulators.potentiostats.keithley.command_table import Call, CommandTable
from operando.simulators.potentiostats.keithley.message import units
from operando.simulators.potentiostats.keithley.scpi_error import ErrorQueue, ScpiError
from operando.simulators.potentiostats.keithley.settings import SourceMeterSettings
from operando.simulators.potentiostats.keithley.status import Status, standard_event_bit
from operando.simulators.potentiostats.keithley.values import whole_number
from operando.simulators.world.world import World

__all__ = ["ScpiInstrument"]

SETTING = re.compile(r"SOUR|SENS|OUTP(UT)?1?:")
LARGEST_REGISTER = 0xFFFF
EPOCH = datetime(2026, 1, 1)
"""What the instrument's own clock shows when the world begins."""


class ScpiInstrument:
    """Command table, error queue and status registers of one instrument.

    Valid commands before an invalid one are executed, those after it are ignored (2461 reference manual, chapter 5).
    """

    def __init__(self, world: World, settings: SourceMeterSettings, *, long_errors: bool) -> None:
        self.world = world
        self.settings = settings
        self.table = CommandTable()
        self.errors = ErrorQueue(long_form=long_errors)
        self.status = Status()
        self.busy_s = 0.0
        """How long the units of the present message take."""
        self.locked: Callable[[], bool] = lambda: False
        """Whether source, measurement and output-off state cannot be set now (a trigger model runs; sheet 2.3)."""
        self._waiting_reply = False
        self._add_common()

    def obey(self, message: str, now: float) -> str | None:
        """Carry out a message; its replies joined by semicolons, None if it asks nothing."""
        self.busy_s = 0.0
        replies: list[str] = []
        try:
            for unit in units(message):
                handler, words = self.table.find(unit.header, query=unit.query)
                if not unit.query and SETTING.match(unit.header) and self.locked():
                    raise ScpiError(-221, "the trigger model runs")
                self._waiting_reply = bool(replies)
                reply = handler(Call(words, unit.arguments, unit.query, now + self.busy_s))
                if reply is not None:
                    replies.append(reply)
        except ScpiError as error:
            self.refuse(error, now)
        return ";".join(replies) if replies else None

    def refuse(self, error: ScpiError, now: float) -> None:
        """Queue an error and set its bit."""
        self.errors.put(error, EPOCH + timedelta(seconds=now))
        self.status.events |= standard_event_bit(error.code)

    def _add_common(self) -> None:
        add, status = self.table.add, self.status
        add("*IDN", lambda _: self.settings.identity, sets=False)
        add("*CLS", self._clear, tells=False)
        add("*ESE", lambda call: self._enable(call, "events"))
        add("*SRE", lambda call: self._enable(call, "request"))
        add("*ESR", lambda _: str(status.take_events()), sets=False)
        add("*STB", lambda _: str(self._status_byte()), sets=False)
        add("*OPC", self._operation_complete)
        add("*WAI", lambda _: None, tells=False)
        add("*TST", lambda _: "0", sets=False)
        add("*LANG", lambda _: self.settings.language, sets=False)
        add(":STATus:CLEar", self._clear_status, tells=False)
        add(":STATus:PRESet", lambda _: None, tells=False)
        add(":STATus:MEASurement[:EVENt]", lambda _: str(status.take_measurement()), sets=False)
        add(":STATus:MEASurement:ENABle", lambda call: self._enable(call, "measurement"))
        add(":STATus:OPERation[:EVENt]", lambda _: str(status.take_operation()), sets=False)
        add(":STATus:OPERation:ENABle", lambda call: self._enable(call, "operation"))
        add(":SYSTem:ERRor[:NEXT]", lambda _: self.errors.next(), sets=False)
        add(":SYSTem:EVENtlog:NEXT", lambda _: self.errors.next(), sets=False)
        add(":SYSTem:ERRor:COUNt", lambda _: str(len(self.errors)), sets=False)
        add(":SYSTem:ERRor:CODE[:NEXT]", lambda _: self.errors.next_code(), sets=False)
        add(":SYSTem:CLEar", self._clear_errors, tells=False)
        add(":SYSTem:LFRequency", lambda _: f"{self.settings.line_frequency_Hz:.0f}", sets=False)
        add(":SYSTem:VERSion", lambda _: "1996.0", sets=False)

    def _clear(self, call: Call) -> None:
        self.status.clear()
        self.errors.clear()

    def _clear_status(self, call: Call) -> None:
        self.status.clear()

    def _clear_errors(self, call: Call) -> None:
        self.errors.clear()

    def _operation_complete(self, call: Call) -> str | None:
        if call.query:
            return "1"
        self.status.events |= 1
        return None

    def _status_byte(self) -> int:
        return self.status.byte(errors=len(self.errors) > 0, message=self._waiting_reply)

    def _enable(self, call: Call, register: str) -> str | None:
        if call.query:
            return str(self.status.enabled[register])
        self.status.enabled[register] = whole_number(call.argument(), 0, LARGEST_REGISTER)
        return None
