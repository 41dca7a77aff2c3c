"""The library's structures as bytes in memory (sheet 3.2), and the channel's own format of numbers."""

import ctypes
import struct
from dataclasses import dataclass

__all__ = [
    "CURRENT_VALUES",
    "DATA_INFOS",
    "INTEGER",
    "PARAMETER",
    "SINGLE",
    "ParameterBytes",
    "ParametersByValue",
    "poke",
    "raw_single",
    "read_parameters",
    "single_of_raw",
]

INTEGER, SINGLE = struct.Struct("<i"), struct.Struct("<f")
CURRENT_VALUES = struct.Struct("<ii fff f fff i f ii fff iii")
"""State, MemFilled; TimeBase, Ewe and its range; Ece and its range; Eoverflow; I; IRange, Ioverflow; ElapsedTime,
Freq, Rcomp; Saturation, OptErr, OptPos."""
DATA_INFOS = struct.Struct("<7i d i")
"""IRQskipped, NbRows, NbCols, TechniqueIndex, TechniqueID, ProcessIndex, loop; StartTime, not aligned; MuxPad."""
PARAMETER = struct.Struct("<64s i I i")
"""Label; 0 integer, 1 boolean, 2 single; value; index."""


class ParametersByValue(ctypes.Structure):
    """A count and an address, packed to four bytes, as they stand on the stack."""

    _pack_ = 4
    _fields_ = [("count", ctypes.c_int32), ("address", ctypes.c_void_p)]


@dataclass(frozen=True, slots=True)
class ParameterBytes:
    """A parameter as the caller has packed it."""

    label: str
    value: int | bool | float
    index: int


def poke(address: int | None, data: bytes) -> None:
    """Write where a pointer points to; nothing for a null pointer."""
    if address:
        ctypes.memmove(address, data, len(data))


def read_parameters(parameters: ParametersByValue) -> list[ParameterBytes]:
    """What the caller hands over."""
    data = ctypes.string_at(parameters.address or 0, PARAMETER.size * parameters.count)
    found = []
    for label, kind, word, index in PARAMETER.iter_unpack(data):
        value: int | bool | float = struct.unpack("<i", struct.pack("<I", word))[0]
        if kind == 1:
            value = bool(word)
        elif kind == 2:
            value = SINGLE.unpack(struct.pack("<I", word))[0]
        found.append(ParameterBytes(label.rstrip(b"\0").decode("ascii"), value, index))
    return found


def raw_single(value: float) -> int:
    """A number as the channel keeps it: not IEEE, so that whoever forgets the conversion reads nonsense."""
    return int.from_bytes(SINGLE.pack(value), "big")


def single_of_raw(word: int) -> bytes:
    """The IEEE bytes of a number of the channel."""
    return word.to_bytes(4, "big")
