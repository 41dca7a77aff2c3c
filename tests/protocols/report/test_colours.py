"""Curves that stand beside each other are told apart with any kind of colour vision, and in grey."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from operando.protocols.report.figures.sizes import shades
from operando.protocols.summary.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

# Machado, Oliveira and Fernandes, IEEE Trans. Vis. Comput. Graph. 15 (2009) 1291, severity 1.0, for linear RGB
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def lab(color: str | tuple[float, float, float, float], vision: str) -> NDArray[np.float64]:
    """CIELAB of a colour as somebody sees it."""
    rgb = np.array(to_rgb(color), dtype=np.float64)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(VISION[vision] @ linear, 0.0, 1.0) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    "together",
    [(BLUE, VERMILION, GREEN), (BLUE, GREEN, ORANGE, PURPLE, SKY, BLACK), (BLUE, BLACK, PURPLE)],
    ids=["cell", "regions", "marks"],
)
def test_colours_that_stand_together_differ(together: tuple[str, ...], vision: str) -> None:
    for one, other in combinations(together, 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 12, (one, other)


@pytest.mark.parametrize("vision", VISION)
def test_shades_of_cycles_grow_lighter(vision: str) -> None:
    lightness = [lab(shade, vision)[0] for shade in shades(10)]
    assert (np.diff(lightness) > 3).all()
