"""The simulated microscope's parts, put together, and what they make of the world's beam."""

from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.blanker import Blankers
from operando.simulators.microscopes.column import Column
from operando.simulators.microscopes.detectors import Detectors
from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.microscopes.high_voltage import HighVoltage
from operando.simulators.microscopes.procedures import Procedures
from operando.simulators.microscopes.queue import Flag
from operando.simulators.microscopes.raster import Conditions
from operando.simulators.microscopes.scanner import Scanner
from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.settling import Settling
from operando.simulators.microscopes.stage import Stage
from operando.simulators.microscopes.vacuum import Vacuum
from operando.simulators.world.world import World

__all__ = ["Parts"]


class Parts:
    """Stage, column, scanner, detectors and vacuum of one microscope in one world."""

    def __init__(self, world: World, settings: TescanSettings, faults: MicroscopeFaults, agenda: Agenda) -> None:
        self.world = world
        self.settings = settings
        self.faults = faults
        self.agenda = agenda
        self.optics = Settling(agenda)
        self.high_voltage = HighVoltage(settings, agenda, self.optics, world.chamber)
        self.column = Column(settings, self.high_voltage, self.optics, world.noise("microscope column"))
        self.stage = Stage(settings, faults, agenda, world.noise("microscope stage"))
        self.detectors = Detectors(settings, self.optics)
        self.blankers = Blankers(settings, self.optics)
        self.scanner = Scanner(settings, faults, agenda)
        self.procedures = Procedures(agenda, world.noise("microscope procedures"))
        self.vacuum = Vacuum(world.chamber, faults)

    def scanning(self, now: float) -> bool:
        """Whether anything inside the microscope scans: a client, the operator's live image, or a procedure."""
        scanner = self.scanner
        return scanner.running(now) is not None or scanner.gui_scanning or self.procedures.running(now)

    def on_specimen(self, now: float) -> bool:
        """Whether electrons reach the specimen."""
        scanner = self.scanner
        scanning = scanner.sweeping(now) is not None or scanner.gui_scanning or self.procedures.running(now)
        is_open = self.blankers.open(now, scanning=scanning, external=scanner.external)
        return self.high_voltage.on and is_open

    def lit(self, now: float) -> bool:
        """Whether a scan would see anything."""
        return self.high_voltage.on and self.blankers.open(now, scanning=True, external=False)

    def conditions(self, now: float, channels: tuple[tuple[int, int], ...]) -> Conditions:
        """How a scan with these channels, each with its bits, is exposed from now on."""
        return Conditions(
            since_s=now,
            stage=self.stage.pose(now),
            beam=self.column.true_settings(now),
            lit=self.lit(now),
            tones=tuple(self.detectors.tone(channel) for channel, _ in channels),
        )

    def busy(self, now: float) -> Flag:
        """Which subsystems a waiting command has to wait for. The operator's live image is none of them."""
        busy = Flag(0)
        if self.scanner.running(now):
            busy |= Flag.SCANNING
        if self.stage.busy(now):
            busy |= Flag.TRAVEL
        if self.optics.busy(now):
            busy |= Flag.OPTICS
        if self.procedures.running(now):
            busy |= Flag.PROCEDURE
        return busy

    def show_beam(self, now: float) -> None:
        """Bring the world's beam, and the scan that runs, up to date with the parts."""
        if not self.scanning(now):
            self.blankers.scan_ended()
        on_specimen = self.on_specimen(now)
        if not (on_specimen or self.world.beam.on_specimen or self.busy(now)):
            return  # a beam that is off and stays off: what it is set to matters when it comes back
        settings, stage = self.column.true_settings(now), self.stage.pose(now)
        dwelling_at = None if self.procedures.running(now) else self.scanner.dwelling_at(now)
        beam = self.world.beam
        shown = (beam.settings, beam.stage, beam.on_specimen, beam.dwelling_at)
        if shown != (settings, stage, on_specimen, dwelling_at):
            if beam.on_specimen or on_specimen:  # a beam that stays off does nothing that could be accounted for
                self.world.beam_changed(now)
            beam.settings, beam.stage = settings, stage
            beam.on_specimen, beam.dwelling_at = on_specimen, dwelling_at
        if scan := self.scanner.running(now):
            self.scanner.conditions_change(self.conditions(now, scan.plan.channels))
