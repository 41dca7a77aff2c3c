"""Commands that the 2400 has in its own form (sheet 2.5)."""

from operando.simulators.potentiostats.keithley.command_table import Call, Handler
from operando.simulators.potentiostats.keithley.scpi_error import ScpiError
from operando.simulators.potentiostats.keithley.scpi_instrument import ScpiInstrument
from operando.simulators.potentiostats.keithley.setting_commands import number_setting, word_setting
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE
from operando.simulators.potentiostats.keithley.source_commands import EITHER, FUNCTIONS, OFF_STATES
from operando.simulators.potentiostats.keithley.triggered_readings import ELEMENTS, TriggeredReadings
from operando.simulators.potentiostats.keithley.values import choice, number, quoted, scientific, switch, whole_number
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["Commands2400"]

MOST_READINGS = 2500
LONGEST_DELAY_S = 999.9999


class Commands2400:
    """Limits as compliance, one four-wire switch, elements of readings, one buffer, and what has no effect here."""

    def __init__(self, instrument: ScpiInstrument, bench: Workbench, readings: TriggeredReadings) -> None:
        self._instrument = instrument
        self._bench = bench
        self._readings = readings
        self._concurrent = True
        self._add_limits()
        self._add_readings()
        self._add_buffer()
        self._add_rest()

    def _add_limits(self) -> None:
        add, bench, settings = self._instrument.table.add, self._bench, self._bench.settings
        largest = {CURRENT: settings.current_A, VOLTAGE: settings.voltage_V}
        smallest = {CURRENT: settings.smallest_current_limit_A, VOLTAGE: settings.smallest_voltage_limit_V}
        default = {CURRENT: settings.power_on_current_limit_A, VOLTAGE: settings.power_on_voltage_limit_V}

        def get(key: str) -> float:
            return bench.source.voltage_limit_V if key == VOLTAGE else bench.source.current_limit_A

        def put(key: str, value: float) -> None:
            if key == VOLTAGE:
                bench.source.voltage_limit_V = value
            else:
                bench.source.current_limit_A = value

        def tripped(call: Call) -> str:
            return str(int(bench.source.function != call.words[0][:4] and bench.source.limited(call.now)))

        def off_state(word: str) -> None:
            bench.source.off_states = {CURRENT: word, VOLTAGE: word}

        add(
            f"[:SENSe[1]]:{EITHER}[:DC]:PROTection[:LEVel]",
            number_setting(
                get, put, lambda key: (smallest[key], largest[key], default[key]), lambda now: bench.source.apply(now)
            ),
        )
        add(f"[:SENSe[1]]:{EITHER}[:DC]:PROTection:TRIPped", tripped, sets=False)
        add(":OUTPut[1]:SMODe", word_setting(lambda: bench.source.off_states[VOLTAGE], off_state, OFF_STATES))
        add(":SYSTem:RSENse", self._four_wire)

    def _add_readings(self) -> None:
        add, readings = self._instrument.table.add, self._readings
        add("[:SENSe[1]]:FUNCtion[:ON]", self._functions)
        add("[:SENSe[1]]:FUNCtion:ALL", self._all_functions, tells=False)
        add("[:SENSe[1]]:FUNCtion:CONCurrent", self._concurrently)
        add(":FORMat:ELEMents[:SENSe[1]]", self._elements)
        add(":FORMat[:DATA]", lambda call: "ASC" if call.query else choice(call.argument(), {"ASC": "ASCII"}) and None)
        add(":READ", lambda call: readings.read(call.now), sets=False)
        add(":FETCh", self._fetch, sets=False)
        add(f":MEASure:{EITHER}[:DC]", self._measure, sets=False)
        add(":INITiate[:IMMediate]", lambda call: readings.initiate(call.now), tells=False)
        add(":ABORt", lambda _: readings.abort(), tells=False)
        add(":SYSTem:TIME:RESet", self._reset_clock, tells=False)
        add("*RST", self._reset, tells=False)

    def _add_buffer(self) -> None:
        add, readings = self._instrument.table.add, self._readings
        add("{:TRACe|:DATA}:CLEar", lambda _: readings.stored.clear(), tells=False)
        add("{:TRACe|:DATA}:POINts", self._points)
        add("{:TRACe|:DATA}:POINts:ACTual", lambda _: str(len(readings.stored)), sets=False)
        add("{:TRACe|:DATA}:FEED", lambda call: "SENS1" if call.query else None)
        add("{:TRACe|:DATA}:FEED:CONTrol", self._feed)
        add("{:TRACe|:DATA}:DATA", lambda _: ",".join(map(readings.told, readings.stored)), sets=False)

    def _add_rest(self) -> None:
        add, readings = self._instrument.table.add, self._readings

        def put_arm(_: str, value: float) -> None:
            readings.arm_count = round(value)

        def put_trigger(_: str, value: float) -> None:
            readings.trigger_count = round(value)

        def put_delay(_: str, value: float) -> None:
            readings.delay_s = value

        def window(_: str) -> tuple[float, float, float]:
            return 1.0, float(MOST_READINGS), 1.0

        add(":ARM[:SEQuence][:LAYer]:COUNt", number_setting(lambda _: readings.arm_count, put_arm, window))
        add(":TRIGger[:SEQuence]:COUNt", number_setting(lambda _: readings.trigger_count, put_trigger, window))
        add(
            ":TRIGger[:SEQuence]:DELay",
            number_setting(lambda _: readings.delay_s, put_delay, lambda _: (0.0, LONGEST_DELAY_S, 0.0)),
        )
        for pattern, default in KEPT.items():
            add(pattern, _kept(default))

    def _four_wire(self, call: Call) -> str | None:
        if call.query:
            return str(int(self._bench.meter.four_wire[CURRENT]))
        on = switch(call.argument())
        self._bench.meter.four_wire = {CURRENT: on, VOLTAGE: on}
        return None

    def _functions(self, call: Call) -> str | None:
        readings = self._readings
        if call.query:
            return ",".join(f'"{word}:DC"' for word in sorted(readings.measures, reverse=True))
        words = {choice(quoted(text).upper().removesuffix(":DC"), FUNCTIONS) for text in call.arguments}
        if not words:
            raise ScpiError(-109)
        readings.measures = readings.measures | words if self._concurrent else words
        self._bench.meter.function = sorted(words)[0]
        return None

    def _all_functions(self, call: Call) -> None:
        self._readings.measures = {CURRENT, VOLTAGE}

    def _concurrently(self, call: Call) -> str | None:
        if call.query:
            return str(int(self._concurrent))
        self._concurrent = switch(call.argument())
        return None

    def _elements(self, call: Call) -> str | None:
        if call.query:
            return ",".join(self._readings.elements)
        asked = {choice(word, ELEMENTS) for word in call.arguments}
        self._readings.elements = tuple(word for word in ELEMENTS if word in asked)
        return None

    def _fetch(self, call: Call) -> str:
        if self._readings.last is None:
            raise ScpiError(-221)
        return self._readings.told(self._readings.last)

    def _measure(self, call: Call) -> str:
        """`:MEAS:CURR?` turns the output on by itself (sheet 2.5)."""
        self._bench.switch_output(on=True, now=call.now)
        self._readings.measures.add(call.words[0][:4])
        return self._readings.read(call.now)

    def _points(self, call: Call) -> str | None:
        if call.query:
            return str(self._readings.points)
        self._readings.points = whole_number(call.argument(), 1, MOST_READINGS)
        self._readings.stored.clear()
        return None

    def _feed(self, call: Call) -> str | None:
        if call.query:
            return "NEXT" if self._readings.fed else "NEV"
        self._readings.fed = choice(call.argument(), {"NEXT": "NEXT", "NEV": "NEVER"}) == "NEXT"
        return None

    def _reset_clock(self, call: Call) -> None:
        self._readings.clock_zero_s = call.now

    def _reset(self, call: Call) -> None:
        self._readings.abort()
        self._bench.reset(call.now)
        self._readings.measures, self._readings.elements = {CURRENT}, tuple(ELEMENTS)
        self._readings.arm_count = self._readings.trigger_count = 1
        self._readings.delay_s, self._concurrent = 0.0, True


