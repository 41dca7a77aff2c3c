"""The ways that the stage may take, each axis at its own speed, and the boxes that it must not touch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.drivers.roles import KeepOut, StagePosition

BOX = KeepOut(x_m=(1.0, 2.0), y_m=(1.0, 2.0), z_m=(0.0, 5.0))

coordinates = st.integers(-40, 40).map(lambda quarter: quarter / 4)
positions = st.builds(StagePosition, coordinates, coordinates, coordinates)


@st.composite
def boxes(draw: st.DrawFn) -> KeepOut:
    spans = [(low, low + size / 4) for low, size in (draw(st.tuples(coordinates, st.integers(1, 20))) for _ in "xyz")]
    return KeepOut(*spans)


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        pytest.param((0, 0, 1), (3, 3, 1), True, id="through the middle"),
        pytest.param((0, 0, 6), (3, 3, 6), False, id="above it"),
        pytest.param((0, 0, 6), (1.5, 1.5, 4), True, id="into it"),
        pytest.param((0, 1.5, 1), (0.9, 1.5, 1), False, id="stops before it"),
        pytest.param((0, 1.5, 1), (1.0, 1.5, 1), True, id="stops on its face"),
        pytest.param((0, 2.0, 1), (3, 2.0, 1), True, id="along its face"),
        pytest.param((0, 1.9, 1), (1.1, 3.0, 1), True, id="past its corner, unless x arrives first"),
        pytest.param((1.5, 1.5, 1), (1.5, 1.5, 1), True, id="stands in it"),
        pytest.param((0, 0, 1), (0, 0, 1), False, id="stands beside it"),
        pytest.param((0, 0, 1), (0, 3, 1), False, id="along an axis beside it"),
    ],
)
def test_ways(start: tuple[float, ...], end: tuple[float, ...], touches: bool) -> None:
    assert BOX.can_be_touched(StagePosition(*start), StagePosition(*end)) is touches


def test_faces_may_be_written_in_any_order() -> None:
    turned = KeepOut(x_m=(2.0, 1.0), y_m=(2.0, 1.0), z_m=(5.0, 0.0))
    assert turned.can_be_touched(StagePosition(0, 0, 1), StagePosition(3, 3, 1))


@given(positions, positions, boxes(), st.tuples(*[st.floats(0, 1)] * 3))
def test_a_way_that_does_not_pass_has_no_point_in_the_box(
    start: StagePosition, end: StagePosition, box: KeepOut, fractions: tuple[float, float, float]
) -> None:
    axes = zip((start.x_m, start.y_m, start.z_m), (end.x_m, end.y_m, end.z_m), fractions, strict=True)
    point = [a + fraction * (b - a) for a, b, fraction in axes]
    inside = all(low <= value <= high for value, (low, high) in zip(point, (box.x_m, box.y_m, box.z_m), strict=True))
    assert box.can_be_touched(start, end) or not inside


@given(positions, positions, boxes())
def test_the_way_back_is_judged_like_the_way_there(start: StagePosition, end: StagePosition, box: KeepOut) -> None:
    assert box.can_be_touched(start, end) == box.can_be_touched(end, start)
