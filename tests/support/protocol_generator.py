"""Random valid protocols of some minutes: steps, loops, rendezvous, questions, captures and triggers.

`random_protocol(seed)` is plain text from a plain seed; `protocols()` is the same as a strategy that shrinks.
What the cell is asked for stays inside its window: it is never discharged by more than was charged before.
"""

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

__all__ = ["Choices", "make_protocol", "protocols", "random_protocol"]

Word = TypeVar("Word")

NOMINAL_CAPACITY_C = 4.32
MOST_CHARGE_C = 0.12
"""At most so much is in the cell, so that its voltage stays between 3.5 V and 3.7 V and a hold at 3.6 V is harmless."""

DETECTORS = ("[SE]", "[BSE]", "[SE, BSE]")
PLACES = (("anode", 1.2, -0.35, 120), ("cathode", 1.2, -0.95, 80), ("particle", 1.204, -0.98, 20))
RATES = {"C/5": 5.0, "C/10": 10.0, "C/20": 20.0}
"""Each with the hours that the nominal capacity takes."""


class Choices(Protocol):
    """Where the random decisions come from."""

    def integer(self, lowest: int, highest: int) -> int: ...

    def one_of(self, words: Sequence[Word]) -> Word: ...


class SeededChoices:
    """Decisions by a seed: the same ones for the same seed, on any machine."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, lowest: int, highest: int) -> int:
        return self._random.randint(lowest, highest)

    def one_of(self, words: Sequence[Word]) -> Word:
        return words[self._random.randint(0, len(words) - 1)]


class DrawnChoices:
    """Decisions that hypothesis makes, and shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, lowest: int, highest: int) -> int:
        return self._draw(st.integers(lowest, highest))

    def one_of(self, words: Sequence[Word]) -> Word:
        return self._draw(st.sampled_from(words))


def random_protocol(seed: int) -> str:
    """The YAML text of a valid protocol that runs for about 2 to 30 minutes on the simulated bench."""
    return make_protocol(SeededChoices(seed))


@st.composite
def protocols(draw: st.DrawFn) -> str:
    """The same as a strategy."""
    return make_protocol(DrawnChoices(draw))


def make_protocol(choose: Choices) -> str:
    """A protocol by somebody's choices."""
    cycling = _Cycling(choose)
    steps = cycling.steps()
    regions = PLACES[: choose.integer(1, len(PLACES))]
    captures = [f"look{number}" for number in range(choose.integer(1, 3))]
    lines = [
        "operando: 1",
        "title: by chance",
        "sample: {name: chance, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}",
        "safety: {voltage: [2.8 V, 4.35 V], current: [-480 uA, 480 uA], host_tolerates: 10 s}",
        f"record: {{every: {choose.one_of(('500 ms', '1 s', '2 s'))}}}",
        "cycling:",
        *(line.replace("RENDEZVOUS", captures[0]) for line in steps),
        "regions:",
        *(_region(choose, *place) for place in regions),
        "captures:",
        *(_capture(choose, name, [place[0] for place in regions]) for name in captures),
    ]
    triggers = [_trigger(choose, captures, cycling.names) for _ in range(choose.integer(0, 4))]
    if triggers:
        lines += ["when:", *triggers]
    if choose.integer(0, 1):
        lines.append("interlocks: [chamber vacuum]")
    return "\n".join(lines) + "\n"