KEPT = {
    f":SOURce[1]:{EITHER}:MODE": "FIX",
    ":SOURce[1]:CLEar:AUTO": "0",
    ":SOURce[1]:DELay": "1.000000E-03",
    ":SOURce[1]:DELay:AUTO": "1",
    "[:SENSe[1]]:AVERage[:STATe]": "0",
    "[:SENSe[1]]:AVERage:TCONtrol": "REP",
    "[:SENSe[1]]:AVERage:COUNt": "10",
    "[:SENSe[1]]:RESistance:MODE": "AUTO",
    "[:SENSe[1]]:RESistance:RANGe": "2.100000E+05",
    "[:SENSe[1]]:RESistance:NPLCycles": "1.000000E+00",
    ":SYSTem:AZERo[:STATe]": "1",
    ":DISPlay:ENABle": "1",
    ":SYSTem:BEEPer[:IMMediate]": "",
    ":ARM[:SEQuence][:LAYer]:SOURce": "IMM",
    ":TRIGger[:SEQuence]:SOURce": "IMM",
    ":TRIGger:CLEar": "",
}
"""Settings that are kept and told and do nothing else: what they would do is not simulated."""


def _kept(default: str) -> Handler:
    value = default

    def handler(call: Call) -> str | None:
        nonlocal value
        if call.query:
            return value
        word = call.or_else(0, "").upper()
        value = {"ON": "1", "OFF": "0"}.get(word, word)
        try:
            value = scientific(number(value, -1e37, 1e37, 0.0)) if "E" in default else value
        except ScpiError:
            raise ScpiError(-104) from None
        return None

    return handler
