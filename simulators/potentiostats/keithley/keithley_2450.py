"""The simulated Keithley 2450 and 2461 in their own SCPI dialect: one source, one meter, buffers, a trigger model."""

from operando.simulators.potentiostats.keithley.command_table import Call
from operando.simulators.potentiostats.keithley.conversation import ScpiConversation
from operando.simulators.potentiostats.keithley.limit_commands import add_limit_commands
from operando.simulators.potentiostats.keithley.reading_commands import ReadingCommands
from operando.simulators.potentiostats.keithley.scpi_instrument import ScpiInstrument
from operando.simulators.potentiostats.keithley.sense_commands import add_sense_commands
from operando.simulators.potentiostats.keithley.settings import KEITHLEY_2450, SourceMeterSettings
from operando.simulators.potentiostats.keithley.source_commands import add_source_commands
from operando.simulators.potentiostats.keithley.trigger_commands import TriggerCommands
from operando.simulators.potentiostats.keithley.trigger_model import TriggerModel
from operando.simulators.potentiostats.keithley.workbench import Workbench
from operando.simulators.world.world import World

__all__ = ["Keithley2450"]


class Keithley2450:
    """An engine that speaks native SCPI on the cell of a world.

    The trigger model, once started, goes on and drives the cell whether or not a client is there.
    """

    def __init__(self, world: World, settings: SourceMeterSettings = KEITHLEY_2450) -> None:
        self._bench = Workbench.of(world, settings, "keithley 2450")
        self._trigger = TriggerModel(self._bench)
        self._instrument = ScpiInstrument(world, settings, long_errors=True)
        self._instrument.locked = lambda: self._trigger.running
        table = self._instrument.table
        add_source_commands(table, self._bench)
        add_limit_commands(table, self._bench)
        add_sense_commands(table, self._bench)
        ReadingCommands(self._instrument, self._bench, self._trigger)
        TriggerCommands(table, self._bench, self._trigger)
        table.add("*RST", self._reset, tells=False)

    @property
    def cell_is_on(self) -> bool:
        """Whether the output is on."""
        return self._bench.source.output

    @property
    def running(self) -> bool:
        """Whether the trigger model runs."""
        return self._trigger.running

    def connect(self, endpoint: str, local_port: int, now: float) -> ScpiConversation:
        """Take a client."""
        self._instrument.world.advance(now)
        return ScpiConversation(self._instrument)

    def somebody_switches_output(self, now: float, *, on: bool) -> None:
        """Somebody presses the key of the output."""
        self._instrument.world.advance(now)
        self._bench.switch_output(on=on, now=now)

    def _reset(self, call: Call) -> None:
        self._trigger.abort()
        self._trigger.load()
        self._bench.reset(call.now)
