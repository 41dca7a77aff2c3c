"""Pairs of pictures between two processes: one line of JSON that says what follows, then the raw pixels of both."""

import json
from dataclasses import asdict
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from operando.protocols.following.anchor import Anchor, Box
from operando.protocols.following.registration import Displacement

__all__ = ["decode_answer", "encode_answer", "encode_pair", "read_pair"]

Pair = tuple[NDArray[np.generic], NDArray[np.generic], Anchor]
_ANCHOR: TypeAdapter[Anchor] = TypeAdapter(Anchor)
_ANSWER = TypeAdapter(Displacement)


def encode_pair(reference: NDArray[np.generic], picture: NDArray[np.generic], anchor: Anchor) -> bytes:
    """What is sent: both pictures have one shape and type."""
    told = asdict(anchor) if isinstance(anchor, Box) else anchor
    header = {"shape": picture.shape, "dtype": picture.dtype.str, "anchor": told}
    return json.dumps(header).encode() + b"\n" + reference.astype(picture.dtype).tobytes() + picture.tobytes()


def read_pair(stream: BinaryIO) -> Pair | None:
    """The next pair; None at the end of the stream."""
    line = stream.readline()
    if not line:
        return None
    header = json.loads(line)
    shape, dtype = tuple(header["shape"]), np.dtype(header["dtype"])
    size = int(np.prod(shape)) * dtype.itemsize
    reference, picture = (np.frombuffer(stream.read(size), dtype).reshape(shape) for _ in range(2))
    return reference, picture, _ANCHOR.validate_python(header["anchor"])


def encode_answer(displacement: Displacement) -> bytes:
    """One line."""
    return json.dumps(asdict(displacement)).encode() + b"\n"


def decode_answer(line: bytes) -> Displacement:
    """The displacement that a line tells."""
    return _ANSWER.validate_json(line)
