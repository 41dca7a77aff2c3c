"""Where a user makes mistakes: a folder with protocol, bench file and run; ports that are closed, silent or busy."""

import fcntl
import os
import pty
import re
import shutil
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from operando.protocols.runner import RunOptions
from operando.simulators.benches import keithley_bench, simulated_bench
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, IMAGING
from support.served import bench_of, serving
from support.sessions import CYCLED, at_times

__all__ = ["Surroundings"]

ANODE_ONLY = "".join(line for line in IMAGING.partition("  chemistry:")[0].splitlines(True) if "cathode" not in line)
PROTOCOL = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 until 4.2 V}
  - {name: discharge, step: Discharge at C/10 until 3.0 V}
"""
    + ANODE_ONLY
    + """\
when:
  - {every: 2 min, capture: overview}
  - {just_before_end_of: charge, capture: overview}
dose: {anode: 3 C/m^2}
"""
)

SHORT_RUN = (
    HEAD
    + "cycling: [{name: settle, step: Rest for 1 minute}]\n"
    + IMAGING
    + "when: [{every: 20 s, capture: overview}]\n"
)
_RUN: list[Path] = []
_PARKED: list[Path] = []
"""Recorded once for all mistakes that need one, and copied."""


def _simulated_run() -> Path:
    folder = Path(tempfile.mkdtemp()) / "run"
    SimulatedBench.open().run(SHORT_RUN, folder)
    return folder


def _simulated_parked_run() -> Path:
    folder = Path(tempfile.mkdtemp()) / "run"
    wishes = {20.0: lambda steering: steering.park("eva")}
    SimulatedBench.open().run(CYCLED, folder, RunOptions(steered_by=at_times(wishes)))
    return folder


class Surroundings:
    """A folder, and what is connected while the stack is open.

    Args:
        folder: for everything.
        stack: closes what was opened.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._differing = {str(folder): "."}

    def write(self, name: str, text: str) -> None:
        """A file in the folder."""
        (self._folder / name).write_text(text, encoding="utf-8")

    def protocol(self, before: str = "", after: str = "") -> None:
        """`protocol.yaml`, with one thing replaced."""
        assert before in PROTOCOL
        self.write("protocol.yaml", PROTOCOL.replace(before, after, 1))

    def empty_protocol(self) -> None:
        self.write("protocol.yaml", "")

    def both(self) -> None:
        """A protocol and a bench file."""
        self.protocol()
        self.write("bench.yaml", simulated_bench())

    def picture(self) -> None:
        """What is no text."""
        self.protocol()
        (self._folder / "sem.tif").write_bytes(b"II*\x00\xff\xfe\x80\x81" * 64)

    def finished_run(self) -> None:
        """`run`, a closed record, and a protocol."""
        self.protocol()
        if not _RUN:
            _RUN.append(_simulated_run())
        shutil.copytree(_RUN[0], self._folder / "run")

    def parked_run(self) -> None:
        """`run`, a record whose first session has ended."""
        if not _PARKED:
            _PARKED.append(_simulated_parked_run())
        shutil.copytree(_PARKED[0], self._folder / "run")

    def changed_run(self) -> None:
        """A closed record in which somebody has edited a table."""
        self.finished_run()
        table = self._folder / "run" / "frames.csv"
        table.write_text(table.read_text(encoding="utf-8").replace("anode", "cathode", 1), encoding="utf-8")

    def broken_driver(self) -> None:
        """An installed package offers a driver that cannot be loaded, and the bench file names it."""
        offered = self._folder / "acme_gauges-1.0.dist-info"
        offered.mkdir()
        (offered / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-gauges\nVersion: 1.0\n", encoding="utf-8")
        entry = "[operando.drivers]\nacme = acme_gauges:open_gauge\n"
        (offered / "entry_points.txt").write_text(entry, encoding="utf-8")
        sys.path.insert(0, str(self._folder))
        self._stack.callback(sys.path.remove, str(self._folder))
        self.write("bench.yaml", bench_of(box="acme tcp://127.0.0.1:8001"))

    def filled_in(self, text: str) -> str:
        """A bench file with addresses for `{closed}`, `{silent}`, `{keithley}` and `{busy}`."""
        makers = {
            "{closed}": self._closed,
            "{silent}": self._silent,
            "{keithley}": self._keithley,
            "{busy}": self._busy,
        }
        for name, make in makers.items():
            if name in text:
                text = text.replace(name, make())
        return text

    def without_what_differs(self, text: str) -> str:
        """Addresses and folders of this machine as the documentation names them."""
        for differing, name in self._differing.items():
            text = text.replace(f"{differing}/", "").replace(differing, name)
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
        return "\n".join(line.rstrip() for line in text.splitlines()).strip()

    def _closed(self) -> str:
        """A port at which nobody listens, and nobody else begins to."""
        held = self._stack.enter_context(socket.socket())
        held.bind(("127.0.0.1", 0))
        return self._named(held.getsockname()[1], "8001")

    def _silent(self) -> str:
        """A port that takes everything and never answers."""
        silent = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        return self._named(silent.getsockname()[1], "8002")

    def _keithley(self) -> str:
        """A port behind which another instrument answers."""
        served = self._stack.enter_context(serving(self._folder, keithley_bench()))
        wires = next(wires for name, wires in served.instruments.items() if "potentiostat" in name)
        address = next(iter(wires.values()))
        return self._named(int(address.rpartition(":")[2].partition("?")[0]), "8003")

    def _busy(self) -> str:
        """A serial line that another program has locked."""
        ours, theirs = pty.openpty()
        self._stack.callback(os.close, ours)
        self._stack.callback(os.close, theirs)
        fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
        name = os.ttyname(theirs)
        self._differing[name] = "/dev/ttyUSB0"
        return name

    def _named(self, port: int, name: str) -> str:
        self._differing[f"127.0.0.1:{port}"] = f"127.0.0.1:{name}"
        return str(port)
