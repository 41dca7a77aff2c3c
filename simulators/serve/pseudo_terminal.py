"""A door to an instrument over a pseudo terminal, which looks like a serial port to a client. POSIX only."""

import asyncio
import os
import sys

if sys.platform != "win32":
    import pty
    import termios
    import tty

from operando.simulators.serve.traffic import ServedInstrument, Traffic, Visit

__all__ = ["PseudoTerminal", "pseudo_terminals_exist"]

LOOK_EVERY_S = 0.02
"""How often a port that nobody holds is looked at; the system does not tell when it is opened."""

CHUNK = 1 << 16

if sys.platform != "win32":

    def _open_port() -> tuple[int, str]:
        """The end that we keep, and the name of the other."""
        ours, theirs = pty.openpty()
        name = os.ttyname(theirs)
        os.close(theirs)
        os.set_blocking(ours, False)
        return ours, name

    def _lay_still(path: str) -> None:
        theirs = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            tty.setraw(theirs)
            termios.tcflush(theirs, termios.TCIFLUSH)
        finally:
            os.close(theirs)

else:

    def _open_port() -> tuple[int, str]:
        raise NotImplementedError("this platform has no pseudo terminals")

    def _lay_still(path: str) -> None:
        raise NotImplementedError("this platform has no pseudo terminals")


def pseudo_terminals_exist() -> bool:
    """Whether this platform has them."""
    return os.name == "posix"


class PseudoTerminal:
    """One client at a time. It is there from opening the port to closing it; its first bytes wait for us.

    A cut wire is silence: the port stays, and so does the client that holds it.
    """

    def __init__(self, traffic: Traffic, instrument: ServedInstrument, endpoint: str) -> None:
        self._traffic = traffic
        self._instrument = instrument
        self._endpoint = endpoint
        self._master, self._path = _open_port()
        self.address = f"serial://{self._path}"
        self._lay_still()
        self._unsent = b""
        self._visit: Visit | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look: asyncio.TimerHandle | None = None

    @property
    def takes_bytes(self) -> bool:
        """Whether everything that was sent is in the port's buffer."""
        return not self._unsent

    async def open(self) -> None:
        """Wait for a client."""
        self._loop = asyncio.get_running_loop()
        self._look_for_client(self._loop)

    async def close(self) -> None:
        """The port is gone."""
        if self._look is not None:
            self._look.cancel()
        if self._loop is not None:
            self._loop.remove_reader(self._master)
            self._loop.remove_writer(self._master)
            self._loop = None
        os.close(self._master)

    def send(self, data: bytes) -> None:
        """Bytes to the client; what it does not take waits."""
        self._unsent += data
        self._send_on()

    def hang_up(self, *, reset: bool = False, finished: bool = False) -> None:
        """Nothing more is said; the client finds out by the silence."""
        self._visit = None
        self._unsent = b""
        self._send_on()

    def _look_for_client(self, loop: asyncio.AbstractEventLoop) -> None:
        arrived = self._read()
        if arrived is None:
            self._look = loop.call_later(LOOK_EVERY_S, self._look_for_client, loop)
            return
        loop.add_reader(self._master, self._hear, loop)
        self._take_in(arrived)

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        arrived = self._read()
        if arrived is not None:
            self._take_in(arrived)
            return
        loop.remove_reader(self._master)
        visit = self._visit
        self.hang_up()
        if visit is not None:
            self._traffic.gone(visit)
        self._lay_still()
        self._look_for_client(loop)

    def _take_in(self, arrived: bytes) -> None:
        if self._visit is None:
            try:
                self._visit = self._traffic.open(self._instrument, self._endpoint, 0, self)
            except ConnectionRefusedError:
                return  # somebody else holds the instrument, or the wire is cut: these bytes are lost
        if arrived:
            self._traffic.arrived(self._visit, arrived)

    def _read(self) -> bytes | None:
        """What has arrived, possibly nothing; None if nobody holds the port."""
        try:
            return os.read(self._master, CHUNK) or None
        except BlockingIOError:
            return b""
        except OSError:  # EIO: Linux says so when the other end is closed, other systems by end of file
            return None

    def _send_on(self) -> None:
        loop = self._loop
        if loop is None:
            return
        while self._unsent:
            try:
                self._unsent = self._unsent[os.write(self._master, self._unsent) :]
            except BlockingIOError:
                loop.add_writer(self._master, self._send_on)
                return
            except OSError:  # the client has just gone, which the next read tells
                self._unsent = b""
        if loop.remove_writer(self._master):
            self._traffic.serve()

    def _lay_still(self) -> None:
        """Raw bytes for the next client, and nothing of what the last one did not read.

        After this a look at the port tells that nobody holds it, until somebody opens it.
        """
        _lay_still(self._path)
