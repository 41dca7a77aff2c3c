"""The functions of the library: C function pointers that write into the caller's memory (sheet 3.1 and 3.4).

Nothing of the caller is known but the addresses that it passes: a wrong layout on its side reads wrong values here.
Each call takes some time, which the clock is charged with.
"""

import ctypes
from collections.abc import Callable, Mapping
from math import nan
from typing import TYPE_CHECKING

from operando.drivers.clock import Clock
from operando.simulators.potentiostats.biologic.channel import KERNEL, LARGEST_A, RUN, TIME_BASE_S, SimulatedChannel
from operando.simulators.potentiostats.biologic.layouts import (
    CURRENT_VALUES,
    DATA_INFOS,
    INTEGER,
    PARAMETER,
    ParametersByValue,
    poke,
    read_parameters,
    single_of_raw,
)
from operando.simulators.potentiostats.biologic.memory import Stretch
from operando.simulators.potentiostats.biologic.techniques import CPLIMIT, load

if TYPE_CHECKING:
    from operando.simulators.potentiostats.biologic.device import BioLogicDevice

__all__ = ["FakeEClib"]

OK = 0
NOT_CONNECTED, UNPLUGGED, INVALID, FAILED, EC_LAB_FIRMWARE, RUNNING = -1, -3, -4, -6, -9, -13
COMMUNICATION_FAILED, CANNOT_CONNECT, NOT_LOADED, MEMORY_FULL = -200, -201, -308, -405
WORDS = {
    NOT_CONNECTED: "no instrument connected",
    RUNNING: "channel is running",
    EC_LAB_FIRMWARE: "ECLAB firmware loaded on the instrument",
    CANNOT_CONNECT: "cannot establish connection",
}
VERSION = b"6.08"
CALL_S, CONNECT_S, LOAD_S, FIRMWARE_S = 2e-3, 0.25, 0.05, 4.0

_i, _u, _b, _s, _t, _f, _p = (
    ctypes.c_int32,
    ctypes.c_uint32,
    ctypes.c_bool,
    ctypes.c_int8,
    ctypes.c_char_p,
    ctypes.c_float,
    ctypes.c_void_p,
)
_c = ctypes.c_uint8


