"""The fake library by its bytes alone: what the sheet says, without the driver."""

import ctypes
import struct

import pytest
from support.resistor_world import ResistorWorld

from operando.drivers.clock import VirtualClock
from operando.simulators.potentiostats.biologic import BioLogicDevice
from operando.simulators.potentiostats.biologic.functions import FakeEClib
from operando.simulators.potentiostats.biologic.layouts import ParametersByValue

Parameters = tuple[tuple[bytes, int, float], ...]
OCV: Parameters = (b"Rest_time_T", 2, 10.0), (b"Record_every_dE", 2, 1e3), (b"Record_every_dT", 2, 1.0)


class Caller:
    """A program that has loaded the library, with memory of its own."""

    def __init__(self, **device: object) -> None:
        self.clock = VirtualClock()
        self.world = ResistorWorld()
        self.device = BioLogicDevice(self.world, **device)  # type: ignore[arg-type]  # given by each test
        self.functions: FakeEClib = self.device.functions(self.clock)
        self.number = ctypes.c_int32()
        self.infos = ctypes.create_string_buffer(44)

    def connect(self) -> int:
        return int(self.functions.BL_Connect(b"192.168.0.1", 5, ctypes.addressof(self.number), _at(self.infos)))

    def packed(self, parameters: Parameters) -> ParametersByValue:
        self.memory = ctypes.create_string_buffer(76 * len(parameters))
        for place, (label, kind, value) in enumerate(parameters):
            define = {0: "BL_DefineIntParameter", 1: "BL_DefineBoolParameter", 2: "BL_DefineSglParameter"}[kind]
            getattr(self.functions, define)(label, value, 0, _at(self.memory) + 76 * place)
        return ParametersByValue(len(parameters), _at(self.memory))

    def load(self, file: bytes = b"C:\\package\\ocv.ecc", parameters: Parameters = OCV) -> int:
        given = self.packed(parameters)
        return int(self.functions.BL_LoadTechnique(self.number.value, 0, file, given, True, True, False))

    def start(self) -> int:
        return int(self.functions.BL_StartChannel(self.number.value, 0))


def _at(memory: "ctypes.Array[ctypes.c_char]") -> int:
    return ctypes.addressof(memory)


def test_connecting_tells_the_device() -> None:
    caller = Caller()
    assert caller.connect() == 0
    code, _, _, channels, slots, firmware, year, month, day, _, _ = struct.unpack("<11i", caller.infos.raw)
    assert (code, channels, slots, firmware, (year, month, day)) == (14, 1, 16, 608, (2021, 3, 9))


def test_a_parameter_is_packed_as_the_sheet_says() -> None:
    caller = Caller()
    caller.packed(((b"Current_step", 2, 1.5), (b"Step_number", 0, 3), (b"vs_initial", 1, 1)))
    first, second, third = (caller.memory.raw[76 * place : 76 * place + 76] for place in range(3))
    assert first == b"Current_step".ljust(64, b"\0") + struct.pack("<ifi", 2, 1.5, 0)
    assert second[64:] == struct.pack("<iii", 0, 3, 0)
    assert third[64:] == struct.pack("<iii", 1, 1, 0)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda caller: caller.functions.BL_Disconnect(7), -1),
        (lambda caller: caller.functions.BL_StartChannel(1, 5), -3),
        (lambda caller: caller.load(b"C:\\package\\nothing.ecc"), -400),
        (lambda caller: caller.load(b"C:\\package\\ocv4.ecc"), -401),
        (lambda caller: caller.load(parameters=OCV[:2]), -4),
        (lambda caller: caller.load(parameters=(*OCV, (b"I_Range", 0, 7))), -4),
        (lambda caller: caller.start(), -6),
        (lambda caller: (caller.load(), caller.start(), caller.start())[-1], -13),
        (lambda caller: (caller.load(), caller.start(), caller.load())[-1], -13),
    ],
    ids=[
        "not connected",
        "unplugged",
        "file missing",
        "file of the other family",
        "parameter missing",
        "parameter unknown",
        "nothing loaded",
        "started twice",
        "loaded while it runs",
    ],
)
def test_error_codes(call, code: int) -> None:  # type: ignore[no-untyped-def]  # lambdas of the table
    caller = Caller()
    caller.connect()
    assert call(caller) == code


@pytest.mark.parametrize(("firmware", "code"), [(1, -9), (0, -308)], ids=["of EC-Lab", "none"])
def test_a_channel_without_the_kernel_takes_no_technique(firmware: int, code: int) -> None:
    caller = Caller()
    caller.connect()
    caller.device.channels[0].firmware_code = firmware
    assert caller.load() == code


@pytest.mark.parametrize(("newer", "columns"), [(False, 4), (True, 3)], ids=["VMP3 family", "VMP-300 family"])
def test_the_rows_of_a_rest(newer: bool, columns: int) -> None:
    caller = Caller(newer=newer)
    caller.connect()
    assert caller.load(b"C:\\package\\ocv4.ecc" if newer else b"C:\\package\\ocv.ecc") == 0
    assert caller.start() == 0
    caller.clock.sleep_until(caller.clock.now() + 20.0)
    words, infos = ctypes.create_string_buffer(4000), ctypes.create_string_buffer(40)
    values = ctypes.create_string_buffer(76)
    assert caller.functions.BL_GetData(caller.number.value, 0, _at(words), _at(infos), _at(values)) == 0
    _, rows, width, index, technique, process, _ = struct.unpack("<7i", infos.raw[:28])
    assert (rows, width, index, technique, process) == (11, columns, 0, 100, 0)
    state, filled, time_base_s, voltage_V = struct.unpack("<iiff", values.raw[:16])
    assert (state, filled) == (0, 0)
    high, low, ewe = struct.unpack("<3I", words.raw[4 * width : 4 * width + 12])
    assert time_base_s * ((high << 32) + low) == pytest.approx(1.0)
    single = ctypes.c_float()
    assert caller.functions.BL_ConvertNumericIntoSingle(ewe, ctypes.addressof(single)) == 0
    assert single.value == pytest.approx(3.7, abs=1e-3) and voltage_V == pytest.approx(3.7, abs=1e-3)
    assert struct.unpack("<f", struct.pack("<I", ewe))[0] != pytest.approx(3.7)
    assert caller.functions.BL_GetData(caller.number.value, 0, _at(words), _at(infos), _at(values)) == 0
    assert struct.unpack("<7i", infos.raw[:28])[1] == 0


def test_a_text_is_cut_to_the_room_that_there_is() -> None:
    caller = Caller()
    text, size = ctypes.create_string_buffer(b"\xff" * 16), ctypes.c_uint32(8)
    caller.functions.BL_GetErrorMsg(-13, _at(text), ctypes.addressof(size))
    assert text.raw[:8] == b"channel\0" and text.raw[8] == 0xFF and size.value == 7
