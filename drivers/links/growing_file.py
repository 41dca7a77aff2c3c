"""`file://`: a file that another program writes, read as a stream of the bytes it has grown by.

The file is opened for each look and let go at once, so that the other program can rename and replace it on any system.
"""

import os
from pathlib import Path

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink, Truth

__all__ = ["FileLinks", "GrowingFile"]

LOOK_EVERY_S = 0.2
LONGEST_LOCK_S = 60.0
"""A program that writes may keep others out for moments, not for a minute."""
KEPT_BYTES = 256
MOST_BYTES = 1 << 20


class FileLinks:
    """Opens files of this computer, or of a share that it sees."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        self._clock = context.clock

    def open(self, address: Address) -> Link:
        """Find the file; nothing is kept open."""
        return GrowingFile(address, path_of(address), self._clock)

    def prepare(self, address: Address) -> PendingLink:
        raise ConfigMismatch("a file has no port of its own", where=str(address))

    def truth(self) -> Truth | None:
        return None


def path_of(address: Address) -> Path:
    """The path of `file:///home/me/a.mpt`, of `file:///C:/data/a.mpt`, and of `file://server/share/a.mpt`."""
    place = address.place
    if place[:1] == "/" and place[2:4] == ":/":
        return Path(place[1:])
    return Path(place if place.startswith("/") else f"//{place}")


class GrowingFile:
    """Gives out what a file has grown by. A file that was replaced, cut or written anew is another one: it ends here.

    Implements `Link`.
    """

    simulated = False

    def __init__(self, address: Address, path: Path, clock: Clock) -> None:
        self.address = address
        self._path = path
        self._clock = clock
        self._position = 0
        self._before = b""
        self._identity: int | None = None
        self._locked_since_s: float | None = None
        try:
            there = path.is_file()
        except OSError as error:
            raise self._unreadable(error) from error
        if not there:
            raise self._gone("there is no such file yet", "It appears once the other program begins to write it.")

    def write(self, data: bytes) -> None:
        raise ConfigMismatch("a file of another program is only read", where=str(self.address))

    def read(self, timeout_s: float) -> bytes:
        deadline = self._clock.now() + timeout_s
        while not (data := self._grown()):
            now = self._clock.now()
            if now >= deadline:
                if timeout_s <= 0:
                    return b""
                raise TransportTimeout(f"the file has not grown within {timeout_s:g} s", where=str(self.address))
            self._clock.sleep_until(min(deadline, now + LOOK_EVERY_S))
        return data

    def close(self) -> None:
        """Nothing is kept open."""

    def _grown(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                data = self._new_bytes(file.fileno())
        except FileNotFoundError as error:
            raise self._gone("the file is gone", "It is looked for again under the same name.") from error
        except PermissionError as error:
            self._locked(error)
            return b""
        except OSError as error:
            raise self._unreadable(error) from error
        self._locked_since_s = None
        return data

    def _new_bytes(self, file: int) -> bytes:
        status = os.fstat(file)
        if self._identity is None:
            self._identity = status.st_ino
        if status.st_ino != self._identity or status.st_size < self._position:
            raise self._gone("the file was replaced", "It is read from its beginning.")
        if status.st_size == self._position:
            return b""
        os.lseek(file, self._position - len(self._before), os.SEEK_SET)
        data = _read_all(file, len(self._before) + min(status.st_size - self._position, MOST_BYTES))
        known, new = data[: len(self._before)], data[len(self._before) :]
        if known != self._before:
            raise self._gone("the file was written anew", "It is read from its beginning.")
        self._position += len(new)
        self._before = data[-KEPT_BYTES:]
        return new

    def _locked(self, error: PermissionError) -> None:
        now = self._clock.now()
        if self._locked_since_s is None:
            self._locked_since_s = now
        if now - self._locked_since_s > LONGEST_LOCK_S:
            raise self._gone(
                f"another program has kept the file locked for {LONGEST_LOCK_S:g} s",
                "Let that program write text on the fly, and check the rights of the folder.",
            ) from error

    def _unreadable(self, error: OSError) -> TransportClosed:
        return self._gone(f"the file cannot be read ({error.strerror})", "Check the rights, and the share it lies on.")

    def _gone(self, why: str, remedy: str) -> TransportClosed:
        return TransportClosed(why, where=str(self.address), remedy=remedy)


def _read_all(file: int, count: int) -> bytes:
    pieces: list[bytes] = []
    while count > 0 and (piece := os.read(file, count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
