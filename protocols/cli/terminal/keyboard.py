"""Single keys from the terminal, on every platform, without ever making the event loop wait."""

import codecs
import os
import re
import sys
from types import TracebackType

import anyio

__all__ = ["BACKSPACE", "ENTER", "ESCAPE", "Keyboard", "Modes", "no_terminal"]

ENTER, ESCAPE, BACKSPACE = "enter", "escape", "backspace"
_SEQUENCE = re.compile(r"\x1b[\[O][0-9;]*[A-Za-z~]")
_NAMES = {"\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": BACKSPACE, "\x08": BACKSPACE}

if sys.platform == "win32":
    import msvcrt

    LOOK_EVERY_S = 0.05

    class Modes:
        """Nothing to keep: reading single keys changes no mode of a Windows console."""

        def restore(self) -> None:
            pass

    class Keyboard:
        """Keys while the block lasts."""

        def __enter__(self) -> "Keyboard":
            return self

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            pass

        async def keys(self) -> list[str]:
            """Wait for keys: printable characters, and `enter`, `escape`, `backspace`."""
            while not msvcrt.kbhit():
                await anyio.sleep(LOOK_EVERY_S)
            key = msvcrt.getwch()
            if key in ("\x00", "\xe0"):  # an arrow or a function key: its second half says which
                msvcrt.getwch()
                return []
            return _named(key)

    def no_terminal() -> str:
        """Why keys cannot be read here; empty if they can."""
        return ""

else:
    import termios

    _LOCAL_MODES, _SPECIAL_CHARACTERS = 3, 6

    class Modes:
        """The modes of the terminal as they are now, to be put back whatever happens."""

        def __init__(self) -> None:
            self._terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
            self._before = termios.tcgetattr(self._terminal)

        def restore(self) -> None:
            """Put them back; once."""
            if self._terminal >= 0:
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
                os.close(self._terminal)
                self._terminal = -1

    class Keyboard:
        """Keys while the block lasts; the terminal gets its modes back at the end.

        Ctrl-C stays a signal. Ctrl-Z does nothing: a runner that is stopped in the middle of a step leaves the current
        flowing with nobody at the watch.
        """

        def __init__(self) -> None:
            self._terminal = -1
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def __enter__(self) -> "Keyboard":
            self._terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
            self._before = termios.tcgetattr(self._terminal)
            modes = termios.tcgetattr(self._terminal)
            modes[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)
            off = os.fpathconf(self._terminal, "PC_VDISABLE")
            characters = modes[_SPECIAL_CHARACTERS]
            characters[termios.VMIN], characters[termios.VTIME] = 1, 0
            characters[termios.VSUSP] = bytes([off])
            termios.tcsetattr(self._terminal, termios.TCSANOW, modes)
            return self

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
            os.close(self._terminal)

        async def keys(self) -> list[str]:
            """Wait for keys: printable characters, and `enter`, `escape`, `backspace`."""
            await anyio.wait_readable(self._terminal)
            return _named(self._decoder.decode(os.read(self._terminal, 256)))

    def no_terminal() -> str:
        """Why keys cannot be read here; empty if they can."""
        try:
            terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        except OSError:
            return "there is no controlling terminal"
        try:
            return "" if os.tcgetpgrp(terminal) == os.getpgrp() else "this runs in the background"
        except OSError:
            return "the terminal belongs to somebody else"
        finally:
            os.close(terminal)


def _named(text: str) -> list[str]:
    """Single keys. Arrows and function keys come as a sequence that begins with an escape; they mean nothing here."""
    text = _SEQUENCE.sub("", text)
    return [_NAMES.get(key, key) for key in text if key in _NAMES or key.isprintable()]
