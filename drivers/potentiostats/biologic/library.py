"""EClib as typed calls: connect, look, load, start, stop, fetch. Each is one visit to the library's own thread.

Prototypes: EC-Lab OEM package (sheet 3.1). Channels count from 0 here, as in the library.
"""

import ctypes
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from operando.drivers.potentiostats.biologic.errors import eclib_error
from operando.drivers.potentiostats.biologic.structures import (
    CHANNELS,
    DATA_WORDS,
    ChannelInfos,
    CurrentValues,
    DataInfos,
    DeviceInfos,
    EccParam,
    EccParams,
)
from operando.drivers.potentiostats.biologic.techniques import Parameter, TechniqueFile
from operando.drivers.potentiostats.biologic.worker import Worker

__all__ = ["Buffer", "EClib", "Functions"]

Result = TypeVar("Result")

CALL_S = 2.0
CONNECT_S = 4
"""Whole seconds, as `BL_Connect` wants them."""
LOAD_FIRMWARE_S = 9.0

_INT, _BYTE, _SIGNED, _BOOL, _TEXT = ctypes.c_int32, ctypes.c_uint8, ctypes.c_int8, ctypes.c_bool, ctypes.c_char_p
_P = ctypes.POINTER
_PROTOTYPES: dict[str, tuple[object, ...]] = {
    "BL_GetLibVersion": (_TEXT, _P(ctypes.c_uint32)),
    "BL_Connect": (_TEXT, _BYTE, _P(_INT), _P(DeviceInfos)),
    "BL_Disconnect": (_INT,),
    "BL_GetChannelsPlugged": (_INT, _P(_BOOL), _BYTE),
    "BL_LoadFirmware": (_INT, _P(_BOOL), _P(_INT), _BYTE, _BOOL, _BOOL, _TEXT, _TEXT),
    "BL_GetChannelInfos": (_INT, _BYTE, _P(ChannelInfos)),
    "BL_GetErrorMsg": (_INT, _TEXT, _P(ctypes.c_uint32)),
    "BL_LoadTechnique": (_INT, _BYTE, _TEXT, EccParams, _BOOL, _BOOL, _BOOL),
    "BL_DefineBoolParameter": (_TEXT, _BOOL, _INT, _P(EccParam)),
    "BL_DefineSglParameter": (_TEXT, ctypes.c_float, _INT, _P(EccParam)),
    "BL_DefineIntParameter": (_TEXT, _INT, _INT, _P(EccParam)),
    "BL_StartChannel": (_INT, _SIGNED),
    "BL_StopChannel": (_INT, _SIGNED),
    "BL_GetCurrentValues": (_INT, _SIGNED, _P(CurrentValues)),
    "BL_GetData": (_INT, _SIGNED, _P(ctypes.c_uint32), _P(DataInfos), _P(CurrentValues)),
    "BL_ConvertNumericIntoSingle": (ctypes.c_uint32, _P(ctypes.c_float)),
}


