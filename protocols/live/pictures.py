"""Frames as a browser shows them: stretched, scaled down, compressed, and kept for the next who asks."""

import io
from collections import OrderedDict
from dataclasses import dataclass

from operando.protocols.reading import Frame
from operando.protocols.report.micrograph import common_grey_scale

__all__ = ["FULL_WIDTH", "THUMBNAIL_WIDTH", "WIDTHS", "PictureCache", "Rendered", "render"]

THUMBNAIL_WIDTH = 144
FULL_WIDTH = 4096
WIDTHS = (THUMBNAIL_WIDTH, 720, FULL_WIDTH)
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a picture file."""

    data: bytes
    media_type: str = "image/webp"


def render(frame: Frame, width: int) -> Rendered:
    """A frame in eight bits, its darkest and brightest 0.3 % clipped, at most so many pixels wide.

    Raises:
        RecordError: if its pixels are not all there.
    """
    from PIL import Image

    pixels = frame.pixels
    picture = Image.fromarray(common_grey_scale([pixels]).applied(pixels))
    if picture.width > width:
        reduced = max(1, picture.width // width // 2)
        if reduced > 1:
            picture = picture.reduce(reduced)
        picture = picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.BOX)
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=QUALITY, method=1)
    return Rendered(data.getvalue())


class PictureCache:
    """The pictures that were asked for last, up to so many bytes."""

    def __init__(self, most_bytes: int = 64_000_000) -> None:
        self._kept: OrderedDict[tuple[str, int, int], Rendered] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes

    def get(self, key: tuple[str, int, int]) -> Rendered | None:
        """A picture that is kept; it is now the last one to be given up."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: tuple[str, int, int], picture: Rendered) -> None:
        """Keep a picture, and give up those that nobody has asked for longest."""
        if key in self._kept:
            return
        self._kept[key] = picture
        self._bytes += len(picture.data)
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= len(self._kept.popitem(last=False)[1].data)
