"""Stages, columns, scanners and spectrometers that say what is not so."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from operando.drivers.bench import Roles
from operando.drivers.errors import LimitRefused
from operando.drivers.roles import (
    BeamConditions,
    Blanking,
    DetectorSettings,
    FrameRequest,
    Image,
    Spectrum,
    StageCapabilities,
    StagePosition,
)
from support.broken_drivers.kind import Broken

__all__ = ["KINDS"]


class LyingStage(Broken):
    """Says that it is where it was told to go, and has not moved."""

    role = "stage"
    caught_by = "bench.picture_follows_stage"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._told: StagePosition | None = None

    def move_to(self, target: StagePosition) -> None:
        first = self._told is None
        self._told = target
        if first:
            self.stage.move_to(target)

    def position(self) -> StagePosition:
        return self._told or self.stage.position()


class TimidStage(Broken):
    """Goes half of every way and says that it has arrived."""

    role = "stage"
    caught_by = "stage.arrives"

    def move_to(self, target: StagePosition) -> None:
        here = self.stage.position()
        self.stage.move_to(replace(target, x_m=(here.x_m + target.x_m) / 2))


class MillimetresForMetres(Broken):
    """Passes the millimetres of the wire on as metres, everywhere alike."""

    role = "stage"
    caught_by = "stage.speaks_metres"

    @property
    def capabilities(self) -> StageCapabilities:
        limits = self.stage.capabilities
        return replace(limits, lowest=_thousandfold(limits.lowest), highest=_thousandfold(limits.highest))

    def position(self) -> StagePosition:
        return _thousandfold(self.stage.position())


def _thousandfold(place: StagePosition) -> StagePosition:
    return replace(place, x_m=1e3 * place.x_m, y_m=1e3 * place.y_m, z_m=1e3 * place.z_m)


class ImpatientStage(Broken):
    """Says at once that it stands."""

    role = "stage"
    caught_by = "stage.moves_until_it_arrives"

    def moving(self) -> bool:
        return False


class UnstoppableStage(Broken):
    """Goes on to its target, whatever it is told."""

    role = "stage"
    caught_by = "stage.stops"

    def stop(self) -> None:
        """Does nothing."""

    def moving(self) -> bool:
        return False


class StageWithoutLimits(Broken):
    """Takes a target beyond its limits without a word."""

    role = "stage"
    caught_by = "stage.refuses_limits"

    def move_to(self, target: StagePosition) -> None:
        try:
            self.stage.move_to(target)
        except LimitRefused:
            return


class TiltWithoutLimits(Broken):
    """Knows limits of x, y and z, and turns the specimen as far as it is told."""

    role = "stage"
    caught_by = "stage.refuses_limits"

    def move_to(self, target: StagePosition) -> None:
        here = self.stage.position()
        self.stage.move_to(replace(target, rotation_rad=here.rotation_rad, tilt_rad=here.tilt_rad))


class HighVoltageStays(Broken):
    """Switches the high voltage on, and never off."""

    role = "column"
    caught_by = "column.raises_high_voltage"

    def switch_high_voltage(self, on: bool) -> None:
        if on:
            self.column.switch_high_voltage(on)


class BlankNotBlanked(Broken):
    """Says that it blanks always, and blanks outside scans."""

    role = "column"
    caught_by = "column.blanked_is_dark"

    def blank(self, blanking: Blanking) -> Blanking:
        self.column.blank(Blanking.OUTSIDE_SCANS if blanking is Blanking.ALWAYS else blanking)
        return blanking


class SettingsNotMade(Broken):
    """Takes new conditions without a word and keeps the old ones."""

    role = "column"
    caught_by = "column.applies_conditions"

    def apply(self, conditions: BeamConditions) -> None:
        """Does nothing."""


class WrongConditions(Broken):
    """Writes the conditions of the first picture on every picture."""

    role = "scanner"
    caught_by = "scanner.pictures_tell_truth"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._conditions = self.column.conditions()

    def images(self) -> tuple[Image, ...]:
        return tuple(replace(image, conditions=self._conditions) for image in self.scanner.images())


class PixelsInNanometres(Broken):
    """Gives the size of a pixel in nanometres."""

    role = "scanner"
    caught_by = "scanner.pictures_tell_truth"

    def images(self) -> tuple[Image, ...]:
        return tuple(replace(image, pixel_size_m=1e9 * image.pixel_size_m) for image in self.scanner.images())


class SwappedDetectors(Broken):
    """Gives the pictures of two detectors in the wrong order."""

    role = "scanner"
    caught_by = "scanner.pictures_tell_truth"

    def images(self) -> tuple[Image, ...]:
        return self.scanner.images()[::-1]


class DwellInMicroseconds(Broken):
    """Takes the dwell for a thousandth of what it is."""

    role = "scanner"
    caught_by = "scanner.polls"

    def start(self, request: FrameRequest) -> None:
        lowest_s, _ = self.scanner.capabilities.dwell_s
        self.scanner.start(replace(request, dwell_s=max(lowest_s, request.dwell_s / 1e3)))


class LiveTimeIsRealTime(Broken):
    """Gives real time as live time."""

    role = "eds"
    caught_by = "eds.live_time_is_live"

    def spectrum(self) -> Spectrum:
        found = self.eds.spectrum()
        return replace(found, live_time_s=found.real_time_s)


class Kiloelectronvolts(Broken):
    """Gives the width of a channel in keV."""

    role = "eds"
    caught_by = "eds.configures"

    def spectrum(self) -> Spectrum:
        found = self.eds.spectrum()
        return replace(found, channel_width_eV=found.channel_width_eV / 1e3)


class EndlessAcquisition(Broken):
    """Counts on, whatever it is told."""

    role = "eds"
    caught_by = "eds.stops"

    def stop(self) -> None:
        """Does nothing."""


class CountsOn(Broken):
    """Begins a spectrum with the counts of the one before."""

    role = "eds"
    caught_by = "eds.clears"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._before: NDArray[np.uint32] = np.zeros(1, np.uint32)

    def start(self, live_time_s: float) -> None:
        self._before = self.spectrum().counts
        self.eds.start(live_time_s)

    def spectrum(self) -> Spectrum:
        found = self.eds.spectrum()
        same = len(self._before) == len(found.counts)
        return replace(found, counts=found.counts + self._before) if same else found


class Mirrored(Broken):
    """Gives lines from right to left."""

    role = "scanner"
    caught_by = "bench.picture_follows_stage"

    def images(self) -> tuple[Image, ...]:
        return tuple(replace(image, pixels=image.pixels[:, ::-1]) for image in self.scanner.images())


class UpsideDown(Broken):
    """Gives the lowest line first."""

    role = "scanner"
    caught_by = "bench.picture_follows_stage"

    def images(self) -> tuple[Image, ...]:
        return tuple(replace(image, pixels=image.pixels[::-1]) for image in self.scanner.images())


class BlackLevelIgnored(Broken):
    """Sets the gain, and leaves the black level as it is."""

    role = "detectors"
    caught_by = "detectors.applies_settings"

    def apply(self, detector: str, settings: DetectorSettings) -> None:
        black_percent = self.detectors.settings(detector).black_percent
        self.detectors.apply(detector, replace(settings, black_percent=black_percent))


KINDS = (
    LyingStage,
    TimidStage,
    MillimetresForMetres,
    ImpatientStage,
    UnstoppableStage,
    StageWithoutLimits,
    TiltWithoutLimits,
    HighVoltageStays,
    BlankNotBlanked,
    SettingsNotMade,
    WrongConditions,
    PixelsInNanometres,
    SwappedDetectors,
    DwellInMicroseconds,
    LiveTimeIsRealTime,
    Kiloelectronvolts,
    EndlessAcquisition,
    CountsOn,
    Mirrored,
    UpsideDown,
    BlackLevelIgnored,
)
