"""Pictures of each region over the run; each opens with scale bar, time and voltage."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from operando.protocols.reading import Frame
from operando.protocols.record import RecordError
from operando.protocols.report.blocks import Block, Gallery, Paragraph, Section, Shot, Strip
from operando.protocols.report.gallery import Series, choose_series
from operando.protocols.report.material import Material
from operando.protocols.report.micrograph import common_grey_scale, data_uri, jpeg, thumbnail, with_data_bar
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import UNKNOWN, fixed, in_hours

__all__ = ["pictures_section"]

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


def pictures_section(
    material: Material, studio: Studio, shown: Callable[[int, int], None] = lambda done, of: None
) -> Section | None:
    """None if no picture was taken.

    Args:
        shown: told how many pictures are done, of how many.
    """
    series = choose_series(material.run.frames.rows)
    if not series:
        return None
    total, done = sum(len(one.shown) for one in series), 0
    galleries: dict[str, list[Strip]] = {}
    for one in series:
        galleries.setdefault(one.region, []).append(_strip(material, studio, one))
        done += len(one.shown)
        shown(done, total)
    words = (
        f"{total} of {len(material.run.frames.rows)} pictures, evenly over the run; each series has one grey scale. "
        "A picture opens when it is clicked: framed ones are in this page, the others lie beside it in pictures/. "
        "Full depth and all pictures: run.nxs, or operando export."
    )
    blocks: list[Block] = [Paragraph(words)]
    blocks += [Gallery(region, strips) for region, strips in galleries.items()]
    return Section("pictures", "Pictures", blocks)


def _strip(material: Material, studio: Studio, series: Series) -> Strip:
    frames = [material.run.frames.number(row.number) for row in series.shown]
    readable = [(frame, pixels) for frame in frames if (pixels := _pixels(frame)) is not None]
    caption = f"{series.detector}: {len(readable)} of {series.of_all}"
    if not readable:
        return Strip(f"{caption}; none of them can be read", [])
    caption += f", field {readable[0][0].row.field_width_m * 1e6:.3g}\u202fµm wide"
    if len(readable) < len(frames):
        caption += f"; {len(frames) - len(readable)} cannot be read"
    return Strip(caption, _shots(material, studio, series, readable))


def _pixels(frame: Frame) -> Pixels | None:
    """None if they are not those that were recorded, or not all there; `operando verify` says more."""
    try:
        return frame.verified_pixels()
    except RecordError:
        return None


def _shots(material: Material, studio: Studio, series: Series, readable: Sequence[tuple[Frame, Pixels]]) -> list[Shot]:
    scale = common_grey_scale([pixels for _, pixels in readable])
    shots = []
    for frame, pixels in readable:
        grey = scale.applied(pixels)
        large = jpeg(with_data_bar(grey, frame.row, simulated=material.simulated))
        on_page = frame.number in series.on_page
        address = data_uri(large, "image/jpeg") if on_page else studio.picture(f"frame_{frame.number:06d}.jpg", large)
        shots.append(
            Shot(
                frame.number,
                data_uri(jpeg(thumbnail(grey), 72), "image/jpeg"),
                address,
                on_page,
                (in_hours(frame.start_s), fixed(frame.row.voltage_at_start_V, "V", 3).replace(UNKNOWN, "– V")),
                f"frame {frame.number}, {frame.region}, {frame.detector}: {frame.row.trigger}",
            )
        )
    return shots
