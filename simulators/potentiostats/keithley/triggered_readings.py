"""How a 2400 reads: so many times with a delay each, into its one buffer if that is fed."""

from dataclasses import dataclass, field

from operando.simulators.potentiostats.keithley.meter import OVERFLOW, Measured
from operando.simulators.potentiostats.keithley.scpi_error import ScpiError
from operando.simulators.potentiostats.keithley.scpi_instrument import ScpiInstrument
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["ELEMENTS", "TriggeredReadings"]

ELEMENTS = {"VOLT": "VOLTAGE", "CURR": "CURRENT", "RES": "RESISTANCE", "TIME": "TIME", "STAT": "STATUS"}
NOT_MEASURED = 9.91e37
FRONT, COMPLIANCE, MEASURED_V, MEASURED_A, SOURCES_V, SOURCES_A, FOUR_WIRE = (
    1 << bit for bit in (2, 3, 11, 12, 14, 15, 22)
)
BUFFER_FULL = 1 << 9
"""In the measurement event register."""


@dataclass(slots=True)
class TriggeredReadings:
    """Counts, delay, elements and buffer."""

    instrument: ScpiInstrument
    bench: Workbench
    measures: set[str] = field(default_factory=lambda: {CURRENT})
    elements: tuple[str, ...] = tuple(ELEMENTS)
    arm_count: int = 1
    trigger_count: int = 1
    delay_s: float = 0.0
    points: int = 100
    fed: bool = False
    clock_zero_s: float = 0.0
    stored: list[Measured] = field(default_factory=list)
    last: Measured | None = None
    _under_way: int = 0
    _run: int = 0

    @property
    def count(self) -> int:
        """Readings of one start."""
        return self.arm_count * self.trigger_count

    def read(self, now: float) -> str:
        """As `:READ?`: take all readings and tell them.

        Raises:
            ScpiError: 802 while the output is off.
        """
        self.require_output()
        taken = []
        for _ in range(self.count):
            self.instrument.busy_s += self.delay_s
            taken.append(self._measure(now + self.instrument.busy_s))
            self.instrument.busy_s += self.bench.meter.duration_s
        return ",".join(self.told(measured) for measured in taken)

    def initiate(self, now: float) -> None:
        """As `:INIT`: the readings are taken while other commands are answered.

        Raises:
            ScpiError: 802 while the output is off, -213 if readings are under way.
        """
        self.require_output()
        if self._under_way:
            raise ScpiError(-213)
        self._under_way = self.count
        self._run += 1
        run = self._run
        self.bench.world.call_at(now + self._period_s, lambda when: self._next(run, when))

    def abort(self) -> None:
        """No more readings."""
        self._under_way = 0
        self._run += 1

    def told(self, measured: Measured) -> str:
        """One reading as the elements ask for."""
        return ",".join(f"{self._element(measured, word):+.6E}" for word in self.elements)

    def require_output(self) -> None:
        """Raises ScpiError 802 while the output is off."""
        if not self.bench.source.output:
            raise ScpiError(802)

    @property
    def _period_s(self) -> float:
        return self.delay_s + self.bench.meter.duration_s

    def _next(self, run: int, now: float) -> None:
        if run != self._run or not self._under_way:
            return
        measured = self._measure(now)
        if self.fed and len(self.stored) < self.points:
            self.stored.append(measured)
            if len(self.stored) == self.points:
                self.instrument.status.measurement |= BUFFER_FULL
                self.fed = False
        self._under_way -= 1
        self.bench.world.call_at(now + self._period_s, lambda when: self._next(run, when))

    def _measure(self, now: float) -> Measured:
        self.last = self.bench.meter.measure(now)
        return self.last

    def _element(self, measured: Measured, word: str) -> float:
        source, meter = self.bench.source, self.bench.meter
        match word:
            case "VOLT" | "CURR":
                if word in self.measures:
                    return measured.of(word)
                return source.levels[word] if source.function == word else NOT_MEASURED
            case "RES":
                known = self.measures == {CURRENT, VOLTAGE} and abs(measured.current_A) < OVERFLOW
                return measured.voltage_V / measured.current_A if known and measured.current_A else NOT_MEASURED
            case "TIME":
                return measured.time_s - self.clock_zero_s
            case _:
                status = FRONT * (self.bench.terminals == "FRON") | COMPLIANCE * measured.limited
                status |= MEASURED_V * (VOLTAGE in self.measures) | MEASURED_A * (CURRENT in self.measures)
                status |= SOURCES_V if source.function == VOLTAGE else SOURCES_A
                return float(status | FOUR_WIRE * meter.four_wire[CURRENT])