class FakeEClib:
    """Stands where a loaded library stands: its functions are attributes.

    Args:
        device: that it reaches, at whatever address.
        clock: charged with what each call takes.
    """

    def __init__(self, device: "BioLogicDevice", clock: Clock) -> None:
        self._device = device
        self._clock = clock
        self.connected: set[int] = set()
        self.calls: list[str] = []
        """Names of the functions that were called, in order; conversions left out."""
        self.BL_GetLibVersion = self._export(self._version, _p, _p)
        self.BL_GetErrorMsg = self._export(self._message, _i, _p, _p)
        self.BL_Connect = self._export(self._connect, _t, _c, _p, _p)
        self.BL_Disconnect = self._export(self._disconnect, _i)
        self.BL_GetChannelsPlugged = self._export(self._plugged, _i, _p, _c)
        self.BL_LoadFirmware = self._export(self._load_firmware, _i, _p, _p, _c, _b, _b, _t, _t)
        self.BL_GetChannelInfos = self._export(self._channel_infos, _i, _c, _p)
        self.BL_LoadTechnique = self._export(self._load_technique, _i, _c, _t, ParametersByValue, _b, _b, _b)
        self.BL_DefineBoolParameter = self._export(self._define_bool, _t, _b, _i, _p)
        self.BL_DefineSglParameter = self._export(self._define_single, _t, _f, _i, _p)
        self.BL_DefineIntParameter = self._export(self._define_integer, _t, _i, _i, _p)
        self.BL_StartChannel = self._export(self._start, _i, _s)
        self.BL_StopChannel = self._export(self._stop, _i, _s)
        self.BL_GetCurrentValues = self._export(self._current_values, _i, _s, _p)
        self.BL_GetData = self._export(self._data, _i, _s, _p, _p, _p)
        self.BL_ConvertNumericIntoSingle = self._export(self._convert, _u, _p)

    def _export(self, work: Callable[..., int], *arguments: type) -> "ctypes._FuncPointer":
        name = work.__name__
        cost_s = {"_connect": CONNECT_S, "_load_technique": LOAD_S, "_load_firmware": FIRMWARE_S}.get(name, CALL_S)
        pure = name in ("_convert", "_define_bool", "_define_single", "_define_integer", "_message", "_version")

        def called(*given: object) -> int:
            if not pure:
                self.calls.append(name.removeprefix("_"))
                self._clock.sleep_until(self._clock.now() + cost_s)
                self._device.world.advance(self._clock.now())
            return work(*given)

        return ctypes.CFUNCTYPE(_i, *arguments)(called)

    def _version(self, text: int, size: int) -> int:
        return _text(text, size, VERSION)

    def _message(self, code: int, text: int, size: int) -> int:
        return _text(text, size, WORDS.get(code, "unknown error").encode("ascii"))

    def _connect(self, address: bytes, timeout_s: int, number: int, infos: int) -> int:
        if not self._device.reachable or not address:
            return CANNOT_CONNECT
        new = len(self._device.clients) + 1
        self._device.clients.add(new)
        self.connected.add(new)
        poke(number, INTEGER.pack(new))
        device = (self._device.device_code, 16, 5, len(self._device.channels), 16, 608, 2021, 3, 9, 0, 1)
        poke(infos, b"".join(map(INTEGER.pack, device)))
        return OK

    def _disconnect(self, number: int) -> int:
        if number not in self.connected:
            return NOT_CONNECTED
        self.connected.discard(number)
        return OK

    def _plugged(self, number: int, there: int, size: int) -> int:
        wrong = self._link(number)
        if not wrong:
            poke(there, bytes(place in self._device.channels for place in range(size)))
        return wrong

    def _load_firmware(
        self,
        number: int,
        chosen: int,
        results: int,
        size: int,
        gauge: bool,
        force: bool,
        binary: bytes | None,
        xilinx: bytes | None,
    ) -> int:
        wrong = self._link(number)
        if wrong:
            return wrong
        wanted = ctypes.string_at(chosen, size)
        codes = [0] * size
        for place, want in enumerate(wanted):
            channel = self._device.channels.get(place)
            if want and channel is None:
                codes[place] = UNPLUGGED
            elif want and channel is not None and (force or channel.firmware_code != KERNEL):
                channel.firmware_code = KERNEL
        poke(results, b"".join(map(INTEGER.pack, codes)))
        return OK

    def _channel_infos(self, number: int, place: int, infos: int) -> int:
        channel = self._channel(number, place)
        if isinstance(channel, int):
            return channel
        memory = channel.memory
        board = (place, 0, 8000 + place, channel.firmware_code, 608, 0, 0, 0, 0, 1, 0, 0)
        present = (4 * memory.size, 4 * memory.filled, channel.state, 9, 1, 7, 1 if channel.loaded else 0)
        poke(infos, b"".join(map(INTEGER.pack, (*board, *present))))
        return OK

    def _load_technique(
        self, number: int, place: int, file: bytes, parameters: ParametersByValue, first: bool, last: bool, show: bool
    ) -> int:
        channel = self._commandable(number, place)
        if isinstance(channel, int):
            return channel
        if channel.state == RUN:
            return RUNNING
        if not (first and last):
            return FAILED  # linked techniques are not simulated
        loaded = load(file.decode("utf-8"), read_parameters(parameters), self._device.newer)
        if isinstance(loaded, int):
            return loaded
        if loaded.technique == CPLIMIT and abs(float(loaded.values["Current_step"])) > _largest(loaded.values):
            return INVALID
        channel.loaded = loaded
        return OK

    def _define_bool(self, label: bytes, value: bool, index: int, place: int) -> int:
        return _define(label, 1, int(value), index, place)

    def _define_single(self, label: bytes, value: float, index: int, place: int) -> int:
        return _define(label, 2, int.from_bytes(ctypes.c_float(value), "little"), index, place)

    def _define_integer(self, label: bytes, value: int, index: int, place: int) -> int:
        return _define(label, 0, value & 0xFFFFFFFF, index, place)

    def _start(self, number: int, place: int) -> int:
        channel = self._commandable(number, place)
        if isinstance(channel, int):
            return channel
        if channel.state == RUN:
            return RUNNING
        if channel.loaded is None:
            return FAILED
        channel.start(self._clock.now())
        return OK

    def _stop(self, number: int, place: int) -> int:
        channel = self._channel(number, place)
        if isinstance(channel, int):
            return channel
        channel.stop(self._clock.now())
        return OK

    def _current_values(self, number: int, place: int, values: int) -> int:
        channel = self._commandable(number, place)
        if isinstance(channel, int):
            return channel
        channel.look(self._clock.now())
        poke(values, _values_of(channel))
        return OK

    def _data(self, number: int, place: int, words: int, infos: int, values: int) -> int:
        channel = self._channel(number, place)
        if isinstance(channel, int):
            return channel
        if channel.memory.full:
            channel.memory.full = False
            return MEMORY_FULL
        channel.look(self._clock.now())
        stretch = channel.memory.fetch() or Stretch(0, 0, 0)
        skipped, channel.memory.skipped = channel.memory.skipped, 0
        for row, row_words in enumerate(stretch.rows):
            packed = b"".join(word.to_bytes(4, "little") for word in row_words)
            poke(words + 4 * row * stretch.columns, packed)
        start_s = 0.0 if self._device.newer else nan
        count = len(stretch.rows)
        poke(
            infos,
            DATA_INFOS.pack(skipped, count, stretch.columns, 0, stretch.technique, stretch.process, 0, start_s, 0),
        )
        poke(values, _values_of(channel))
        return OK

    def _convert(self, word: int, single: int) -> int:
        poke(single, single_of_raw(word))
        return OK

    def _link(self, number: int) -> int:
        if number not in self.connected:
            return NOT_CONNECTED
        return OK if self._device.reachable else COMMUNICATION_FAILED

    def _channel(self, number: int, place: int) -> SimulatedChannel | int:
        wrong = self._link(number)
        if wrong:
            return wrong
        return self._device.channels.get(place, UNPLUGGED)

    def _commandable(self, number: int, place: int) -> SimulatedChannel | int:
        channel = self._channel(number, place)
        if isinstance(channel, int) or channel.firmware_code == KERNEL:
            return channel
        return EC_LAB_FIRMWARE if channel.firmware_code == 1 else NOT_LOADED


def _text(text: int, size: int, content: bytes) -> int:
    """Write a text of C, and its length; the caller says how much room there is."""
    room = ctypes.c_uint32.from_address(size).value
    written = content[: max(room - 1, 0)]
    poke(text, written + b"\0")
    poke(size, INTEGER.pack(len(written)))
    return OK


def _define(label: bytes, kind: int, word: int, index: int, place: int) -> int:
    poke(place, PARAMETER.pack(label, kind, word, index))
    return OK


def _largest(values: Mapping[str, int | bool | float]) -> float:
    return LARGEST_A[int(values.get("I_Range", len(LARGEST_A) - 1))]


def _values_of(channel: SimulatedChannel) -> bytes:
    return CURRENT_VALUES.pack(
        channel.state,
        4 * channel.memory.filled,
        TIME_BASE_S,
        channel.voltage_V,
        -2.5,
        5.0,
        0.0,
        -2.5,
        5.0,
        0,
        channel.current_A,
        7,
        0,
        channel.elapsed_s,
        0.0,
        0.0,
        0,
        channel.option_error,
        0,
    )