class _Cycling:
    """Writes cycling that keeps account of the charge in the cell."""

    def __init__(self, choose: Choices) -> None:
        self._choose = choose
        self._charge_C = 0.0
        self.names: list[str] = []

    def steps(self) -> list[str]:
        lines = [self._line("  ", "settle", f"Rest for {self._choose.integer(10, 60)} seconds")]
        for _ in range(self._choose.integer(1, 4)):
            lines += self._part("  ")
        return lines

    def _part(self, indent: str) -> list[str]:
        kind = self._choose.one_of(("charge", "swing", "loop", "rest", "hold", "impedance", "rendezvous", "question"))
        match kind:
            case "charge" if self._charge_C < MOST_CHARGE_C / 2:
                return [self._charge(indent)]
            case "loop":
                return self._loop(indent)
            case "rest":
                return [self._line(indent, "relax", f"Rest for {self._choose.integer(5, 90)} s")]
            case "hold":
                return [self._line(indent, "hold", f"Hold at 3.6 V for {self._choose.integer(10, 60)} s")]
            case "impedance":
                lowest = self._choose.one_of(("1 kHz", "100 Hz"))
                per_decade = self._choose.integer(2, 6)
                return [
                    f"{indent}- {{impedance: {{bias: ocv, from: 100 kHz, to: {lowest}, "
                    f"points_per_decade: {per_decade}, amplitude: 10 mV rms}}}}"
                ]
            case "rendezvous":
                cell = self._choose.one_of(("rest", "hold voltage", "go on"))
                return [f"{indent}- {{capture: RENDEZVOUS, cell: {cell}, at_most: 10 min}}"]
            case "question":
                return [f"{indent}- {{ask: go on?, answers: [yes, no], at_most: 20 s, otherwise: yes}}"]
        return self._swing(indent)

    def _loop(self, indent: str) -> list[str]:
        head = f"{indent}- repeat: {self._choose.integer(1, 3)}"
        return [head, f"{indent}  steps:", *self._swing(indent + "    ")]

    def _swing(self, indent: str) -> list[str]:
        """A charge, and a discharge of no more than that: it can be repeated."""
        before_C = self._charge_C
        lines = [self._charge(indent)]
        passed_C = self._charge_C - before_C
        rate = self._choose.one_of(tuple(RATES))
        longest_s = int(passed_C / (NOMINAL_CAPACITY_C / 3600.0 / RATES[rate]))
        duration_s = min(300, longest_s)
        lines.append(self._line(indent, "discharge", f"Discharge at {rate} for {duration_s} s or until 3.0 V"))
        self._charge_C = before_C
        return lines

    def _charge(self, indent: str) -> str:
        rate = self._choose.one_of(tuple(RATES))
        duration_s = self._choose.integer(20, 120)
        charge_C = duration_s * NOMINAL_CAPACITY_C / 3600.0 / RATES[rate]
        self._charge_C += charge_C
        if self._choose.integer(0, 3) == 0:
            return self._line(indent, "charge", f"Charge at {rate} until {charge_C / 3.6:.4f} mAh")
        return self._line(indent, "charge", f"Charge at {rate} for {duration_s} s or until 4.2 V")

    def _line(self, indent: str, name: str, sentence: str) -> str:
        if name not in self.names:
            self.names.append(name)
        return f"{indent}- {{name: {name}, step: {sentence}}}"


def _region(choose: Choices, name: str, x_mm: float, y_mm: float, width_um: int) -> str:
    tiles = choose.one_of(("", ", tiles: [2, 1]")) if name == "anode" else ""
    return f"  {name}: {{stage: {{x: {x_mm} mm, y: {y_mm} mm}}, width: {width_um} um{tiles}}}"


def _capture(choose: Choices, name: str, regions: list[str]) -> str:
    looked_at = choose.one_of((regions[:1], regions[-1:], regions))
    voltage_kV, current_pA = choose.one_of(((5, 100), (10, 300)))
    beam = f"{{voltage: {voltage_kV} kV, current: {current_pA} pA}}"
    head = f"  {name}: {{regions: [{', '.join(looked_at)}], beam: {beam}"
    if choose.integer(0, 4) == 0:
        return f"{head}, eds: {{point: {choose.integer(1, 4)} s}}}}"
    columns = choose.one_of((32, 64, 128))
    pictures = f"detectors: {choose.one_of(DETECTORS)}, pixels: [{columns}, {columns * 3 // 4}]"
    return f"{head}, {pictures}, dwell: {choose.integer(2, 10)} us, repeat: {choose.integer(1, 3)}}}"


def _trigger(choose: Choices, captures: list[str], steps: list[str]) -> str:
    step, capture = choose.one_of(steps), choose.one_of(captures)
    condition = choose.one_of(
        (
            f"every: {choose.integer(20, 200)} s",
            f"just_before_end_of: {step}",
            f"after_end_of: {step}",
            f"charge_passed: {choose.integer(2, 20)} uAh",
            f"voltage: {{rises_above: {choose.integer(355, 362) / 100} V}}",
            f"voltage: {{falls_below: {choose.integer(355, 362) / 100} V}}",
            "voltage: {falls: 20 mV, over: 5 s}",
            f"start_of: {step}",
            f"at: {choose.integer(20, 200)} s",
            f"current: {{rises_above: 50 uA, for: {choose.integer(1, 9)} s}}",
            f"voltage: {{changes_slower_than: 1 mV/min, over: {choose.integer(5, 20)} s}}",
            "pressure: {gauge: chamber, rises_above: 1 mPa}",
            f"all: [{{every: {choose.integer(20, 60)} s}}, {{current: {{falls_below: 50 uA}}}}]",
            f"any: [{{after_end_of: {step}}}, {{voltage: {{rises_above: 3.6 V, hysteresis: 5 mV}}}}]",
        )
    )
    words = [condition]
    if not condition.startswith(("just", "after", "start", "any")) and choose.integer(0, 1):
        words.append(f"during: {choose.one_of(steps)}")
        words += [f"settled: {choose.integer(1, 20)} s"] * choose.integer(0, 1)
    words += [choose.one_of(("once: true", "at_most_every: 30 s", "if_already: fire"))] * (choose.integer(0, 3) == 0)
    return f"  - {{{', '.join(words)}, capture: {capture}}}"
