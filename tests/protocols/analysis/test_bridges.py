"""Where a crack goes on that cannot be seen: through what was dark already, from end to end."""

import numpy as np
import pytest
from numpy.typing import NDArray

from operando.protocols.analysis.bridges import bridged

PIXEL_M = 0.4e-6
SHAPE = (200, 400)
EVERYWHERE = np.ones(SHAPE, bool)


def nothing() -> NDArray[np.bool_]:
    return np.zeros(SHAPE, bool)


def in_line(gap_px: int) -> NDArray[np.bool_]:
    """Two pieces of a level crack with a gap between them."""
    mask = nothing()
    mask[99:102, 40:150] = mask[99:102, 150 + gap_px : 360] = True
    return mask


def dark_band() -> NDArray[np.bool_]:
    dark = nothing()
    dark[97:104] = True
    return dark


def test_a_crack_goes_on_along_a_boundary_that_was_dark_before() -> None:
    bridges = bridged(in_line(100), dark_band(), EVERYWHERE, PIXEL_M)  # 40 um
    assert bridges[97:104, 151:249].any(axis=0).all()


def test_over_ground_where_it_would_be_seen_a_crack_does_not_go_on_so_far() -> None:
    assert not bridged(in_line(100), nothing(), EVERYWHERE, PIXEL_M).any()


@pytest.mark.parametrize("dark", [nothing(), dark_band()], ids=["plain ground", "dark ground"])
def test_pieces_that_are_near_belong_together(dark: NDArray[np.bool_]) -> None:
    assert bridged(in_line(20), dark, EVERYWHERE, PIXEL_M)[:, 150:170].any(axis=0).all()  # 8 um


def test_cracks_that_run_side_by_side_are_not_joined_across_a_pore() -> None:
    mask, pore = nothing(), nothing()
    mask[60:63, 40:360] = mask[110:113, 40:360] = True  # 20 um apart
    pore[55:118, 190:210] = True
    assert not bridged(mask, pore, EVERYWHERE, PIXEL_M).any()


def test_a_crack_that_ends_at_a_pore_is_not_joined_to_the_inside_of_another() -> None:
    mask, pore = nothing(), nothing()
    mask[20:80, 200:203] = mask[130:133, 40:360] = True
    pore[78:132, 195:208] = True
    assert not bridged(mask, pore, EVERYWHERE, PIXEL_M).any()


def test_no_way_leads_through_what_was_not_looked_at() -> None:
    looked_at = EVERYWHERE.copy()
    looked_at[:, 190:210] = False
    assert not bridged(in_line(100), dark_band(), looked_at, PIXEL_M).any()
