"""Looks at fiducials through the microscope of a bench, while a script waits."""

from dataclasses import dataclass, replace

from operando.drivers.bench import Bench
from operando.protocols.fiducials.find import Fiducial
from operando.protocols.fiducials.sight import Sight
from operando.protocols.teaching.taking import go_to, set_conditions, take_frame

__all__ = ["BenchLook"]


@dataclass(frozen=True, slots=True)
class BenchLook:
    """Implements `Look`. The column stays as somebody has set it: only the field's width changes.

    Args:
        bench: with a microscope whose high voltage is on.
        detector: of all pictures; backscattered electrons show grains whatever charges.
        dwell_s: per pixel.
    """

    bench: Bench
    detector: str = "BSE"
    dwell_s: float = 10e-6

    def __call__(self, stage_m: tuple[float, float], like: Sight) -> Sight:
        """A sight of a place with the field and the number of pixels of another one.

        Raises:
            LimitRefused, DeviceFault: if it cannot be had.
        """
        height, width = like.pixels.shape
        return self.sight(stage_m, like.width_m, (width, height))

    def fiducial(
        self,
        name: str,
        stage_m: tuple[float, float],
        *,
        wide_m: float = 2e-3,
        near_m: float = 0.3e-3,
        pixels: tuple[int, int] = (512, 384),
    ) -> Fiducial:
        """Take the two sights of a place, before the sample is taken out.

        Args:
            stage_m: best in the separator, where nothing but grains is seen, away from everything that is measured.
            wide_m: width of the field; the sample may come back by a third of that beside its place.
            near_m: the same of the narrow one.

        Raises:
            LimitRefused, DeviceFault: if they cannot be had.
        """
        return Fiducial(name, self.sight(stage_m, wide_m, pixels), self.sight(stage_m, near_m, pixels))

    def sight(self, stage_m: tuple[float, float], width_m: float, pixels: tuple[int, int] = (512, 384)) -> Sight:
        """A sight of a place, for instance of a region, to find it again exactly.

        Raises:
            LimitRefused, DeviceFault: if it cannot be had.
        """
        go_to(self.bench, stage_m)
        set_conditions(self.bench, replace(self.bench.column.conditions(), field_width_m=width_m, shift_m=(0.0, 0.0)))
        (image,) = take_frame(self.bench, (self.detector,), pixels, self.dwell_s)
        return Sight.of(image)
