"""The structures of EClib: sizes and places of the sheet, 3.2."""

import ctypes

import pytest

from operando.drivers.potentiostats.biologic.structures import (
    ChannelInfos,
    CurrentValues,
    DataInfos,
    DeviceInfos,
    EccParam,
    EccParams,
)


@pytest.mark.parametrize(
    ("structure", "size"),
    [
        (DeviceInfos, 11 * 4),
        (ChannelInfos, 19 * 4),
        (CurrentValues, 19 * 4),
        (DataInfos, 7 * 4 + 8 + 4),
        (EccParam, 64 + 3 * 4),
        (EccParams, 4 + ctypes.sizeof(ctypes.c_void_p)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_sizes(structure: type[ctypes.Structure], size: int) -> None:
    assert ctypes.sizeof(structure) == size


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (ChannelInfos.FirmwareCode, 3 * 4),
        (ChannelInfos.MemSize, 12 * 4),
        (ChannelInfos.State, 14 * 4),
        (ChannelInfos.MaxIRange, 15 * 4),
        (CurrentValues.TimeBase, 2 * 4),
        (CurrentValues.Ewe, 3 * 4),
        (CurrentValues.I, 10 * 4),
        (CurrentValues.ElapsedTime, 13 * 4),
        (CurrentValues.OptErr, 17 * 4),
        (DataInfos.NbRows, 4),
        (DataInfos.TechniqueID, 4 * 4),
        (DataInfos.StartTime, 7 * 4),
        (EccParam.ParamVal, 68),
        (EccParams.pParams, 4),
    ],
)
def test_places(field: "ctypes._CField[ctypes._SimpleCData[object], object, object]", place: int) -> None:
    assert field.offset == place
