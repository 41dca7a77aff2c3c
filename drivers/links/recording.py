"""Records what goes over every wire of a bench, so that a driver can be tested for ever after without the instrument.

A recording is JSON lines: a head, then one line for each thing that a link did, in the order in which it was done.
Times are those of the bench's clock. The bytes are what the driver and the instrument said, nothing is left out:
whoever shares a recording shares serial numbers with it.
"""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, TransportClosed
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, PendingLink

__all__ = ["FORMAT", "WireRecorder"]

FORMAT = "operando_wires"

Act = Literal["open", "refused", "write", "read", "closed"]


class WireRecorder:
    """Writes one recording; each line is on its way to the disk when the act is over.

    A recording never stands in the way of what it records: if it cannot go on (a full disk), or was closed, the links
    go on without it, and `close` says that it is not whole.

    Args:
        path: of the recording, which must not exist yet.
        clock: of the bench.
        whole: called when the recording is whole.

    Raises:
        ConfigMismatch: if there is such a file already, or none can be written.
    """

    def __init__(self, path: Path, clock: Clock, whole: Callable[[], object] = lambda: None) -> None:
        self._whole = whole
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0
        self._failure: OSError | None = None
        try:
            self._file = path.open("x", encoding="ascii", buffering=1)
        except OSError as error:
            raise ConfigMismatch(
                f"cannot record there ({error.strerror})",
                where=str(path),
                remedy="Name a new file in a folder that there is; a recording never overwrites anything.",
            ) from error
        self._line({FORMAT: 1, "began": clock.wall().isoformat()})

    def __enter__(self) -> "WireRecorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """The recording is whole; safe to call twice.

        Raises:
            ConfigMismatch: if it is not whole, because it could not be written to its end.
        """
        with self._lock:
            if self._file.closed:
                return
            self._let_go()
        if self._failure is not None:
            raise ConfigMismatch(
                f"the recording breaks off, it could not be written ({self._failure.strerror})",
                where=self._file.name,
                remedy="Make room on that disk, and record once more.",
            ) from self._failure
        self._whole()

    def record(self, address: Address, opening: Callable[[], Link], local_port: int | None = None) -> Link:
        """Open a link, which is under observation from now on; that nobody answered is written down, too."""
        with self._lock:
            number = self._count
            self._count += 1
        try:
            link = opening()
        except TransportClosed:
            self.note(number, "refused", {"address": str(address), "local_port": local_port})
            raise
        self.note(number, "open", {"address": str(address), "local_port": local_port})
        return _RecordedLink(link, number, self)

    def record_pending(self, address: Address, pending: PendingLink) -> PendingLink:
        """The link that is connected later, under observation from then on."""
        return _RecordedPending(address, pending, self)

    def note(self, link: int, act: Act, more: Mapping[str, str | int | None]) -> None:
        """Write down what a link did."""
        self._line({"time_s": round(self._clock.now(), 6), "link": link, "act": act, **more})

    def _line(self, content: Mapping[str, str | int | float | None]) -> None:
        with self._lock:
            if self._failure is not None or self._file.closed:
                return
            try:
                self._file.write(json.dumps(content) + "\n")
            except OSError as error:
                self._failure = error

    def _let_go(self) -> None:
        try:
            self._file.close()
        except OSError as error:  # its last line is not on the disk
            self._failure = self._failure or error


class _RecordedPending:
    def __init__(self, address: Address, pending: PendingLink, recorder: WireRecorder) -> None:
        self._address = address
        self._pending = pending
        self._recorder = recorder

    @property
    def local_port(self) -> int:
        return self._pending.local_port

    def connect(self) -> Link:
        return self._recorder.record(self._address, self._pending.connect, self._pending.local_port)

    def close(self) -> None:
        self._pending.close()


class _RecordedLink:
    def __init__(self, link: Link, number: int, recorder: WireRecorder) -> None:
        self._link = link
        self._number = number
        self._recorder = recorder

    @property
    def address(self) -> Address:
        return self._link.address

    @property
    def simulated(self) -> bool:
        return self._link.simulated

    def write(self, data: bytes) -> None:
        self._recorder.note(self._number, "write", {"hex": data.hex()})
        try:
            self._link.write(data)
        except TransportClosed:
            self._recorder.note(self._number, "closed", {})
            raise

    def read(self, timeout_s: float) -> bytes:
        try:
            data = self._link.read(timeout_s)
        except TransportClosed:
            self._recorder.note(self._number, "closed", {})
            raise
        if data:
            self._recorder.note(self._number, "read", {"hex": data.hex()})
        return data

    def close(self) -> None:
        self._link.close()
