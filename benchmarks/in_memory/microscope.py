"""A microscope with a spectrometer and a chamber gauge, behind wires in memory. They answer at once."""

from collections.abc import Mapping

import numpy as np

from in_memory.wire import Wire
from operando.drivers.bench import DriverContext, Roles
from operando.drivers.roles import (
    AutofocusRange,
    BeamConditions,
    Blanking,
    ColumnCapabilities,
    DetectorSettings,
    EdsCapabilities,
    EdsSettings,
    FrameProgress,
    FrameRequest,
    HighVoltage,
    Identity,
    Image,
    Quality,
    Reading,
    SafeState,
    Safety,
    ScannerCapabilities,
    Spectrum,
    StageCapabilities,
    StagePosition,
)

__all__ = ["open_microscope"]

COUNTS = np.zeros(64, np.uint32)
SETTINGS = DetectorSettings(50.0, 50.0)


class Part:
    """What every role of it has."""

    keep_alive_every_s = None

    def __init__(self, context: DriverContext) -> None:
        self.name = context.name
        self.connection = context.name
        self.address = str(context.address)
        self.clock = context.clock
        self.wire = Wire(lambda line: b"ok " + line)

    def identify(self) -> Identity:
        return Identity("in memory", "microscope", "1", "1", self.address)

    def keep_alive(self) -> None:
        self.wire.exchange(b"alive\n")

    def make_safe(self) -> SafeState:
        return SafeState(self.name, Safety.CONFIRMED, "nothing is on")

    def close(self) -> None:
        """A list needs no closing."""

    def command(self, text: str) -> None:
        """Send a command and check its answer."""
        answer = self.wire.exchange(text.encode())
        if not answer.startswith(b"ok "):
            raise ValueError(answer)


class Stage(Part):
    capabilities = StageCapabilities(StagePosition(-1, -1, -1), StagePosition(1, 1, 1), 1e-6)
    at = StagePosition(0.0, 0.0, 0.0)

    def position(self) -> StagePosition:
        self.command("where")
        return self.at

    def move_to(self, target: StagePosition) -> None:
        self.command(f"move {target.x_m} {target.y_m}")
        self.at = target

    def moving(self) -> bool:
        self.command("moving")
        return False

    def stop(self) -> None:
        self.command("stop")


class Column(Part):
    capabilities = ColumnCapabilities((1e2, 3e4), (1e-12, 1e-6), (1e-3, 0.1), (1e-7, 1e-2), 0.0)
    now = BeamConditions(5e3, 1e-10, 0.01, 1e-4)

    def conditions(self) -> BeamConditions:
        self.command("conditions")
        return self.now

    def apply(self, conditions: BeamConditions) -> None:
        self.command(f"apply {conditions.voltage_V}")
        self.now = conditions

    def busy(self) -> bool:
        self.command("busy")
        return False

    def switch_high_voltage(self, on: bool) -> None:
        self.command(f"voltage {on}")

    def high_voltage(self) -> HighVoltage:
        return HighVoltage.ON

    def blank(self, blanking: Blanking) -> Blanking:
        self.command(f"blank {blanking}")
        return blanking

    def absorbed_current_A(self) -> float:
        return 0.0

    def autofocus(self, detector: str, within: AutofocusRange) -> None:
        self.command(f"focus {detector} {within.nearest_m}")


class Scanner(Part):
    capabilities = ScannerCapabilities((1e-8, 1.0), (16384, 16384), 4, 0.0)
    column: Column
    stage: Stage
    request = FrameRequest((), (16, 16), 1e-8)
    started_s = 0.0

    def duration_s(self, request: FrameRequest) -> float:
        return request.frames * request.pixels[0] * request.pixels[1] * request.dwell_s

    def start(self, request: FrameRequest) -> None:
        self.command("scan")
        self.request, self.started_s = request, self.clock.now()

    def progress(self) -> FrameProgress:
        self.command("progress")
        return FrameProgress({}, 1, True)

    def images(self) -> tuple[Image, ...]:
        width, height = self.request.pixels
        pixels = np.zeros((height, width), np.uint16)
        line_s = width * self.request.dwell_s
        return tuple(
            Image(
                pixels, detector, self.column.now.field_width_m / width, self.started_s, line_s, 0.0,
                self.column.now, self.stage.at, SETTINGS, self.request.dwell_s, frame,
            )
            for frame in range(self.request.frames)
            for detector in self.request.detectors
        )  # fmt: skip

    def stop(self) -> None:
        self.command("stop")

    def park(self, x: float, y: float) -> None:
        self.command(f"park {x} {y}")

    def scan_externally(self, external: bool) -> None:
        self.command(f"external {external}")


class DetectorPair(Part):
    def available(self) -> tuple[str, ...]:
        return ("SE", "BSE")

    def settings(self, detector: str) -> DetectorSettings:
        return SETTINGS

    def apply(self, detector: str, settings: DetectorSettings) -> None:
        self.command(f"gain {detector} {settings.gain_percent}")

    def auto_signal(self, detector: str) -> None:
        self.command(f"auto {detector}")


class Spectrometer(Part):
    capabilities = EdsCapabilities(channels=(64,), shortest_preset_s=1e-6, overhead_s=0.0, maps_by_itself=False)
    started_s = 0.0
    live_time_s = 0.0

    def configure(self, settings: EdsSettings) -> None:
        self.command(f"channels {settings.channels}")

    def start(self, live_time_s: float) -> None:
        self.command(f"count {live_time_s}")
        self.started_s, self.live_time_s = self.clock.now(), live_time_s

    def acquiring(self) -> bool:
        self.command("counting")
        return False

    def spectrum(self) -> Spectrum:
        self.command("spectrum")
        end_s = self.started_s + self.live_time_s
        return Spectrum(COUNTS, 10.0, 0.0, self.live_time_s, self.live_time_s, 0.0, 0.0, self.started_s, end_s, 0.0)

    def stop(self) -> None:
        self.command("stop")


class ChamberGauge(Part):
    def pressure(self) -> Reading:
        now = self.clock.now()
        return Reading(1e-3, "Pa", Quality.OK, now, now, "")


def open_microscope(context: DriverContext) -> Roles:
    """The driver factory that the entry point names."""
    stage, column, scanner = Stage(context), Column(context), Scanner(context)
    scanner.stage, scanner.column = stage, column
    gauges: Mapping[str, ChamberGauge] = {"chamber": ChamberGauge(context)}
    return Roles(
        stage=stage,
        column=column,
        scanner=scanner,
        detectors=DetectorPair(context),
        eds=Spectrometer(context),
        pressures=gauges,
    )
