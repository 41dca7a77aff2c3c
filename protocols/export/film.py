"""Films (`.mp4`): the pictures of a region, their drift taken out, beside the voltage of the cell as it runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from operando.protocols.export.drift import FilmDrift, without_drift
from operando.protocols.export.place import written_whole
from operando.protocols.export.progress import Progress
from operando.protocols.export.running_curve import RunningCurve
from operando.protocols.export.selection import Selection
from operando.protocols.export.series import series_of
from operando.protocols.reading import Frame, Run
from operando.protocols.reading.packages import require_package
from operando.protocols.report.micrograph import GreyScale, common_grey_scale, with_data_bar

if TYPE_CHECKING:
    from av.video.stream import VideoStream
    from PIL.Image import Image

__all__ = ["export_film"]

PICTURES_PER_S = 10
_PICTURE_WIDTH, _SMALLEST_WIDTH, _CURVE_WIDTH = 768, 512, 640
_LOOKED_AT_FOR_GREY = 12
_CODECS = ("libx264", "libopenh264", "mpeg4")
"""The first that the installed FFmpeg has; all of them play everywhere."""


def export_film(run: Run, selection: Selection, place: Path, progress: Progress) -> list[Path]:
    """One film for each series of more than one picture, each detector by itself, whatever else was looked at.

    Raises:
        MissingPackage: if PyAV is not installed.
    """
    require_package("av", "a film")
    written = []
    chosen = selection.frames(run)
    for detector in dict.fromkeys(frame.detector for frame in chosen):
        for series in series_of([frame for frame in chosen if frame.detector == detector]):
            frames = [frame for scan in series.scans for frame in scan]
            if len(frames) < 2:
                continue
            name = f"{series.name}{selection.suffix}.mp4"
            progress.begin(name, len(frames))
            with written_whole(place / name) as part:
                _write(part, _pictures(run, selection, frames), progress)
            written.append(place / name)
    return written


def _pictures(run: Run, selection: Selection, frames: list[Frame]) -> Iterator["Image"]:
    """The pictures of a film, all of the same size, with even sides as the codecs want them."""
    from PIL import Image

    drift, grey = FilmDrift(), _common_grey(frames)
    curve: RunningCurve | None = None
    for frame in frames:
        pixels = frame.verified_pixels()
        still = _enlarged(without_drift(grey.applied(pixels), drift.take(pixels)))
        left = with_data_bar(still, frame.row, simulated=run.header.simulated, widest=_PICTURE_WIDTH)
        left = left.crop((0, 0, left.width - left.width % 2, left.height - left.height % 2))
        curve = curve or RunningCurve(selection.samples(run), (_CURVE_WIDTH, left.height))
        whole = Image.new("RGB", (left.width + _CURVE_WIDTH, left.height))
        whole.paste(left.convert("RGB"), (0, 0))
        whole.paste(curve.at(frame.start_s), (left.width, 0))
        yield whole


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A small picture with whole pixels repeated, so that there is room for the bar and the curve."""
    times = max(1, _SMALLEST_WIDTH // pixels.shape[1])
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def _common_grey(frames: list[Frame]) -> GreyScale:
    """One grey scale for the whole film, from pictures all over it, so that nothing flickers."""
    indices = np.unique(np.linspace(0, len(frames) - 1, _LOOKED_AT_FOR_GREY).astype(int))
    return common_grey_scale([frames[index].pixels for index in indices])


def _write(path: Path, pictures: Iterator["Image"], progress: Progress) -> None:
    import av

    codec = next(name for name in _CODECS if name in av.codecs_available)
    with av.open(str(path), "w", format="mp4") as container:
        # every one of the codecs is of pictures
        stream = cast("VideoStream", container.add_stream(codec, rate=PICTURES_PER_S))
        stream.pix_fmt = "yuv420p"
        if codec == "libx264":
            stream.options = {"crf": "20", "preset": "veryfast"}
        for picture in pictures:
            if not stream.codec_context.is_open:
                stream.width, stream.height = picture.size
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")):
                container.mux(packet)
            progress.advance()
        for packet in stream.encode(None):
            container.mux(packet)
