"""Judges sharpness in a process of its own: nothing CPU-bound runs where instruments are controlled."""

import json
from concurrent.futures import Future
from dataclasses import asdict
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from operando.drivers.errors import OperandoError
from operando.protocols.apart import Helper
from operando.protocols.focus.sharpness import Sharpness

__all__ = ["SharpnessJudge", "SharpnessJudgeFailed", "encode_sharpness", "read_picture"]

_SHARPNESS = TypeAdapter(Sharpness)


class SharpnessJudgeFailed(OperandoError):
    """The process that judges sharpness has died; the next picture starts a new one."""


class SharpnessJudge:
    """Judges pictures elsewhere; one after the other."""

    def __init__(self) -> None:
        self._helper = Helper("operando.protocols.focus", "judges sharpness", SharpnessJudgeFailed)

    def submit(self, picture: NDArray[np.generic]) -> "Future[Sharpness]":
        """Judge a picture; the future fails with `SharpnessJudgeFailed` if the process dies."""
        header = json.dumps({"shape": picture.shape, "dtype": picture.dtype.str}).encode()
        return self._helper.submit(header + b"\n" + picture.tobytes(), _SHARPNESS.validate_json)

    def close(self) -> None:
        """End the process."""
        self._helper.close()


def read_picture(stream: BinaryIO) -> NDArray[np.generic] | None:
    """The next picture that was asked about; None at the end of the stream."""
    line = stream.readline()
    if not line:
        return None
    header = json.loads(line)
    shape, dtype = tuple(header["shape"]), np.dtype(header["dtype"])
    return np.frombuffer(stream.read(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape)


def encode_sharpness(sharpness: Sharpness) -> bytes:
    """The answer: one line."""
    return json.dumps(asdict(sharpness)).encode() + b"\n"
