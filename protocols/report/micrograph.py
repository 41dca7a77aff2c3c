"""A picture as people look at it: eight bits, and a data bar with scale, time and voltage under it."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from operando.protocols.record import FrameRow
from operando.protocols.report.wording import UNKNOWN, fixed, in_hours, setting
from operando.protocols.summary.scale_bar import scale_bar_m

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["GreyScale", "common_grey_scale", "data_uri", "jpeg", "thumbnail", "with_data_bar"]

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
WIDEST = 1024
THUMBNAIL_WIDTH = 168
_BAR_PART = 0.11
_CLIPPED_PERCENT = 0.3


@dataclass(frozen=True, slots=True)
class GreyScale:
    """Values that are shown black and white. One for all pictures of a series, so that they compare."""

    black: float
    white: float

    def applied(self, pixels: Pixels) -> NDArray[np.uint8]:
        """The picture in eight bits."""
        steps = 255.0 / max(self.white - self.black, 1.0)
        scaled = (pixels.astype(np.float32) - self.black) * steps
        grey: NDArray[np.uint8] = np.clip(scaled + 0.5, 0.0, 255.0).astype(np.uint8)
        return grey


def common_grey_scale(pictures: Sequence[Pixels]) -> GreyScale:
    """The grey scale that clips hardly anything in any of some pictures."""
    values = np.concatenate([pixels[::4, ::4].ravel() for pixels in pictures])
    low, high = np.percentile(values, (_CLIPPED_PERCENT, 100.0 - _CLIPPED_PERCENT))
    return GreyScale(float(low), float(high))


def with_data_bar(
    pixels: NDArray[np.uint8], frame: FrameRow, *, simulated: bool, widest: int = WIDEST, remark: str = ""
) -> "Image":
    """The picture, at most so many pixels wide, with a bar below it: scale, detector and beam, time, voltage, remark.

    No pixel of the picture is drawn over.
    """
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.fromarray(pixels)
    if picture.width > widest:
        picture = picture.resize((widest, round(picture.height * widest / picture.width)), Image.Resampling.BOX)
    width, bar_height = picture.width, max(26, round(_BAR_PART * picture.width * 0.55))
    whole = Image.new("L", (width, picture.height + bar_height), 0)
    whole.paste(picture, (0, 0))
    draw = ImageDraw.Draw(whole)
    # the font that Pillow brings has no µ
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", max(9, round(bar_height * 0.28)))
    field_m = frame.pixel_size_m * frame.width
    bar_m = scale_bar_m(field_m)
    length = round(width * bar_m / field_m)
    top = picture.height
    left = round(0.015 * width)
    draw.rectangle((left, top + bar_height * 0.66, left + length, top + bar_height * 0.78), fill=255)
    draw.text((left, top + bar_height * 0.1), setting(bar_m, "m").replace("\u202f", " "), fill=255, font=font)
    where, when = data_bar_lines(frame, simulated=simulated)
    lines = (f"{where}   {remark}", when)
    column = left + max(length, round(0.12 * width)) + round(0.03 * width)
    for line, part in zip(lines, (0.1, 0.54), strict=True):
        draw.text((column, top + bar_height * part), line, fill=255, font=font)
    return whole


def data_bar_lines(frame: FrameRow, *, simulated: bool) -> tuple[str, str]:
    """What the data bar says: where, how; and when, at which voltage."""
    beam = f"{setting(frame.beam_voltage_V, 'V')}, {setting(frame.beam_current_A, 'A')}"
    first = f"{frame.region}, {frame.detector}, {beam}, {setting(frame.dwell_s, 's')}"
    voltage = fixed(frame.voltage_at_start_V, "V", 3)
    second = f"{in_hours(frame.start_s)}, {'voltage ' if voltage == UNKNOWN else ''}{voltage}, frame {frame.number}"
    if simulated:
        second += "   SIMULATED"
    return first.replace("\u202f", " "), second.replace("\u202f", " ")


def thumbnail(pixels: NDArray[np.uint8]) -> "Image":
    """Small, for the page."""
    from PIL import Image

    picture = Image.fromarray(pixels)
    height = max(1, round(picture.height * THUMBNAIL_WIDTH / picture.width))
    return picture.resize((THUMBNAIL_WIDTH, height), Image.Resampling.BOX)


def jpeg(picture: "Image", quality: int = 82) -> bytes:
    """The bytes of a file."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality, optimize=True)
    return data.getvalue()


def data_uri(data: bytes, kind: str) -> str:
    """Data as an address that needs no file: `kind` is `image/jpeg` or `image/svg+xml`."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
