"""The beam as a suspect: what the specimen takes of it, whether it is blanked, whether the detectors stay as set."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial

from operando.drivers.bench import Bench
from operando.drivers.roles import Blanking, DetectorSettings
from operando.protocols.focus import BeamWatch
from operando.protocols.program import Capture, Program
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.commands import Commands

__all__ = ["BeamWatching", "watching_of"]

SOURCE = "beam"
LOCKED = "signal locked"
LEAKS = 0.05
"""Share of the beam current that a specimen may seem to take while the beam is blanked: what the meter is off by."""


class BeamWatching:
    """Measures, locks and records.

    Args:
        watch: what the protocol asks for.
        bench: with a microscope.
        commands: through which it is asked and commanded.
        record: of the run.
    """

    def __init__(self, watch: BeamWatch, bench: Bench, commands: Commands, record: RunRecord) -> None:
        self._watch = watch
        self._bench = bench
        self._commands = commands
        self._record = record
        self._locked: dict[tuple[str, float], DetectorSettings] = {}
        self._leaks = False

    def carry_on(self, events: Iterable[Mapping[str, object]]) -> None:
        """Gain and black level stay what they were before the process was killed."""
        for event in events:
            if (event.get("source"), event.get("kind")) == (SOURCE, LOCKED):
                settings = DetectorSettings(float(str(event["gain_percent"])), float(str(event["black_percent"])))
                self._locked[str(event["detector"]), float(str(event["voltage_V"]))] = settings

    def blanked(self, blanking: Blanking) -> None:
        """The blanker was read back."""
        self._event("blanking confirmed", str(blanking))

    async def before(self, capture: Capture) -> None:
        """Before a field is looked at: gain and black level as they were at the first picture at this beam energy."""
        if not self._watch.signal_locked:
            return
        detectors, voltage_V = self._bench.detectors, capture.beam.voltage_V
        for detector in capture.detectors:
            found = await self._commands.ask(detectors, partial(detectors.settings, detector))
            locked = self._locked.get((detector, voltage_V))
            if locked is None:
                self._locked[detector, voltage_V] = found
                self._event(LOCKED, _signal(detector, found), detector=detector, voltage_V=voltage_V, **asdict(found))
            elif locked != found:
                what = f"{_signal(detector, found)}, set back to {_signal('', locked)}"
                await self._commands.effect(
                    detectors,
                    "set signal back",
                    partial(detectors.apply, detector, locked),
                    detector=detector,
                    **asdict(locked),
                )
                self._event("signal had changed", what, detector=detector, voltage_V=voltage_V, **asdict(found))

    async def under_beam(self, capture: str, region: str) -> None:
        """In the middle of a frame: the current that flows from the specimen to earth."""
        if not self._watch.absorbed_current or not self._bench.column.capabilities.measures_absorbed_current:
            return
        current_A = await self._commands.ask(self._bench.column, self._bench.column.absorbed_current_A)
        what = f"{region} takes {current_A * 1e12:.1f} pA"
        self._event("absorbed current", what, region=region, capture=capture, absorbed_current_A=current_A)

    async def after(self, capture: Capture, region: str) -> None:
        """A field was looked at: blanked, the specimen takes nothing. Said when that changes."""
        if not self._watch.absorbed_current or not self._bench.column.capabilities.measures_absorbed_current:
            return
        current_A = await self._commands.ask(self._bench.column, self._bench.column.absorbed_current_A)
        leaks = abs(current_A) > LEAKS * capture.beam.current_A
        if leaks != self._leaks:
            kind = "beam not blanked" if leaks else "beam blanked again"
            what = f"{region} takes {current_A * 1e12:.1f} pA outside scans"
            self._event(kind, what, region=region, absorbed_current_A=current_A)
        self._leaks = leaks

    def _event(self, kind: str, what: str, **details: float | str) -> None:
        self._record.event(self._bench.clock.now(), SOURCE, kind, what, **details)


def watching_of(
    program: Program, bench: Bench, commands: Commands, record: RunRecord, beam: Beam
) -> BeamWatching | None:
    """Watches the beam of a run, if the program asks for anything of that; None if it does not."""
    if program.beam_watch == BeamWatch():
        return None
    watching = BeamWatching(program.beam_watch, bench, commands, record)
    beam.confirmed = watching.blanked
    return watching


def _signal(detector: str, settings: DetectorSettings) -> str:
    return f"{detector} gain {settings.gain_percent:g} %, black level {settings.black_percent:g} %".lstrip()
