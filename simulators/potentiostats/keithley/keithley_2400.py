"""The simulated Keithley 2400 in its own dialect: no program of its own but a count of readings into one buffer."""

from operando.simulators.potentiostats.keithley.commands_2400 import Commands2400
from operando.simulators.potentiostats.keithley.conversation import ScpiConversation
from operando.simulators.potentiostats.keithley.scpi_instrument import ScpiInstrument
from operando.simulators.potentiostats.keithley.sense_commands import add_sense_commands
from operando.simulators.potentiostats.keithley.settings import KEITHLEY_2400, SourceMeterSettings
from operando.simulators.potentiostats.keithley.source_commands import add_source_commands
from operando.simulators.potentiostats.keithley.triggered_readings import TriggeredReadings
from operando.simulators.potentiostats.keithley.workbench import Workbench
from operando.simulators.world.world import World

__all__ = ["Keithley2400"]


class Keithley2400:
    """An engine that speaks the dialect of the 2400 on the cell of a world."""

    def __init__(self, world: World, settings: SourceMeterSettings = KEITHLEY_2400) -> None:
        self._bench = Workbench.of(world, settings, "keithley 2400")
        self._bench.keeps_four_wire = True
        self._instrument = ScpiInstrument(world, settings, long_errors=False)
        add_source_commands(self._instrument.table, self._bench)
        add_sense_commands(self._instrument.table, self._bench)
        Commands2400(self._instrument, self._bench, TriggeredReadings(self._instrument, self._bench))

    @property
    def cell_is_on(self) -> bool:
        """Whether the output is on."""
        return self._bench.source.output

    def connect(self, endpoint: str, local_port: int, now: float) -> ScpiConversation:
        """Take a client."""
        self._instrument.world.advance(now)
        return ScpiConversation(self._instrument)

    def somebody_switches_output(self, now: float, *, on: bool) -> None:
        """Somebody presses the key of the output."""
        self._instrument.world.advance(now)
        self._bench.switch_output(on=on, now=now)
