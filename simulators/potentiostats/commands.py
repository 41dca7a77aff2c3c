"""The commands of the communication protocol (sheet 1.2): a line in, at most one reply out.

Each reply begins with the first character of its command; an error is that character, `!` and four hex digits.
"""

import re

from operando.simulators.potentiostats.errors import ErrorCode
from operando.simulators.potentiostats.execution import Execution
from operando.simulators.potentiostats.file_commands import file_command
from operando.simulators.potentiostats.instrument import Instrument

__all__ = ["CommandRefused", "Commands"]

_RUNTIME = ("Z", "Y", "h", "H", "R")
_REGISTER = re.compile(r"([GS])([0-9A-Fa-f]{2})([0-9A-Fa-f]*)\Z")
_SERIAL_NUMBER_REGISTER = 0x06
_WRITABLE_REGISTERS = (0x01, 0x02)


class CommandRefused(Exception):
    """A command was answered with an error code."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(f"{code:04X}")
        self.code = code


class Commands:
    """Answers single lines; scripts, which have many, are put together by the conversation."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._settings = instrument.settings
        self._registers = dict.fromkeys(_WRITABLE_REGISTERS, "00000000")

    def answer(self, line: str, now: float) -> str:
        """The reply to a line, with its line ends.

        Raises:
            CommandRefused: with the code of the error reply.
        """
        execution = self._instrument.execution
        if line == "t":
            return f"t{self._settings.firmware}\n{self._settings.release}\n"
        if line in _RUNTIME:
            return self._at_run_time(line, execution, now)
        if execution is not None:
            if line == "":
                return ""
            raise CommandRefused(ErrorCode.MODE_INVALID)
        return self._idle(line, now)

    def _at_run_time(self, letter: str, execution: Execution | None, now: float) -> str:
        if execution is None:
            raise CommandRefused(ErrorCode.MODE_INVALID)
        if letter == "Z":
            execution.abort(now + self._settings.abort_delay_s)
        elif letter == "h":
            execution.halt(now)
        elif letter == "H":
            execution.resume(now)
        elif not (execution.end_measurement(now) if letter == "Y" else execution.reverse_sweep()):
            raise CommandRefused(ErrorCode.MODE_INVALID)
        return letter + "\n"

    def _idle(self, line: str, now: float) -> str:
        settings, instrument = self._settings, self._instrument
        fixed = {
            "": "\n",
            "i": f"i{settings.serial_number}\n",
            "v": f"v{settings.language_version}\n",
            "CC": f"C{settings.communication_capabilities}\n",
            "CM": f"C{settings.script_capabilities}\n",
        }
        if line in fixed:
            return fixed[line]
        if line == "m":
            raise CommandRefused(ErrorCode.NO_MULTI_DEVICE)
        if line == "r":
            if instrument.loaded is None:
                raise CommandRefused(ErrorCode.NO_SCRIPT_LOADED)
            instrument.run(instrument.loaded, now + settings.reply_latency_s)
            return "r\n"
        if line in ("Fmscr", "Lmscr"):
            return self._flash(line)
        if line.startswith("fs_"):
            return self._files(line)
        if match := _REGISTER.match(line):
            return self._register(match[1], int(match[2], 16), match[3])
        raise CommandRefused(ErrorCode.COMMAND_NOT_RECOGNISED)

    def _files(self, line: str) -> str:
        reply = file_command(line, self._instrument.storage)
        if isinstance(reply, ErrorCode):
            raise CommandRefused(reply)
        return reply

    def _flash(self, command: str) -> str:
        instrument = self._instrument
        script = instrument.loaded if command == "Fmscr" else instrument.stored
        if script is None:
            raise CommandRefused(ErrorCode.NO_SCRIPT_LOADED)
        instrument.loaded = instrument.stored = script
        return command[0] + "\n"

    def _register(self, letter: str, register: int, value: str) -> str:
        if register == _SERIAL_NUMBER_REGISTER:
            if letter == "S":
                raise CommandRefused(ErrorCode.REGISTER_READ_ONLY)
            return f"G{self._settings.serial_number}\n"
        if register not in self._registers:
            raise CommandRefused(ErrorCode.UNKNOWN_REGISTER)
        if letter == "G":
            return f"G{self._registers[register]}\n"
        if not value:
            raise CommandRefused(ErrorCode.UNEXPECTED_VALUE)
        self._registers[register] = value.upper()
        return "S\n"
