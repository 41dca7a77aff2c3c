"""Beam conditions on the wire: how each setting is asked for, made and compared (SharkRemote 2.0.25, optics and HV)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from operando.drivers.microscopes.sharksem_connection import ControlConnection, Request, ask, tell
from operando.drivers.microscopes.sharksem_message import Body, enumerated, in_si
from operando.drivers.microscopes.tescan_identity import IMAGE_ROTATION, Version
from operando.drivers.roles import BeamConditions

__all__ = ["Optics", "Setting", "find_stigmator"]

Values = tuple[float, ...]

_NOTHING = BeamConditions(0.0, 0.0, 0.0, 0.0)
_TEN_DIGITS = 2e-9
"""Relative; values that agree so well cannot be told apart on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of the column.

    Args:
        name: in the field's words.
        unit: SI, of what `values` gives.
        getter: command that reads it; `index` goes along.
        setter: command that makes it: `index`, the values, then `trailing`.
        values: picks it out of the conditions.
        per_si: units on the wire in one SI unit.
        absolute: how far the value read back may be from the one asked for, in SI units.
        relative: the same as a fraction of the value; both add up.
        slow: the column must come to rest before the next setting is made.
        left_alone: within its tolerance it is not made again, because that takes long.
        period: of an angle.
    """

    name: str
    unit: str
    getter: str
    setter: str
    values: Callable[[BeamConditions], Values]
    per_si: float
    absolute: float
    relative: float
    index: tuple[int, ...] = ()
    trailing: tuple[int, ...] = ()
    slow: bool = False
    left_alone: bool = False
    period: float | None = None

    def question(self) -> Request:
        """Ask for the value."""
        return ask(self.getter, *self.index)

    def answer(self, reply: Body) -> Values:
        """The value in SI units."""
        return tuple(in_si(reply.real(), self.per_si) for _ in self.values(_NOTHING))

    def order(self, wanted: BeamConditions) -> Request:
        """Set the value."""
        wire = (float(value) * self.per_si for value in self.values(wanted))
        return tell(self.setter, *self.index, *wire, *self.trailing)

    def confirmed(self, found: BeamConditions, wanted: BeamConditions) -> bool:
        """Whether the value read back is the one asked for; NaN never is."""
        return self._agree(found, wanted, self.absolute, self.relative)

    def must_be_made(self, found: BeamConditions, wanted: BeamConditions) -> bool:
        """Whether the order has to be sent at all."""
        if self.left_alone:
            return not self.confirmed(found, wanted)
        return not self._agree(found, wanted, _TEN_DIGITS * self.absolute, _TEN_DIGITS)

    def described(self, conditions: BeamConditions) -> str:
        """The value in words."""
        return ", ".join(f"{value:.6g}" for value in self.values(conditions)) + f" {self.unit}".rstrip()

    def _agree(self, found: BeamConditions, wanted: BeamConditions, absolute: float, relative: float) -> bool:
        pairs = zip(self.values(found), self.values(wanted), strict=True)
        return all(abs(self._difference(a, b)) <= absolute + relative * abs(b) for a, b in pairs)

    def _difference(self, found: float, wanted: float) -> float:
        if self.period is None or not math.isfinite(found):
            return found - wanted
        return math.remainder(found - wanted, self.period)


_VOLTAGE = Setting(
    name="voltage",
    unit="V",
    getter="HVGetVoltage",
    setter="HVSetVoltage",
    values=lambda conditions: (conditions.voltage_V,),
    per_si=1.0,
    absolute=1.0,
    relative=1e-3,
    trailing=(1,),  # asynchronous: the other form holds up the queue for up to 100 s
    slow=True,
    left_alone=True,
)
_CURRENT = Setting(
    name="beam current",
    unit="A",
    getter="GetBeamCurrent",
    setter="SetBeamCurrent",
    values=lambda conditions: (conditions.current_A,),
    per_si=1e12,
    absolute=1e-12,
    relative=0.15,  # a field emission gun keeps it to about 10 %
    slow=True,
)
_WORKING_DISTANCE = Setting(
    name="working distance",
    unit="m",
    getter="GetWD",
    setter="SetWD",
    values=lambda conditions: (conditions.working_distance_m,),
    per_si=1e3,
    absolute=2e-6,
    relative=1e-3,
    slow=True,
)
_FIELD_WIDTH = Setting(
    name="field width",
    unit="m",
    getter="GetViewField",
    setter="SetViewField",
    values=lambda conditions: (conditions.field_width_m,),
    per_si=1e3,
    absolute=1e-9,
    relative=1e-2,
)
_SHIFT = Setting(
    name="beam shift",
    unit="m",
    getter="GetImageShift",
    setter="SetImageShift",
    values=lambda conditions: conditions.shift_m,
    per_si=1e3,
    absolute=1e-8,
    relative=1e-2,
)
_STIGMATORS = Setting(
    name="stigmators",
    unit="",
    getter="GetCentering",
    setter="SetCentering",
    values=lambda conditions: conditions.stigmators,
    per_si=1.0,
    absolute=1e-3,
    relative=1e-2,
)
_ROTATION = Setting(
    name="scan rotation",
    unit="rad",
    getter="GetImageRot",
    setter="SetImageRot",
    values=lambda conditions: (conditions.scan_rotation_rad,),
    per_si=180 / math.pi,
    absolute=1e-4,
    relative=0.0,
    period=2 * math.pi,
)


class Optics:
    """The settings that one microscope offers.

    Args:
        version: of the protocol; scan rotation is known from 3.2.1.
        stigmator: number of the centering that is the stigmator, None if there is none.
    """

    def __init__(self, version: Version, stigmator: int | None) -> None:
        stigmators = () if stigmator is None else (replace(_STIGMATORS, index=(stigmator,)),)
        rotation = (_ROTATION,) if version >= IMAGE_ROTATION else ()
        self.settings: tuple[Setting, ...] = (
            _VOLTAGE, _CURRENT, _WORKING_DISTANCE, _FIELD_WIDTH, _SHIFT, *stigmators, *rotation
        )  # fmt: skip
        """In the order in which they must be made: each may shift those behind it."""

    def questions(self) -> list[Request]:
        """Questions whose replies `conditions` takes."""
        return [setting.question() for setting in self.settings]

    def conditions(self, replies: Sequence[Body]) -> BeamConditions:
        """Conditions from the replies to `questions`; what the microscope does not offer is zero."""
        read = {setting.name: setting.answer(reply) for setting, reply in zip(self.settings, replies, strict=True)}
        shift_x_m, shift_y_m = read["beam shift"]
        stigmator_x, stigmator_y = read.get("stigmators", (0.0, 0.0))
        return BeamConditions(
            voltage_V=read["voltage"][0],
            current_A=read["beam current"][0],
            working_distance_m=read["working distance"][0],
            field_width_m=read["field width"][0],
            shift_m=(shift_x_m, shift_y_m),
            stigmators=(stigmator_x, stigmator_y),
            scan_rotation_rad=read.get("scan rotation", (0.0,))[0],
        )

    def not_offered(self, wanted: BeamConditions) -> str:
        """The name of a setting that is asked for and that this microscope does not offer; empty if there is none."""
        missing = (setting for setting in (_STIGMATORS, _ROTATION) if not self._offers(setting))
        return next((setting.name for setting in missing if any(setting.values(wanted))), "")

    def _offers(self, setting: Setting) -> bool:
        return any(offered.name == setting.name for offered in self.settings)


def find_stigmator(control: ControlConnection) -> int | None:
    """The number of the centering that is called stigmator, None if there is none (SharkRemote, EnumCenterings)."""
    names = enumerated(control.ask("EnumCenterings").mapping(), "name")
    return next((number for number, name in sorted(names.items()) if "stigmator" in name.lower()), None)
