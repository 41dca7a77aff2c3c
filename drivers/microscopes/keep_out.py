"""Whether a move of the stage can touch a box that it must never enter."""

from operando.drivers.roles import KeepOut, StagePosition

__all__ = ["passes"]


def passes(start: StagePosition, end: StagePosition, box: KeepOut) -> bool:
    """Whether a move from start to end can touch the box. Its faces belong to it.

    Each axis goes at its own speed and stops at its own time, so the way is no straight line: it may lead through any
    point between start and end, axis by axis.
    """
    axes = ((start.x_m, end.x_m, box.x_m), (start.y_m, end.y_m, box.y_m), (start.z_m, end.z_m, box.z_m))
    return all(min(here, there) <= max(faces) and max(here, there) >= min(faces) for here, there, faces in axes)
