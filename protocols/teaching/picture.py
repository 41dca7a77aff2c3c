"""The picture beside a taught region, so that people know again what they meant."""

from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import BeamConditions, Image
from operando.protocols.teaching.taking import take_frame

__all__ = ["DWELL_S", "PIXELS", "dose_C_per_m2", "free_picture", "save_picture", "take_picture"]

PIXELS = (768, 576)
DWELL_S = 5e-6


def dose_C_per_m2(conditions: BeamConditions) -> float:
    """What one picture costs, by the current that the column reads back."""
    time_s = PIXELS[0] * PIXELS[1] * DWELL_S
    area_m2 = conditions.field_width_m**2 * PIXELS[1] / PIXELS[0]
    return conditions.current_A * time_s / area_m2


def free_picture(folder: Path, name: str) -> Path:
    """Where the picture of a region goes.

    Raises:
        ConfigMismatch: if one is there already.
    """
    path = folder / f"{name}_taught.png"
    if path.exists():
        raise ConfigMismatch("the picture is there already", where=str(path), remedy="Move it away.")
    return path


def take_picture(bench: Bench, detector: str) -> Image:
    """Scan one frame of the region, where the stage stands.

    Raises:
        DeviceFault: if the high voltage is off, or the scan does not end.
    """
    (image,) = take_frame(bench, (detector,), PIXELS, DWELL_S)
    return image


def save_picture(image: Image, path: Path) -> None:
    """Values as recorded, as a PNG of 16 bit; its text says how it was taken."""
    from PIL import Image as Picture
    from PIL.PngImagePlugin import PngInfo

    seen, stage = image.conditions, image.stage
    about = PngInfo()
    about.add_text("detector", image.detector)
    about.add_text("pixel size / m", repr(image.pixel_size_m))
    about.add_text("stage x, y, z / m", f"{stage.x_m!r}, {stage.y_m!r}, {stage.z_m!r}")
    about.add_text("beam voltage / V, current / A", f"{seen.voltage_V!r}, {seen.current_A!r}")
    Picture.fromarray(image.pixels).save(path, pnginfo=about)
