"""Pictures as PNG with a data bar below them: scale, region, detector, beam, time, voltage. No pixel is drawn over."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from operando.protocols.export.place import written_whole
from operando.protocols.export.progress import Progress
from operando.protocols.export.selection import Selection
from operando.protocols.reading import Frame, Run
from operando.protocols.record import name_for_files
from operando.protocols.report.micrograph import common_grey_scale, with_data_bar

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Bits", "export_png"]

Bits = Literal[8, 16]
_WIDEST = 1 << 16
_WHITE_8 = 255


def export_png(run: Run, selection: Selection, place: Path, progress: Progress, bits: Bits = 8) -> list[Path]:
    """One file for each frame.

    Args:
        bits: 8 stretches each picture so that hardly anything is clipped, and says so in the bar and in the file;
            16 leaves the values as they were recorded.
    """
    chosen, written = selection.frames(run), []
    progress.begin("pictures", len(chosen))
    for frame in chosen:
        name = f"{name_for_files(frame.region)}_{name_for_files(frame.detector)}_{frame.number:06d}.png"
        with written_whole(place / name) as part:
            _save(part, frame, bits, simulated=run.header.simulated)
        written.append(place / name)
        progress.advance()
    return written


def _save(path: Path, frame: Frame, bits: Bits, *, simulated: bool) -> None:
    from PIL.PngImagePlugin import PngInfo

    picture, stretch = (_stretched if bits == 8 else _as_recorded)(frame, simulated=simulated)
    row, info = frame.row, PngInfo()
    for key, value in (
        ("Software", "operando"),
        ("Description", f"{'SIMULATED, ' if simulated else ''}{row.region}, {row.detector}, frame {row.number}"),
        ("Stretch", stretch),
        ("Pixel size / m", f"{row.pixel_size_m!r}"),
        ("Run time / s", f"{row.start_s!r}"),
        ("Cell voltage / V", f"{row.voltage_at_start_V!r}"),
    ):
        info.add_text(key, value)
    picture.save(path, "PNG", pnginfo=info)


def _stretched(frame: Frame, *, simulated: bool) -> tuple["Image", str]:
    pixels = frame.verified_pixels()
    scale = common_grey_scale([pixels])
    stretch = f"black {scale.black:.1f}, white {scale.white:.1f} of {np.iinfo(pixels.dtype).max}"
    remark = f"grey {scale.black:.0f} to {scale.white:.0f}"
    return with_data_bar(scale.applied(pixels), frame.row, simulated=simulated, widest=_WIDEST, remark=remark), stretch


def _as_recorded(frame: Frame, *, simulated: bool) -> tuple["Image", str]:
    from PIL import Image

    pixels = frame.verified_pixels()
    white = int(np.iinfo(pixels.dtype).max)
    empty = np.zeros(pixels.shape, np.uint8)
    barred = with_data_bar(empty, frame.row, simulated=simulated, widest=_WIDEST, remark="grey as recorded")
    bar = np.asarray(barred)[pixels.shape[0] :].astype(np.uint32) * white // _WHITE_8
    whole = np.vstack([pixels, bar.astype(pixels.dtype)]).astype(np.uint16)
    return Image.fromarray(whole), f"none: values as recorded, 0 to {white}"
