"""Starts a program for each message."""

import json
import subprocess

from operando.drivers.bench.alerts import CommandEntry
from operando.protocols.alerts.alert import Message
from operando.protocols.alerts.route import NotDelivered

__all__ = ["CommandRoute"]


class CommandRoute:
    """A program that reads the message, as JSON, from its standard input."""

    name = "command"

    def __init__(self, entry: CommandEntry) -> None:
        self._entry = entry

    def send(self, message: Message) -> None:
        """Start the program and wait for its end.

        Raises:
            NotDelivered: if it cannot be started, ends with anything but 0, or does not end in time.
        """
        program, within_s = self._entry.program, self._entry.within
        try:
            ended = subprocess.run(
                program,
                input=json.dumps(message.as_json()).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=within_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotDelivered(f"it did not end within {within_s:g} s", where=program[0]) from None
        except OSError as error:
            raise NotDelivered(f"it cannot be started: {error}", where=program[0]) from error
        if ended.returncode:
            raise NotDelivered(f"it ended with code {ended.returncode}", where=program[0])