Functions = object
"""A loaded library: its functions are attributes, as ctypes has them."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """What one `BL_GetData` has brought, copied out of the library's structures.

    Args:
        infos: how to read it.
        values: the state of the channel at that moment.
        rows: raw words, one tuple for each row.
        singles: the same words as the library converts them.
    """

    infos: DataInfos
    values: CurrentValues
    rows: tuple[tuple[int, ...], ...]
    singles: tuple[tuple[float, ...], ...]


class EClib:
    """The library behind its worker. Every method raises what `eclib_error` makes of a code, and TransportTimeout."""

    def __init__(self, functions: Functions, worker: Worker) -> None:
        self._functions = functions
        self._worker = worker
        self._fetched: defaultdict[tuple[int, int], deque[Buffer]] = defaultdict(deque)
        for name, arguments in _PROTOTYPES.items():
            function = getattr(functions, name)
            function.restype = _INT
            function.argtypes = list(arguments)

    def version(self) -> str:
        """Of the library."""

        def work() -> str:
            text, size = ctypes.create_string_buffer(64), ctypes.c_uint32(64)
            self._check("BL_GetLibVersion", text, ctypes.byref(size))
            return text.value.decode("ascii", "replace")

        return self._call("BL_GetLibVersion", work)

    def connect(self, address: str) -> tuple[int, DeviceInfos]:
        """Connect to a device: its number in this library, and what it is. Changes nothing on the device."""

        def work() -> tuple[int, DeviceInfos]:
            number, infos = ctypes.c_int32(), DeviceInfos()
            self._check("BL_Connect", address.encode("ascii"), CONNECT_S, ctypes.byref(number), ctypes.byref(infos))
            return number.value, infos

        return self._call("BL_Connect", work, CONNECT_S + CALL_S)

    def disconnect(self, device: int) -> None:
        """Let go of a device; its channels go on."""
        self._call("BL_Disconnect", lambda: self._check("BL_Disconnect", device))

    def plugged(self, device: int) -> tuple[int, ...]:
        """The channels that are there; their numbers may have gaps."""

        def work() -> tuple[int, ...]:
            there = (ctypes.c_bool * CHANNELS)()
            self._check("BL_GetChannelsPlugged", device, there, CHANNELS)
            return tuple(number for number, plugged in enumerate(there) if plugged)

        return self._call("BL_GetChannelsPlugged", work)

    def channel_infos(self, device: int, channel: int) -> ChannelInfos:
        """Board, firmware, state and memory of a channel."""

        def work() -> ChannelInfos:
            infos = ChannelInfos()
            self._check("BL_GetChannelInfos", device, channel, ctypes.byref(infos))
            return infos

        return self._call("BL_GetChannelInfos", work)

    def load_kernel(self, device: int, channel: int) -> None:
        """Load the firmware of the library into a channel, in place of EC-Lab's."""

        def work() -> None:
            chosen, results = (ctypes.c_bool * CHANNELS)(), (ctypes.c_int32 * CHANNELS)()
            chosen[channel] = True
            self._check("BL_LoadFirmware", device, chosen, results, CHANNELS, False, True, None, None)
            if results[channel]:
                raise self._error(results[channel], "BL_LoadFirmware")

        self._call("BL_LoadFirmware", work, LOAD_FIRMWARE_S)

    def load_technique(self, device: int, channel: int, file: str, technique: TechniqueFile) -> None:
        """Load the one technique that the channel is to carry out; what was measured before is forgotten."""

        def work() -> None:
            self._fetched.pop((device, channel), None)
            parameters = (EccParam * len(technique.parameters))()
            for place, parameter in zip(parameters, technique.parameters, strict=True):
                self._define(parameter, place)
            packed = EccParams(len(parameters), ctypes.cast(parameters, ctypes.POINTER(EccParam)))
            self._check("BL_LoadTechnique", device, channel, file.encode("utf-8"), packed, True, True, False)

        self._call("BL_LoadTechnique", work)

    def start(self, device: int, channel: int) -> None:
        """Start what was loaded."""
        self._call("BL_StartChannel", lambda: self._check("BL_StartChannel", device, channel))

    def stop(self, device: int, channel: int) -> None:
        """Stop; the channel opens its cell."""
        self._call("BL_StopChannel", lambda: self._check("BL_StopChannel", device, channel))

    def values(self, device: int, channel: int, timeout_s: float = CALL_S) -> CurrentValues:
        """State and present values of a channel."""

        def work() -> CurrentValues:
            values = CurrentValues()
            self._check("BL_GetCurrentValues", device, channel, ctypes.byref(values))
            return values

        return self._call("BL_GetCurrentValues", work, timeout_s)

    def data(self, device: int, channel: int) -> Buffer:
        """Take the next rows out of the memory of a channel; none if there are none.

        The library gives out each row once. What it brings after its bound is kept, and comes with the next call.
        """
        fetched = self._fetched[device, channel]

        def work() -> None:
            words = (ctypes.c_uint32 * DATA_WORDS)()
            infos, values = DataInfos(), CurrentValues()
            self._check("BL_GetData", device, channel, words, ctypes.byref(infos), ctypes.byref(values))
            width = infos.NbCols
            rows = tuple(tuple(words[row * width : (row + 1) * width]) for row in range(infos.NbRows))
            fetched.append(Buffer(infos, values, rows, tuple(self._singles(row) for row in rows)))

        if not fetched:
            self._call("BL_GetData", work)
        return fetched.popleft()

    def _singles(self, words: Sequence[int]) -> tuple[float, ...]:
        single = ctypes.c_float()
        found = []
        for word in words:
            self._check("BL_ConvertNumericIntoSingle", word, ctypes.byref(single))
            found.append(single.value)
        return tuple(found)

    def _define(self, parameter: Parameter, place: EccParam) -> None:
        label, value, index = parameter.label.encode("ascii"), parameter.value, parameter.index
        kind = {bool: "Bool", int: "Int", float: "Sgl"}[type(value)]
        self._check(f"BL_Define{kind}Parameter", label, value, index, ctypes.byref(place))

    def _call(self, what: str, work: Callable[[], Result], timeout_s: float = CALL_S) -> Result:
        return self._worker.call(what, work, timeout_s)

    def _check(self, name: str, *arguments: object) -> None:
        code = getattr(self._functions, name)(*arguments)
        if code:
            raise self._error(code, name)

    def _error(self, code: int, function: str) -> Exception:
        text, size = ctypes.create_string_buffer(256), ctypes.c_uint32(256)
        get_message = "BL_GetErrorMsg"
        getattr(self._functions, get_message)(code, text, ctypes.byref(size))
        return eclib_error(code, function, text.value.decode("cp1252", "replace"))
