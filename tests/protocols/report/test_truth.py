"""The truth of a simulation stands apart, in words that nobody overlooks, and beside what was recorded."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import frame_state, picture, run_header, sample_block

from operando.protocols.record import RunRecord
from operando.protocols.report.blocks import Paragraph, PlacedFigure, Table
from operando.protocols.report.figures import draw_truth
from operando.protocols.report.material import read_material
from operando.protocols.report.sections.truth import truth_section
from operando.protocols.report.studio import Studio


class World:
    """The voltage is a millivolt above what is recorded."""

    def at(self, time_s: float) -> Mapping[str, float]:
        recorded_V = np.interp(time_s, sample_block(0, 60)["time_s"], sample_block(0, 60)["voltage_V"])
        return {"voltage_V": float(recorded_V) + 1e-3, "anode_sei_m": 1e-9 * time_s, "short_ohm": float("inf")}


def write(folder: Path, *, simulated: bool) -> Path:
    record = RunRecord.create(folder, run_header(simulated), truth=World() if simulated else None)
    record.samples(sample_block(0, 60))
    for number in range(4):
        record.image(picture(number, start_s=5.0 + 10.0 * number), frame_state())
    record.close("completed")
    return folder


def test_truth_is_drawn_and_compared(tmp_path: Path) -> None:
    section = truth_section(read_material(write(tmp_path / "run", simulated=True)), Studio(tmp_path / "report"))
    assert section is not None
    words, figure, table = section.blocks
    assert isinstance(words, Paragraph) and words.text.startswith("This is not a measurement")
    assert isinstance(figure, PlacedFigure) and figure.name == "truth"
    assert isinstance(table, Table)
    assert table.rows == [("cell voltage", "1.00\u202fmV", "1.00\u202fmV", "8")]


def test_real_instruments_have_no_such_section(tmp_path: Path) -> None:
    material = read_material(write(tmp_path / "run", simulated=False))
    assert truth_section(material, Studio(tmp_path / "report")) is None


def test_a_panel_for_each_quantity() -> None:
    time_s, thickness = np.array([0.0, 3600.0]), np.array([0.002, 0.004])
    figure = draw_truth(time_s, {"anode SEI / µm": thickness})
    panel = figure.axes[0]
    assert panel.get_title(loc="left") == "anode SEI / µm"
    (line,) = panel.get_lines()
    assert np.asarray(line.get_xdata(), float) == pytest.approx([0.0, 1.0])
    assert np.asarray(line.get_ydata(), float) == pytest.approx(thickness)
    assert figure.get_suptitle() == "SIMULATED"
