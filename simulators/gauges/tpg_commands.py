"""The mnemonics that a simulated TPG knows, and what it says to each."""

from operando.simulators.gauges.tpg_settings import TpgSettings, TpgUnits
from operando.simulators.gauges.vacuum_head import HeadState, VacuumHead
from operando.simulators.world.world import World

__all__ = ["NAK_WORD", "Refusal", "TpgUnit", "obey"]

NAK_WORD = 0
SYNTAX, PARAMETER = 0b0001, 0b0010
PASCALS = {
    TpgUnits.MBAR: 100.0,
    TpgUnits.TORR: 133.322368,
    TpgUnits.PASCAL: 1.0,
    TpgUnits.MICRON: 0.133322368,
    TpgUnits.HECTOPASCAL: 100.0,
}
STATES = {
    HeadState.OK: 0,
    HeadState.UNDER: 1,
    HeadState.OVER: 2,
    HeadState.ERROR: 3,
    HeadState.OFF: 4,
    HeadState.MISSING: 5,
    HeadState.UNKNOWN: 6,
}
NO_SENSOR_mbar = 2.0e-2
"""What a channel without a sensor shows: a plausible number."""
PERIODS_S = {"": 1.0, "0": 0.1, "1": 1.0, "2": 60.0}
PART_NUMBER = "BG510500"
SWITCHING_POINTS = 4
FILTERS = ("0", "1", "2")


class Refusal(Exception):
    """The unit answers NAK; the bit goes into the error word."""

    def __init__(self, bit: int) -> None:
        super().__init__(bit)
        self.bit = bit


class TpgUnit:
    """Heads, units and switching points of one controller."""

    def __init__(self, world: World, heads: list[VacuumHead], settings: TpgSettings) -> None:
        self.heads = heads
        self.settings = settings
        self.error = NAK_WORD
        self.filters = ["1"] * len(heads)
        self.points: dict[str, tuple[str, str, str]] = {}
        self._world = world

    def data(self, wanted: str, now: float) -> str:
        """What is said to ENQ after a mnemonic."""
        settings = self.settings
        if wanted in ("PRX", "COM"):
            return self.all_channels(now)
        if wanted.startswith("PR"):
            return self._channel(int(wanted[2]) - 1, now)
        if wanted.startswith("SP") and wanted != "SPS":
            return ",".join(self.points.get(wanted, ("0", "1.0000E-03", "1.0000E-02")))
        known = {
            "TID": ",".join(self._identifier(head) for head in self.heads),
            "UNI": str(int(settings.units)),
            "SEN": ",".join("1" if head.state is HeadState.OFF else "2" for head in self.heads),
            "SPS": ",".join("0" * SWITCHING_POINTS),
            "FIL": ",".join(self.filters),
            "ERR": f"{self.error:04b}",
            "RES": "0",
            "PNR": PART_NUMBER,
            "BAU": "0",
            "AYT": f"TPG36{len(self.heads)},PTG28290,{settings.serial},{settings.firmware},010100",
        }
        return known[wanted]

    def all_channels(self, now: float) -> str:
        """Status and value of each channel."""
        return ",".join(self._channel(index, now) for index in range(len(self.heads)))

    def _channel(self, index: int, now: float) -> str:
        shown_Pa, state = self.heads[index].measure(self._world, now)
        if state is HeadState.MISSING:
            shown_Pa = NO_SENSOR_mbar * 100.0
        return f"{STATES[state]},{shown_Pa / PASCALS[self.settings.units]:+.2E}".replace("E", "00E")

    def _identifier(self, head: VacuumHead) -> str:
        if head.state is HeadState.MISSING:
            return "noSENSOR" if self.settings.third_generation else "noSEn"
        if head.state is HeadState.UNKNOWN:
            return "noIDENT" if self.settings.third_generation else "noid"
        return head.kind.identifier


def obey(unit: TpgUnit, message: str) -> tuple[str, float | None]:
    """Carry out a mnemonic: what ENQ asks for from now on, and the period if the unit is to talk by itself.

    Raises:
        Refusal: if it is not known, or its parameters are wrong.
    """
    mnemonic, *parameters = message.split(",")
    channels = [f"PR{number}" for number in range(1, len(unit.heads) + 1)]
    known = {"PRX", "TID", "ERR", "RES", "PNR", "SPS", *channels} | (
        {"AYT"} if unit.settings.third_generation else set()
    )
    if mnemonic in known:
        if parameters and mnemonic != "RES":
            raise Refusal(SYNTAX)
    elif mnemonic == "COM":
        return mnemonic, _period_s(parameters)
    elif mnemonic == "UNI":
        _set_units(unit.settings, parameters)
    elif mnemonic == "SEN":
        _switch(unit, parameters)
    elif mnemonic == "FIL":
        unit.filters = _per_channel(unit, parameters, FILTERS) or unit.filters
    elif mnemonic == "BAU":
        _require(not parameters or parameters in (["0"], ["1"], ["2"]))
    elif mnemonic in [f"SP{number}" for number in range(1, SWITCHING_POINTS + 1)]:
        _set_point(unit, mnemonic, parameters)
    else:
        raise Refusal(SYNTAX)
    return mnemonic, None


def _require(right: bool) -> None:
    if not right:
        raise Refusal(PARAMETER)


def _period_s(parameters: list[str]) -> float:
    _require(len(parameters) < 2 and ",".join(parameters) in PERIODS_S)
    return PERIODS_S[",".join(parameters)]


def _set_units(settings: TpgSettings, parameters: list[str]) -> None:
    if parameters:
        allowed = [str(int(unit)) for unit in TpgUnits if settings.third_generation or unit <= TpgUnits.PASCAL]
        _require(len(parameters) == 1 and parameters[0] in allowed)
        settings.units = TpgUnits(int(parameters[0]))


def _switch(unit: TpgUnit, parameters: list[str]) -> None:
    for head, order in zip(unit.heads, _per_channel(unit, parameters, ("0", "1", "2")), strict=False):
        if head.state in (HeadState.OK, HeadState.OFF) and order != "0":
            head.state = HeadState.OFF if order == "1" else HeadState.OK


def _per_channel(unit: TpgUnit, parameters: list[str], allowed: tuple[str, ...]) -> list[str]:
    """One parameter for each channel, or none to ask only; a wrong number of them is a wrong syntax."""
    if parameters and len(parameters) != len(unit.heads):
        raise Refusal(SYNTAX)
    _require(all(parameter in allowed for parameter in parameters))
    return parameters


def _set_point(unit: TpgUnit, mnemonic: str, parameters: list[str]) -> None:
    if not parameters:
        return
    _require(len(parameters) == 3 and parameters[0] in ("0", "1"))
    try:
        low, high = (f"{float(text):.4E}" for text in parameters[1:])
    except ValueError as error:
        raise Refusal(PARAMETER) from error
    unit.points[mnemonic] = (parameters[0], low, high)
