"""Draws the figure sheet of the simulated world: both batches, three ages, three magnifications, both detectors.

python docs/figure_sheet.py [docs/pictures/world.png]
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from operando.simulators.world.beam import Beam, BeamSettings, Exposure, StagePose
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import PresetName, cell_preset
from operando.simulators.world.specimen import Specimen

BATCHES: tuple[PresetName, ...] = ("fine", "coarse")
CYCLES = (0, 5, 15)
VIEWS = (
    ("stack, 900 um wide", (1.2e-3, -0.670e-3), 900e-6, 5e3),
    ("lithium, 120 um wide", (1.06e-3, -0.375e-3), 120e-6, 5e3),
    ("cathode, 20 um wide", (1.204e-3, -0.970e-3), 20e-6, 3e3),
)
DETECTORS = ("SE", "BSE")
DRAWN, SHOWN = (800, 600), (264, 198)
SEED = 3
CURRENT_A, HIGHEST_V, LOWEST_V = 0.118e-3, 4.2, 3.0
GREYS = 64
"""A sheet of noise does not compress; 64 greys are as many as paper shows."""


def cycled(batch: PresetName, cycles: int) -> tuple[SimulatedCell, float]:
    """A cell after some cycles at C/10, and the time then."""
    cell, time_s = SimulatedCell(cell_preset(batch), SEED), 0.0
    for half in range(2 * cycles):
        charging = half % 2 == 0
        cell.drive_current(CURRENT_A if charging else -CURRENT_A, time_s)
        ends_s = time_s + 14 * 3600.0
        while time_s < ends_s:
            time_s += 30.0
            voltage_V = cell.measure(time_s)[0]
            if voltage_V > HIGHEST_V if charging else voltage_V < LOWEST_V:
                break
    cell.open_circuit(time_s)
    return cell, time_s


def panels(batch: PresetName, cycles: int) -> list[NDArray[np.uint8]]:
    """The pictures of one cell: each view with each detector."""
    cell, time_s = cycled(batch, cycles)
    specimen, found = Specimen(batch, SEED, cell), []
    for number, (_, (x_m, y_m), width_m, voltage_V) in enumerate(VIEWS):
        stage, beam = StagePose(x_m, y_m), BeamSettings(voltage_V, 1e-10, 0.01, width_m)
        best_m = specimen.best_working_distance_m(Beam(beam, stage))
        beam = BeamSettings(voltage_V, 1e-10, best_m, width_m)
        scan = Exposure(stage, beam, DETECTORS, DRAWN, 10e-6, time_s, 10e-6 * DRAWN[0], number)
        found += [shown(signal) for signal in specimen.expose(scan, range(DRAWN[1]))]
    return found


def shown(signal: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Brightness and contrast as an operator sets them, in few greys."""
    low, high = np.quantile(signal, (0.002, 0.998))
    grey = np.clip((signal - low) / max(high - low, 0.3) * 235 + 10, 0, 255).astype(np.uint8)
    small = np.asarray(Image.fromarray(grey).resize(SHOWN, Image.Resampling.LANCZOS))
    return np.asarray(small // (256 // GREYS) * (256 // GREYS), np.uint8)


def sheet() -> Image.Image:
    """All panels with their captions."""
    margin, caption, gap = 92, 20, 4
    width, height = SHOWN
    columns, rows = len(VIEWS) * len(DETECTORS), len(BATCHES) * len(CYCLES)
    page = Image.new("L", (margin + columns * (width + gap), caption + rows * (height + gap)), 255)
    pen = ImageDraw.Draw(page)
    for column in range(columns):
        view, detector = VIEWS[column // 2][0], DETECTORS[column % 2]
        pen.text((margin + column * (width + gap) + 4, 4), f"{view}, {detector}", fill=0)
    for row, (batch, cycles) in enumerate((batch, cycles) for batch in BATCHES for cycles in CYCLES):
        top = caption + row * (height + gap)
        pen.text((4, top + 8), f"{batch}\n{'fresh' if cycles == 0 else f'{cycles} cycles'}", fill=0)
        for column, panel in enumerate(panels(batch, cycles)):
            page.paste(Image.fromarray(panel), (margin + column * (width + gap), top))
    return page


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures" / "world.png"
    sheet().quantize(GREYS).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
