"""The techniques that the fake knows: which parameters each wants, and of which type (sheet 3.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PureWindowsPath

from operando.simulators.potentiostats.biologic.layouts import ParameterBytes

__all__ = ["CALIMIT", "CPLIMIT", "OCV", "PEIS", "Loaded", "Test", "load"]

OCV, PEIS, CPLIMIT, CALIMIT = 100, 104, 155, 157
FILES = {"ocv": OCV, "peis": PEIS, "cplimit": CPLIMIT, "calimit": CALIMIT}

_RANGES: dict[str, type] = {"I_Range": int, "E_Range": int, "Bandwidth": int}
_TESTS: dict[str, type] = {
    name: kind for number in (1, 2, 3) for name, kind in ((f"Test{number}_Config", int), (f"Test{number}_Value", float))
}
_STEPS: dict[str, type] = {
    "vs_initial": bool,
    "Duration_step": float,
    "Step_number": int,
    "Record_every_dT": float,
    "N_Cycles": int,
    "Exit_Cond": int,
}
LABELS: Mapping[int, Mapping[str, type]] = {
    OCV: {"Rest_time_T": float, "Record_every_dE": float, "Record_every_dT": float},
    CPLIMIT: {"Current_step": float, "Record_every_dE": float, **_STEPS, **_TESTS, **_RANGES},
    CALIMIT: {"Voltage_step": float, "Record_every_dI": float, **_STEPS, **_TESTS, **_RANGES},
    PEIS: {
        "vs_initial": bool,
        "vs_final": bool,
        "Initial_Voltage_step": float,
        "Final_Voltage_step": float,
        "Duration_step": float,
        "Step_number": int,
        "Record_every_dT": float,
        "Record_every_dI": float,
        "Final_frequency": float,
        "Initial_frequency": float,
        "sweep": bool,
        "Amplitude_Voltage": float,
        "Frequency_number": int,
        "Average_N_times": int,
        "Correction": bool,
        "Wait_for_steady": float,
        **_RANGES,
    },
}
NOT_NEEDED = frozenset(_RANGES)
INVALID_PARAMETERS, FILE_MISSING, FILE_INCOMPATIBLE = -4, -400, -401


@dataclass(frozen=True, slots=True)
class Test:
    """A limit: bit 0 active, bit 1 and, bit 2 greater, from bit 5 on the variable (0 voltage, 3 current)."""

    config: int
    limit: float

    def holds(self, voltage_V: float, current_A: float) -> bool:
        """Whether it ends the technique."""
        if not self.config & 1:
            return False
        value = current_A if self.config >> 5 == 3 else voltage_V
        return value > self.limit if self.config & 4 else value < self.limit


@dataclass(frozen=True, slots=True)
class Loaded:
    """A technique in a channel."""

    technique: int
    values: Mapping[str, int | bool | float]

    @property
    def tests(self) -> tuple[Test, ...]:
        """Those that it has."""
        if "Test1_Config" not in self.values:
            return ()
        return tuple(Test(int(self.values[f"Test{n}_Config"]), float(self.values[f"Test{n}_Value"])) for n in (1, 2, 3))


def load(file: str, parameters: Iterable[ParameterBytes], newer: bool) -> Loaded | int:
    """Read what the caller hands over; an error code if it does not do."""
    name = PureWindowsPath(file).name.lower()
    stem, dot, ending = name.partition(".")
    if not dot or ending != "ecc" or stem.removesuffix("4") not in FILES:
        return FILE_MISSING
    if stem.endswith("4") != newer:
        return FILE_INCOMPATIBLE
    technique = FILES[stem.removesuffix("4")]
    known, values = LABELS[technique], {}
    for parameter in parameters:
        if known.get(parameter.label) is not type(parameter.value) or parameter.index != 0:
            return INVALID_PARAMETERS
        values[parameter.label] = parameter.value
    if set(known) - NOT_NEEDED - set(values):
        return INVALID_PARAMETERS
    return Loaded(technique, values)
