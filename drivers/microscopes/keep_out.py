"""Whether the straight way of the stage passes a box that it must never enter."""

from operando.drivers.roles import KeepOut, StagePosition

__all__ = ["passes"]


def passes(start: StagePosition, end: StagePosition, box: KeepOut) -> bool:
    """Whether the line from start to end touches the box. Its faces belong to it.

    The line enters the box if the parts of it that lie between each pair of faces have a point in common.
    """
    enters, leaves = 0.0, 1.0
    axes = ((start.x_m, end.x_m, box.x_m), (start.y_m, end.y_m, box.y_m), (start.z_m, end.z_m, box.z_m))
    for here, there, faces in axes:
        low, high = min(faces), max(faces)
        if here == there:
            if not low <= here <= high:
                return False
            continue
        crossings = sorted(((low - here) / (there - here), (high - here) / (there - here)))
        enters, leaves = max(enters, crossings[0]), min(leaves, crossings[1])
    return enters <= leaves
