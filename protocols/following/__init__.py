"""Follows the drift of a region: where the grains of its pictures have gone, found by registration."""

from operando.protocols.following.anchor import Anchor, Box
from operando.protocols.following.keyframes import Correction, Followed, Following, FollowingLimits
from operando.protocols.following.registrar import Registrar, RegistrarFailed
from operando.protocols.following.registration import Displacement, register

__all__ = [
    "Anchor",
    "Box",
    "Correction",
    "Displacement",
    "Followed",
    "Following",
    "FollowingLimits",
    "Registrar",
    "RegistrarFailed",
    "register",
]
