"""Filaments on drawn pictures: lithium is told from open slits, and the kinds from each other."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.drawn_pictures import drawn_line, noisy

from operando.protocols.analysis import FilamentKind, Filaments, crack_pattern, find_interface, measure_filaments
from operando.protocols.analysis.limits import FILAMENT_LENGTH_ERROR

PIXEL_M = 0.5e-6
SHAPE = (400, 600)
TOP = 60
"""Rows of lithium."""
STRAIGHT = [[(58.0, 300.0), (330.0, 310.0)]]
ARMS = [*STRAIGHT, [(150.0, 304.0), (230.0, 390.0)], [(200.0, 305.0), (280.0, 220.0)]]
THREADS = [[(58.0, 260.0 + 22.0 * n), (220.0, 262.0 + 22.0 * n)] for n in range(5)]
SIDEWAYS = [[(58.0, 200.0), (110.0, 260.0), (95.0, 420.0)]]

Lines = list[list[tuple[float, float]]]


def pictures(
    filled: Lines, slits: Lines, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    """Secondary and backscattered electrons of filled and of open cracks, and backscattered electrons when fresh."""
    fresh_se, fresh_bse = np.full(SHAPE, 110.0), np.full(SHAPE, 100.0)
    fresh_se[:TOP], fresh_bse[:TOP] = 75.0, 20.0
    lithium, opened = (
        np.max([np.zeros(SHAPE), *(drawn_line(np.array(line), 2.0, SHAPE) for line in lines)], axis=0)
        for lines in (filled, slits)
    )
    se = (fresh_se * (1 - lithium) + 75.0 * lithium) * (1 - opened) + 15.0 * opened
    bse = (fresh_bse * (1 - lithium) + 20.0 * lithium) * (1 - opened) + 18.0 * opened
    return noisy(se, seed, 2.0), noisy(bse, seed + 1, 2.0), noisy(fresh_bse, seed + 2, 2.0).astype(np.float32)


def measured(filled: Lines, slits: Lines, seed: int = 5) -> Filaments:
    se, bse, fresh = pictures(filled, slits, seed)
    interface = find_interface(se)
    below = np.arange(SHAPE[0])[:, None] > interface.row[None, :] + 4
    pattern = crack_pattern(bse, fresh, PIXEL_M, below)
    return measure_filaments(pattern, se, bse, interface, PIXEL_M)


def drawn_m(lines: Lines) -> float:
    return sum(float(np.hypot(*np.diff(np.array(line), axis=0).T).sum()) for line in lines) * PIXEL_M


@pytest.mark.parametrize(
    ("lines", "kind"),
    [(STRAIGHT, "straight"), (ARMS, "branching"), (THREADS, "diffuse"), (SIDEWAYS, "spalling")],
    ids=["straight", "branching", "diffuse", "spalling"],
)
def test_each_kind_is_told_and_measured(lines: Lines, kind: FilamentKind) -> None:
    found = measured(lines, [])
    assert [one.kind for one in found.each] == [kind]
    assert found.of(kind).value == pytest.approx(drawn_m(lines), rel=FILAMENT_LENGTH_ERROR)


def test_an_open_slit_is_no_filament() -> None:
    found = measured([], STRAIGHT)
    assert found.each == ()
    assert not found.length_m.detectable
    assert found.length_m.least > 0


def test_only_the_filled_part_of_a_crack_counts() -> None:
    found = measured([[(58.0, 300.0), (200.0, 305.0)]], [[(200.0, 305.0), (330.0, 310.0)]])
    assert found.length_m.value == pytest.approx(142.0 * PIXEL_M, rel=FILAMENT_LENGTH_ERROR)


def test_a_short_stub_has_no_kind_yet() -> None:
    found = measured([[(58.0, 300.0), (105.0, 302.0)]], [])
    assert [one.kind for one in found.each] == ["too short to tell"]
