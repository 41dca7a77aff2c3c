"""A simulated EmStat4 HR on the cell of a `ResistorWorld`, and a client at its port."""

from operando.simulators.potentiostats import EmStat4, EmStat4Settings
from support.resistor_world import Client, ResistorCell, ResistorWorld

__all__ = ["CC_CHARGE", "QUIET", "EmStatBench"]

QUIET = EmStat4Settings(voltage_noise_V=0.0, current_noise_of_range=0.0, impedance_noise=0.0)
"""An instrument without noise, so that a test knows every digit."""

CC_CHARGE = """var p
var i
var t
set_pgstat_chan 0
set_pgstat_mode 6
set_max_bandwidth 10
set_range ab 4200m
set_autoranging ab 42m 4200m
set_range db 1m
set_i 0
cell_on
timer_start
meas_loop_cp p i 1m 1 36000
  timer_get t
  pck_start
  pck_add t
  pck_add p
  pck_add i
  pck_end
  if p >= 4200m
    breakloop
  endif
  if p <= 2400m
    abort
  endif
endloop
on_finished:
cell_off
"""
"""The template of the sheet, 1.5: charge with 1 mA to 4.2 V, stop below 2.4 V."""


class EmStatBench:
    """An instrument, its world, and a client that is connected from the beginning."""

    def __init__(self, cell: ResistorCell | None = None, settings: EmStat4Settings = QUIET) -> None:
        self.world = ResistorWorld(cell)
        self.cell = self.world.cell
        self.engine = EmStat4(self.world, settings)
        self.client = self.connect()

    def connect(self) -> Client:
        """A new client at the port, at the present of the world."""
        return Client(self.engine.connect("", 49152, self.world.now), self.world.now)

    def start(self, script: str) -> bytes:
        """Upload and run a script; what comes back within a millisecond, the echo."""
        return self.client.ask(_upload(script), 0.001)

    def run(self, script: str, seconds: float = 100.0) -> str:
        """Upload and run a script; everything that it says within a time, without the echo `e`."""
        self.client.write(_upload(script))
        said = self.client.read(self.client.now + seconds).decode("ascii")
        assert said.startswith("e\n"), said
        return said.removeprefix("e\n")

    def refusal(self, script: str) -> str:
        """The reply to a script that is refused."""
        reply = self.client.ask(_upload(script)).decode("ascii")
        self.client.read(self.client.now + 0.2)
        return reply


def _upload(script: str) -> bytes:
    return b"e\n" + (script.strip("\n") + "\n").lstrip("\n").encode("ascii") + b"\n"
