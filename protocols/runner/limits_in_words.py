"""What instruments say that they can do, in the units in which people speak of it; part of the pre-flight's answers."""

import math

from operando.drivers.roles import ColumnCapabilities, PotentiostatCapabilities, StageCapabilities

__all__ = ["limits_of_column", "limits_of_potentiostat", "limits_of_stage"]


def limits_of_potentiostat(can: PotentiostatCapabilities) -> str:
    """Voltages, currents, impedance, and how fast it samples."""
    parts = [_span(can.voltage_range_V, 1.0, "V"), _span(can.current_range_A, 1e3, "mA")]
    if can.impedance_frequency_Hz is not None:
        spectrum = f"impedance from {_span(can.impedance_frequency_Hz, 1.0, 'Hz')}"
        if can.impedance_amplitude_V is not None:
            spectrum += f" with {_span(can.impedance_amplitude_V, 1e3, 'mV')}"
        parts.append(spectrum)
    parts.append(f"a sample every {_number(can.shortest_interval_s * 1e3)} ms at most")
    parts.append("ends steps by itself" if can.ends_steps_by_itself else "this computer ends its steps")
    if can.ends_steps_by_itself and can.host_keeps:
        parts.append(f"this computer keeps {', '.join(sorted(can.host_keeps))}")
    if not can.galvanostatic:
        parts.append("no constant current")
    return "; ".join(parts)


def limits_of_stage(can: StageCapabilities) -> str:
    """How far each axis goes, how well it arrives, and where it must not go."""
    low, high = can.lowest, can.highest
    degrees = 180.0 / math.pi
    axes = [
        f"x {_span((low.x_m, high.x_m), 1e3, 'mm')}",
        f"y {_span((low.y_m, high.y_m), 1e3, 'mm')}",
        f"z {_span((low.z_m, high.z_m), 1e3, 'mm')}",
        f"rotation {_span((low.rotation_rad, high.rotation_rad), degrees, 'degrees')}",
        f"tilt {_span((low.tilt_rad, high.tilt_rad), degrees, 'degrees')}",
    ]
    arrives = f"arrives within {_number(can.arrival_tolerance_m * 1e6)} um"
    spaces = len(can.keep_out)
    kept_out = f"{spaces} space{'' if spaces == 1 else 's'} to keep out of" if spaces else "nothing to keep out of"
    return "; ".join([", ".join(axes), arrives, kept_out])


def limits_of_column(can: ColumnCapabilities) -> str:
    """Beam, working distance and field."""
    return "; ".join(
        [
            f"beam {_span(can.voltage_V, 1e-3, 'kV')}, {_span(can.current_A, 1e9, 'nA')}",
            f"working distance {_span(can.working_distance_m, 1e3, 'mm')}",
            f"field {_span(can.field_width_m, 1e6, 'um')} wide",
            f"unblanks in {_number(can.unblank_s)} s",
        ]
    )


def _span(limits: tuple[float, float], per_unit: float, unit: str) -> str:
    return f"{_number(limits[0] * per_unit)} to {_number(limits[1] * per_unit)} {unit}"


def _number(value: float) -> str:
    """As short as it is exact enough: 200000, 0.001, 1e-05."""
    return str(int(rounded)) if (rounded := float(f"{value:.4g}")).is_integer() else f"{rounded:g}"
