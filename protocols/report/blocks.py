"""What a page is made of: sections of paragraphs, tables, figures and pictures. The template knows how they look."""

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Block", "Column", "Gallery", "Listing", "Paragraph", "PlacedFigure", "Section", "Shot", "Strip", "Table"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words. `tone` is empty, `warning` or `good`."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right, with their unit in the head."""

    name: str
    unit: str = ""
    numbers: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Args:
        rows: as many texts as there are columns; for a table without columns (name, value).
        tones: of rows, by index: `error`, `warning`, `good`.
        note: below it.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    tones: dict[int, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlacedFigure:
    """A figure on the page; `name` is that of its files, `source` the address of the drawing."""

    name: str
    source: str
    caption: str
    alternative: str
    half: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a strip.

    Args:
        source: address of the thumbnail.
        large: address of the large picture: in the page itself, or a file beside it.
        on_page: which of the two.
        label, title: below it, and in full.
    """

    number: int
    source: str
    large: str
    on_page: bool
    label: tuple[str, str]
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One series of pictures."""

    caption: str
    shots: Sequence[Shot]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures of one region."""

    title: str
    strips: Sequence[Strip]


@dataclass(frozen=True, slots=True)
class Listing:
    """A text as it is, folded away."""

    title: str
    text: str


Block = Paragraph | Table | PlacedFigure | Gallery | Listing


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the page."""

    anchor: str
    title: str
    blocks: Sequence[Block]
