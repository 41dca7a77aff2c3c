"""Where figures become files: PNG, SVG and PDF beside the page, and the drawing inside it."""

import io
from pathlib import Path

import matplotlib.style
from matplotlib.figure import Figure

from operando.protocols.report.blocks import PlacedFigure
from operando.protocols.report.micrograph import data_uri
from operando.protocols.summary.style import RC, settle

__all__ = ["Studio"]

_NO_DATE: dict[str, dict[str, object]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
MOST_ON_PAGE_BYTES = 600_000
"""A drawing that is larger goes into the page as pixels."""


class Studio:
    """Puts figures into a folder of a report; equal records give equal bytes.

    Args:
        folder: of the report; figures go to its `figures/`, pictures to its `pictures/`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []
        (folder / "figures").mkdir(parents=True, exist_ok=True)

    def place(self, name: str, figure: Figure, caption: str, *, half: bool = False) -> PlacedFigure:
        """Save a figure in three formats and place it."""
        with matplotlib.style.context(RC):
            settle(figure)
        drawn = {kind: _drawn(figure, kind) for kind in ("png", "svg", "pdf")}
        for kind, data in drawn.items():
            (self.folder / "figures" / f"{name}.{kind}").write_bytes(data)
        self.names.append(name)
        kind, mime = ("svg", "image/svg+xml") if len(drawn["svg"]) <= MOST_ON_PAGE_BYTES else ("png", "image/png")
        return PlacedFigure(name, data_uri(drawn[kind], mime), caption, caption.split(".")[0], half)

    def picture(self, name: str, data: bytes) -> str:
        """Put a picture beside the page; its address, relative to the page."""
        folder = self.folder / "pictures"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        return f"pictures/{name}"


def _drawn(figure: Figure, kind: str) -> bytes:
    data = io.BytesIO()
    with matplotlib.style.context(RC):
        figure.savefig(data, format=kind, metadata=_NO_DATE[kind])
    return data.getvalue()
