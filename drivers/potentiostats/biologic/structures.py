"""The structures of EClib, byte for byte (EC-Lab OEM package; sheet 3.2). Fields have four bytes unless said."""

import ctypes

__all__ = [
    "CHANNELS",
    "DATA_WORDS",
    "ChannelInfos",
    "CurrentValues",
    "DataInfos",
    "DeviceInfos",
    "EccParam",
    "EccParams",
]

CHANNELS = 16
"""Length of every array that has a place for each channel."""
DATA_WORDS = 1000
"""Of the buffer of `BL_GetData`."""


def _integers(*names: str) -> list[tuple[str, type[ctypes.c_int32]]]:
    return [(name, ctypes.c_int32) for name in names]


def _singles(*names: str) -> list[tuple[str, type[ctypes.c_float]]]:
    return [(name, ctypes.c_float) for name in names]


class DeviceInfos(ctypes.Structure):
    """`TDeviceInfos`: what the device says at `BL_Connect`."""

    _fields_ = _integers(
        "DeviceCode",
        "RAMSize",
        "CPU",
        "NumberOfChannels",
        "NumberOfSlots",
        "FirmwareVersion",
        "FirmwareDate_yyyy",
        "FirmwareDate_mm",
        "FirmwareDate_dd",
        "HTdisplayOn",
        "NbOfConnectedPC",
    )


class ChannelInfos(ctypes.Structure):
    """`TChannelInfos`: board, firmware, state and memory of one channel."""

    _fields_ = _integers(
        "Channel",
        "BoardVersion",
        "BoardSerialNumber",
        "FirmwareCode",
        "FirmwareVersion",
        "XilinxVersion",
        "AmpCode",
        "NbAmps",
        "Lcboard",
        "Zboard",
        "MUXboard",
        "GPRAboard",
        "MemSize",
        "MemFilled",
        "State",
        "MaxIRange",
        "MinIRange",
        "MaxBandwidth",
        "NbOfTechniques",
    )


class CurrentValues(ctypes.Structure):
    """`TCurrentValues`: the state of one channel and what it measures now."""

    _fields_ = [
        *_integers("State", "MemFilled"),
        *_singles("TimeBase", "Ewe", "EweRangeMin", "EweRangeMax", "Ece", "EceRangeMin", "EceRangeMax"),
        *_integers("Eoverflow"),
        *_singles("I"),
        *_integers("IRange", "Ioverflow"),
        *_singles("ElapsedTime", "Freq", "Rcomp"),
        *_integers("Saturation", "OptErr", "OptPos"),
    ]


class DataInfos(ctypes.Structure):
    """`TDataInfos`: how the words of a data buffer are to be read. Packed to four bytes: `StartTime` is a double."""

    _pack_ = 4
    _fields_ = [
        *_integers("IRQskipped", "NbRows", "NbCols", "TechniqueIndex", "TechniqueID", "ProcessIndex", "loop"),
        ("StartTime", ctypes.c_double),
        *_integers("MuxPad"),
    ]


class EccParam(ctypes.Structure):
    """`TEccParam`: one parameter of a technique, made by the `BL_Define...Parameter` functions."""

    _fields_ = [
        ("ParamStr", ctypes.c_char * 64),
        ("ParamType", ctypes.c_int32),
        ("ParamVal", ctypes.c_uint32),
        ("ParamIndex", ctypes.c_int32),
    ]


class EccParams(ctypes.Structure):
    """`TEccParams`: all parameters of a technique. Packed to four bytes."""

    _pack_ = 4
    _fields_ = [("len", ctypes.c_int32), ("pParams", ctypes.POINTER(EccParam))]
