"""Commands for lenses and coils (SharkRemote 2.0.25 and SharkSEM 3.2.20, optics, geometry, centering)."""

from collections.abc import Mapping

from operando.simulators.microscopes.column import CENTERINGS, GEOMETRIES, Adjustment
from operando.simulators.microscopes.commands import DONE, IGNORED, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.parameters import write_map
from operando.simulators.microscopes.parts import Parts

__all__ = ["optics_commands"]

SCAN_MODES = {0: "RESOLUTION", 1: "DEPTH", 2: "FIELD", 3: "WIDE FIELD"}
SHIFT, ROTATION = 0, 1


def optics_commands(parts: Parts) -> CommandTable:
    """What the column understands, besides the gun."""
    return _lenses(parts) | _geometries(parts) | _centerings(parts) | _scan_modes(parts)


def _lenses(parts: Parts) -> dict[str, Command]:
    column = parts.column

    def view_field(call: Call) -> Outcome:
        return answer(column.view_field_mm)

    def set_view_field(call: Call) -> Outcome:
        column.set_view_field(call.numbers[0], call.now)
        return DONE

    def working_distance(call: Call) -> Outcome:
        return answer(column.working_distance_mm)

    def set_working_distance(call: Call) -> Outcome:
        column.set_working_distance(call.numbers[0], call.now)
        return DONE

    def beam_current(call: Call) -> Outcome:
        return answer(column.beam_current_pA)

    def set_beam_current(call: Call) -> Outcome:
        column.set_beam_current(call.numbers[0], call.now)
        return DONE

    def spot_size(call: Call) -> Outcome:
        return answer(column.spot_size_nm())

    def absorbed_current(call: Call) -> Outcome:
        measurable = parts.scanning(call.now) and parts.on_specimen(call.now)
        return answer(parts.world.absorbed_current_A(call.now) * 1e12 if measurable else 0.0)

    takes_sign = parts.settings.version_numbers >= (3,)
    return {
        "GetViewField": Command("", view_field),
        "SetViewField": Command("f", set_view_field),
        "GetWD": Command("", working_distance),
        "SetWD": Command("f", set_working_distance),
        "GetBeamCurrent": Command("", beam_current, since=(2, 0, 19)),
        "SetBeamCurrent": Command("f", set_beam_current, since=(2, 0, 19)),
        "GetSpotSize": Command("", spot_size),
        "GetIAbsorbed": Command("|i" if takes_sign else "", absorbed_current),
    }


def _geometries(parts: Parts) -> dict[str, Command]:
    column = parts.column

    def enumerate_all(call: Call) -> Outcome:
        return answer(_listed("geom", GEOMETRIES))

    def get(call: Call) -> Outcome:
        return answer(*column.geometry(call.integers[0])) if call.integers[0] in GEOMETRIES else IGNORED

    def change(call: Call) -> Outcome:
        if call.integers[0] not in GEOMETRIES:
            return IGNORED
        column.set_geometry(call.integers[0], call.numbers[0], call.numbers[1], call.now)
        return DONE

    def limits(call: Call) -> Outcome:
        adjustment = GEOMETRIES.get(call.integers[0])
        if adjustment is None:
            return answer(-1, 0.0, 0.0, 0.0, 0.0)
        return answer(0, *adjustment.x_limits, *adjustment.y_limits)

    def shift(call: Call) -> Outcome:
        return answer(*column.geometry(SHIFT))

    def set_shift(call: Call) -> Outcome:
        column.set_geometry(SHIFT, call.numbers[0], call.numbers[1], call.now)
        return DONE

    def rotation(call: Call) -> Outcome:
        return answer(column.geometry(ROTATION)[0])

    def set_rotation(call: Call) -> Outcome:
        column.set_geometry(ROTATION, call.numbers[0], 0.0, call.now)
        return DONE

    return {
        "EnumGeometries": Command("", enumerate_all),
        "GetGeometry": Command("i", get),
        "SetGeometry": Command("iff", change),
        "GetGeomLimits": Command("i", limits, since=(2, 0, 22)),
        "GetImageShift": Command("", shift),
        "SetImageShift": Command("ff", set_shift),
        "GetImageRot": Command("", rotation, since=(3, 2, 1)),
        "SetImageRot": Command("f", set_rotation, since=(3, 2, 1)),
    }


def _centerings(parts: Parts) -> dict[str, Command]:
    column = parts.column

    def enumerate_all(call: Call) -> Outcome:
        return answer(_listed("cen", CENTERINGS))

    def get(call: Call) -> Outcome:
        return answer(*column.centering(call.integers[0], call.now)) if call.integers[0] in CENTERINGS else IGNORED

    def change(call: Call) -> Outcome:
        if call.integers[0] not in CENTERINGS:
            return IGNORED
        store = call.integer(1, default=1) != 0
        column.set_centering(call.integers[0], call.numbers[0], call.numbers[1], call.now, store=store)
        return DONE

    may_not_store = parts.settings.version_numbers >= (3, 1, 16)
    return {
        "EnumCenterings": Command("", enumerate_all),
        "GetCentering": Command("i", get),
        "SetCentering": Command("iff|i" if may_not_store else "iff", change),
    }


def _scan_modes(parts: Parts) -> dict[str, Command]:
    def enumerate_all(call: Call) -> Outcome:
        return answer(write_map({f"mode.{index}.name": name for index, name in SCAN_MODES.items()}))

    def get(call: Call) -> Outcome:
        return answer(parts.column.scan_mode)

    def change(call: Call) -> Outcome:
        if call.integers[0] in SCAN_MODES:
            parts.column.scan_mode = call.integers[0]
            parts.optics.occupy(call.now, parts.settings.working_distance_settle_s)
        return DONE

    return {
        "SMEnumModes": Command("", enumerate_all),
        "SMGetMode": Command("", get),
        "SMSetMode": Command("i", change),
    }


def _listed(kind: str, adjustments: Mapping[int, Adjustment]) -> str:
    entries = {}
    for index, adjustment in adjustments.items():
        entries[f"{kind}.{index}.name"] = adjustment.name
        entries[f"{kind}.{index}.count"] = str(adjustment.count)
        entries[f"{kind}.{index}.unit"] = adjustment.unit
    return write_map(entries)
