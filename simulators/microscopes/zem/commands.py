"""The commands of a ZEM that ask or set something at once."""

from collections.abc import Callable, Sequence

from operando.simulators.microscopes.zem.instrument import BSE, SE, ZemInstrument
from operando.simulators.microscopes.zem.wire import acknowledged

__all__ = ["COMMANDS", "Refused"]

ILLEGAL, BUSY = 1, 3
DONE = acknowledged(0)
BSE_QUADRANTS = ",".join(["1,2047"] * 4)


class Refused(Exception):
    """An order is answered with an error code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _numbers(arguments: Sequence[str], count: int) -> list[float]:
    try:
        numbers = [float(argument) for argument in arguments]
    except ValueError as error:
        raise Refused(ILLEGAL) from error
    if len(numbers) != count:
        raise Refused(ILLEGAL)
    return numbers


def _between(value: float, limits: tuple[float, float]) -> float:
    if not limits[0] <= value <= limits[1]:
        raise Refused(ILLEGAL)
    return value


def _set_magnification(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    zem.magnification = int(_between(_numbers(arguments, 1)[0], zem.settings.magnifications))
    zem.show_beam(now)
    return DONE


def _set_working_distance(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    zem.working_distance_mm = _between(_numbers(arguments, 1)[0], zem.settings.working_distances_mm)
    zem.show_beam(now)
    return DONE


def _set_rotation(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    zem.rotation_deg = int(_numbers(arguments, 1)[0])
    zem.show_beam(now)
    return DONE


def _set_voltage(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    if zem.high_voltage(now) == 2:
        raise Refused(BUSY)
    zem.set_kilovolts(int(_between(_numbers(arguments, 1)[0], zem.settings.kilovolts)), now)
    return DONE


def _switch(on: bool) -> "Command":
    def switch(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
        zem.switch(on, now)
        return ""

    return switch


def _set_channel(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    channel = int(_numbers(arguments, 1)[0])
    if channel not in (BSE, SE):
        raise Refused(ILLEGAL)
    zem.channel = channel
    return DONE


def _set_gain(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    zem.gain_percent = _between(_numbers(arguments, 1)[0], (0.0, 100.0))
    return DONE


def _move(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    limit = zem.settings.stage_limit_um
    x_um, y_um = (_between(value, (-limit, limit)) for value in _numbers(arguments, 2))
    zem.move((x_um, y_um), now)
    return DONE


def _focus(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    zem.focus(now)
    return DONE


def _scan_info(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    return f"{zem.field_um:.6f},{zem.rotation_deg:.6f}"


def _position(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    x_um, y_um = zem.position_um(now)
    return f"{x_um:.6f},{y_um:.6f}"


def _voltage(zem: ZemInstrument, arguments: Sequence[str], now: float) -> str:
    voltage_V = zem.voltage_V(now)
    return f"{voltage_V:.4f},{zem.settings.emission_uA if voltage_V else 0.0:.4f}"


Command = Callable[[ZemInstrument, Sequence[str], float], str]

COMMANDS: dict[str, Command] = {
    "GetModel": lambda zem, arguments, now: zem.settings.model,
    "GetMag": lambda zem, arguments, now: f"{zem.magnification}",
    "SetMag": _set_magnification,
    "GetWD": lambda zem, arguments, now: f"{zem.working_distance_mm:.6f}",
    "SetWD": _set_working_distance,
    "GetScanInfo": _scan_info,
    "GetRotation": lambda zem, arguments, now: f"{zem.rotation_deg}",
    "SetRotation": _set_rotation,
    "GetHV": _voltage,
    "SetHV": _set_voltage,
    "SetHV_ON": _switch(True),
    "SetHV_OFF": _switch(False),
    "GetHvStatus": lambda zem, arguments, now: f"{zem.high_voltage(now)}",
    "GetStagePos": _position,
    "SetStagePos": _move,
    "GetStgStatus": lambda zem, arguments, now: f"{int(not zem.moving(now))}",
    "AutoFocus": _focus,
    "CheckAutoFocus": lambda zem, arguments, now: f"{int(zem.focusing(now))}",
    "GetEDChanel": lambda zem, arguments, now: f"{zem.channel}",
    "SetEDChanel": _set_channel,
    "GetSEGain": lambda zem, arguments, now: f"{zem.gain_percent:g}",
    "SetSEGain": _set_gain,
    "GetBseCfg": lambda zem, arguments, now: BSE_QUADRANTS,
    "GetSamVac": lambda zem, arguments, now: f"{zem.chamber_pressure_Pa(now):.3E}",
    "GetVAC": lambda zem, arguments, now: f"{zem.chamber_pressure_Pa(now):.3E}",
    "IsVideoAlive": lambda zem, arguments, now: "1",
}
