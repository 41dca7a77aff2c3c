"""The accelerating voltage and the gun."""

from operando.simulators.microscopes.agenda import Agenda, Appointment
from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.settling import Settling
from operando.simulators.world.world import Chamber

__all__ = ["BeamState", "HighVoltage"]


class BeamState:
    """Answers of HVGetBeam; CHANGING from protocol 3 on."""

    OFF = 0
    ON = 1
    CHANGING = 1000


class HighVoltage:
    """Switches the beam on and off and ramps its energy. The vacuum interlock stands above every command."""

    def __init__(self, settings: TescanSettings, agenda: Agenda, optics: Settling, chamber: Chamber) -> None:
        self._settings = settings
        self._agenda = agenda
        self._optics = optics
        self._chamber = chamber
        self._on = False
        self._on_at: Appointment | None = None
        self._ramp = (settings.voltage_V, settings.voltage_V, 0.0, 0.0)

    def state(self, now: float) -> int:
        """As HVGetBeam reports it."""
        if self._on_at is not None or (self._on and self.ramping(now)):
            return BeamState.CHANGING
        return BeamState.ON if self._on else BeamState.OFF

    @property
    def on(self) -> bool:
        """Whether electrons leave the gun."""
        return self._on

    def voltage_V(self, now: float) -> float:
        """The accelerating voltage that is set, on its way while it ramps."""
        begin, end, started, ends = self._ramp
        if now >= ends:
            return end
        return begin + (end - begin) * (now - started) / (ends - started)

    def ramping(self, now: float) -> bool:
        """Whether the voltage is on its way."""
        return now < self._ramp[3]

    def switch_on(self, now: float) -> None:
        """Begin to switch on; nothing happens, and nobody is told, if the vacuum is not ready."""
        if self._on or self._on_at is not None or not self._chamber.ready(now):
            return
        self._on_at = self._agenda.at(now + self._settings.beam_on_s, self._switched_on)
        self._optics.occupy(now, self._settings.beam_on_s)

    def switch_off(self, now: float) -> None:
        """No electrons from now on."""
        del now
        self._on = False
        if self._on_at is not None:
            self._on_at.cancelled = True
            self._on_at = None

    def set_voltage(self, voltage_V: float, now: float) -> float:
        """Begin to change the voltage, limited to what the gun can do.

        Returns:
            how long it takes, in seconds; even if the voltage is the same.
        """
        lowest, highest = self._settings.voltage_limits_V
        target_V = min(max(voltage_V, lowest), highest)
        here_V = self.voltage_V(now)
        duration_s = self._settings.voltage_command_s + abs(target_V - here_V) / self._settings.voltage_rate_V_per_s
        self._ramp = (here_V, target_V, now, now + duration_s)
        self._optics.occupy(now, duration_s)
        return duration_s

    def stop_ramp(self, now: float) -> None:
        """Abort a change: the voltage stays somewhere in between."""
        if self.ramping(now):
            here_V = self.voltage_V(now)
            self._ramp = (here_V, here_V, now, now)
            self._optics.release(now)

    def watch_vacuum(self, now: float) -> None:
        """The interlock: without vacuum there is no beam."""
        if (self._on or self._on_at is not None) and not self._chamber.ready(now):
            self.switch_off(now)

    def _switched_on(self, now: float) -> None:
        self._on_at = None
        if self._chamber.ready(now):
            self._on = True
            self._watch_on(now)

    def _watch_on(self, now: float) -> None:
        self.watch_vacuum(now)
        if self._on:
            self._agenda.at(now + self._settings.vacuum_watch_s, self._watch_on)
