"""The microscope's state as text, in SI units with engineering exponents (GetDeviceParams, GetImgHdr).

Keys and the style of the numbers are those of the header in TESCAN's image files.
"""

import math

from operando.simulators.microscopes.column import STIGMATOR
from operando.simulators.microscopes.parts import Parts

__all__ = ["common_parameters", "engineering", "sem_parameters", "write_map"]


def engineering(value: float) -> str:
    """A number with an exponent that is a multiple of three, or none: 33.231e-3."""
    if value == 0 or not math.isfinite(value):
        return f"{value:.1f}"
    exponent = 3 * math.floor(math.log10(abs(value)) / 3)
    mantissa = value / 10.0**exponent
    return f"{mantissa:.6g}" if exponent == 0 else f"{mantissa:.6g}e{exponent}"


def write_map(entries: dict[str, str]) -> str:
    """Lines `key=value`."""
    return "".join(f"{key}={value}\n" for key, value in entries.items())


def common_parameters(parts: Parts) -> dict[str, str]:
    """Set 0: the device."""
    return {
        "Device": parts.settings.model,
        "SerialNumber": parts.settings.serial,
        "SoftwareVersion": parts.settings.software,
    }


def sem_parameters(parts: Parts, now: float) -> dict[str, str]:
    """Set 1: column, stage and vacuum, as the instrument displays them."""
    column, high_voltage = parts.column, parts.high_voltage
    x, y, z, rotation, tilt = parts.stage.displayed(now)
    shift_x_mm, shift_y_mm = column.geometry(0)
    stigmator_x, stigmator_y = column.centering(STIGMATOR, now)
    numbers = {
        "HV": high_voltage.voltage_V(now),
        "EmissionCurrent": parts.settings.emission_uA * 1e-6 if high_voltage.on else 0.0,
        "PredictedBeamCurrent": column.beam_current_pA * 1e-12,
        "SpotSize": column.spot_size_nm() * 1e-9,
        "WD": column.working_distance_mm * 1e-3,
        "ViewFieldWidth": column.view_field_mm * 1e-3,
        "ImageShiftX": shift_x_mm * 1e-3,
        "ImageShiftY": shift_y_mm * 1e-3,
        "ScanRotation": column.geometry(1)[0],
        "StigmatorX": stigmator_x,
        "StigmatorY": stigmator_y,
        "StageX": x * 1e-3,
        "StageY": y * 1e-3,
        "StageZ": z * 1e-3,
        "StageRotation": rotation,
        "StageTilt": tilt,
        "ChamberPressure": parts.vacuum.pressure_Pa(0, now),
    }
    return {"Gun": "Schottky"} | {key: engineering(value) for key, value in numbers.items()}
