"""The straight way of the stage and the boxes that it must not touch."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from operando.drivers.microscopes.keep_out import passes
from operando.drivers.roles import KeepOut, StagePosition

BOX = KeepOut(x_m=(1.0, 2.0), y_m=(1.0, 2.0), z_m=(0.0, 5.0))

coordinates = st.integers(-40, 40).map(lambda quarter: quarter / 4)
positions = st.builds(StagePosition, coordinates, coordinates, coordinates)


@st.composite
def boxes(draw: st.DrawFn) -> KeepOut:
    spans = [(low, low + size / 4) for low, size in (draw(st.tuples(coordinates, st.integers(1, 20))) for _ in "xyz")]
    return KeepOut(*spans)


def along(start: StagePosition, end: StagePosition, fraction: float) -> StagePosition:
    def between(a: float, b: float) -> float:
        return a + fraction * (b - a)

    return StagePosition(between(start.x_m, end.x_m), between(start.y_m, end.y_m), between(start.z_m, end.z_m))


def inside(position: StagePosition, box: KeepOut, margin: float = 0.0) -> bool:
    spans = zip((position.x_m, position.y_m, position.z_m), (box.x_m, box.y_m, box.z_m), strict=True)
    return all(low + margin <= value <= high - margin for value, (low, high) in spans)


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        pytest.param((0, 0, 1), (3, 3, 1), True, id="through the middle"),
        pytest.param((0, 0, 6), (3, 3, 6), False, id="above it"),
        pytest.param((0, 0, 6), (1.5, 1.5, 4), True, id="into it"),
        pytest.param((0, 1.5, 1), (0.9, 1.5, 1), False, id="stops before it"),
        pytest.param((0, 1.5, 1), (1.0, 1.5, 1), True, id="stops on its face"),
        pytest.param((0, 2.0, 1), (3, 2.0, 1), True, id="along its face"),
        pytest.param((0, 1.9, 1), (1.1, 3.0, 1), False, id="past its corner"),
        pytest.param((1.5, 1.5, 1), (1.5, 1.5, 1), True, id="stands in it"),
        pytest.param((0, 0, 1), (0, 0, 1), False, id="stands beside it"),
        pytest.param((0, 0, 1), (0, 3, 1), False, id="along an axis beside it"),
    ],
)
def test_ways(start: tuple[float, ...], end: tuple[float, ...], touches: bool) -> None:
    assert passes(StagePosition(*start), StagePosition(*end), BOX) is touches


def test_faces_may_be_written_in_any_order() -> None:
    turned = KeepOut(x_m=(2.0, 1.0), y_m=(2.0, 1.0), z_m=(5.0, 0.0))
    assert passes(StagePosition(0, 0, 1), StagePosition(3, 3, 1), turned)


@given(positions, positions, st.floats(0, 1), st.tuples(*[st.floats(1e-6, 5)] * 6))
def test_a_way_with_a_point_in_the_box_passes_it(
    start: StagePosition, end: StagePosition, fraction: float, around: tuple[float, ...]
) -> None:
    point = along(start, end, fraction)
    box = KeepOut(
        (point.x_m - around[0], point.x_m + around[1]),
        (point.y_m - around[2], point.y_m + around[3]),
        (point.z_m - around[4], point.z_m + around[5]),
    )
    assert passes(start, end, box)


@given(positions, positions, boxes())
def test_a_way_that_passes_the_box_has_a_point_in_it(start: StagePosition, end: StagePosition, box: KeepOut) -> None:
    assume(passes(start, end, box))
    axes = zip((start.x_m, start.y_m, start.z_m), (end.x_m, end.y_m, end.z_m), (box.x_m, box.y_m, box.z_m), strict=True)
    crossings = [(face - a) / (b - a) for a, b, faces in axes if a != b for face in faces]
    candidates = [0.0, 1.0, *(fraction for fraction in crossings if 0 <= fraction <= 1)]
    assert any(inside(along(start, end, fraction), box, margin=-1e-9) for fraction in candidates)


@given(positions, positions, boxes())
def test_the_way_back_is_judged_like_the_way_there(start: StagePosition, end: StagePosition, box: KeepOut) -> None:
    assert passes(start, end, box) == passes(end, start, box)
