"""Registers pictures in a process of its own: nothing CPU-bound runs where instruments are controlled.

The other process reads pixels from its standard input and answers with one line of JSON for each pair.
"""

from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import OperandoError
from operando.protocols.apart import Helper
from operando.protocols.following.anchor import Anchor
from operando.protocols.following.pairs import decode_answer, encode_pair
from operando.protocols.following.registration import Displacement

__all__ = ["Registrar", "RegistrarFailed"]


class RegistrarFailed(OperandoError):
    """The process that registers pictures has died; the next pair starts a new one."""


class Registrar:
    """Compares pictures elsewhere; one pair after the other."""

    def __init__(self) -> None:
        self._helper = Helper("operando.protocols.following", "registers pictures", RegistrarFailed)

    def submit(
        self, reference: NDArray[np.generic], picture: NDArray[np.generic], anchor: Anchor
    ) -> "Future[Displacement]":
        """Compare two pictures of one shape; the future fails with `RegistrarFailed` if the process dies."""
        return self._helper.submit(encode_pair(reference, picture, anchor), decode_answer)

    def close(self) -> None:
        """End the process."""
        self._helper.close()
