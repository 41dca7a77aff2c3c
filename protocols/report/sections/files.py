"""The files of the report and of the record, and what opens them."""

from operando.protocols.report.blocks import Column, Paragraph, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio

__all__ = ["files_section"]


def files_section(material: Material, studio: Studio) -> Section:
    """Figures of this report, then the record."""
    figures = [(name, f"figures/{name}.png", f"figures/{name}.svg", f"figures/{name}.pdf") for name in studio.names]
    record = [
        ("run.nxs", "all of it, NeXus (NXem)", "HyperSpy, silx, h5web"),
        (f"{material.header.bdf_stem}_001.bdf.csv", "the cell, Battery Data Format", "pandas, cellpy, bdf"),
        ("eis/*.csv", "impedance", "pandas"),
        ("frames.csv", "a row for each picture", "pandas"),
        ("spectra/*.msa", "X-ray spectra, EMSA/MAS", "HyperSpy"),
        ("sensors.csv, events.jsonl", "around the cell; what happened", "pandas"),
        ("SHA256SUMS", "checksums of every file", "operando verify, sha256sum"),
    ]
    columns = (Column("Figure"), Column("Pixels"), Column("Vectors"), Column("For print"))
    words = "This report stands in derived/, which the checksums of the record do not cover; nothing else was written."
    return Section(
        "files",
        "Files",
        [
            Paragraph(words),
            Table("Figures of this report, beside it.", columns, figures),
            Table("The record.", (Column("File"), Column("Holds"), Column("Opens in")), record),
        ],
    )
