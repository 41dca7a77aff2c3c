"""From a unicycler document to steps in SI units."""

from operando.drivers.documents import Document, Problem
from operando.drivers.roles import (
    Galvanostatic,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
)
from operando.drivers.roles import Technique as SiTechnique
from operando.drivers.units import si
from operando.protocols.document.amounts import CellCurrent
from operando.protocols.document.durations import longest_s
from operando.protocols.document.own_words import own_words
from operando.protocols.document.tree import CyclingNode, StepNode
from operando.protocols.document.unicycler.loops import LoopProblem, roll_up
from operando.protocols.document.unicycler.model import (
    ConstantCurrent,
    ConstantVoltage,
    ImpedanceSpectroscopy,
    Loop,
    OpenCircuitVoltage,
    TagStep,
    Technique,
    UnicyclerFile,
)
from operando.protocols.program import Safety, SampleInfo

__all__ = ["UnicyclerResolver", "recording_of", "safety_of", "sample_of"]

COULOMB_PER_MAH = 3.6
HOST_TOLERATES_S = 2.0


def sample_of(file: UnicyclerFile) -> SampleInfo:
    """The cell."""
    capacity = file.sample.capacity_mAh
    return SampleInfo(file.sample.name, None if capacity is None else capacity * COULOMB_PER_MAH)


def recording_of(file: UnicyclerFile) -> Recording:
    """How often samples are taken."""
    return Recording(file.record.time_s, file.record.voltage_V)


def safety_of(file: UnicyclerFile) -> Safety | None:
    """The limits; None if the file has none."""
    limits = file.safety
    voltage_V = (limits.min_voltage_V, limits.max_voltage_V)
    current_mA = (limits.min_current_mA, limits.max_current_mA)
    if voltage_V[0] is None or voltage_V[1] is None or current_mA[0] is None or current_mA[1] is None:
        return None
    tolerates_s = HOST_TOLERATES_S if limits.delay_s is None else limits.delay_s
    return Safety((voltage_V[0], voltage_V[1]), (_amperes(current_mA[0]), _amperes(current_mA[1])), tolerates_s)


def _amperes(current_mA: float) -> float:
    """Converted in decimals, as all units are."""
    return si(f"{current_mA!r} mA", "A")


class UnicyclerResolver:
    """Resolves the method of one document. What is wrong is collected in `problems`."""

    def __init__(self, document: Document, sample: SampleInfo) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._sample = sample

    def nodes(self, file: UnicyclerFile, line: int | None = None) -> tuple[CyclingNode, ...]:
        """The steps with their loops; empty if something is wrong.

        Args:
            file: the validated document.
            line: that all steps get; None for their own, which are lines of the JSON file.
        """
        entries = [self._entry(step, index, line) for index, step in enumerate(file.method)]
        found = [entry for entry in entries if entry is not None]
        if len(found) < len(entries):
            return ()
        try:
            return roll_up(found)
        except LoopProblem as error:
            self._wrong(error.index, str(error))
            return ()

    def _entry(self, step: Technique, index: int, line: int | None) -> CyclingNode | Loop | TagStep | None:
        if step is None or isinstance(step, Loop | TagStep):
            return step
        try:
            technique = self._technique(step)
        except ValueError as error:
            self._wrong(index, str(error))
            return None
        duration_s = None if isinstance(step, ImpedanceSpectroscopy) else step.until_time_s
        maximum_s = longest_s(technique, duration_s, self._sample.nominal_capacity_C)
        if maximum_s is None:
            self._wrong(index, "may take any time: give sample.capacity_mAh, or until_time_s")
            return None
        return StepNode(
            name=step.id or own_words(technique, duration_s),
            technique=technique,
            maximum_duration_s=maximum_s,
            duration_s=duration_s,
            relaxation_V_per_s=None,
            recording=None,
            line=self._document.line(("method", index)) if line is None else line,
        )

    def _technique(
        self, step: OpenCircuitVoltage | ConstantCurrent | ConstantVoltage | ImpedanceSpectroscopy
    ) -> SiTechnique:
        match step:
            case OpenCircuitVoltage():
                return OpenCircuit()
            case ConstantCurrent():
                current_A = self._current_A(step.rate_C, step.current_mA)
                return Galvanostatic(current_A or 0.0, step.until_voltage_V or None)
            case ConstantVoltage():
                until_A = self._current_A(step.until_rate_C, step.until_current_mA)
                return Potentiostatic(step.voltage_V, None if until_A is None else abs(until_A))
            case ImpedanceSpectroscopy():
                return Impedance(
                    step.start_frequency_Hz, step.end_frequency_Hz, step.points_per_decade, step.amplitude_V
                )

    def _current_A(self, rate_C: float | None, current_mA: float | None) -> float | None:
        if rate_C:
            return CellCurrent(rate_C, "C-rate").current_A(self._sample)
        return _amperes(current_mA) if current_mA else None

    def _wrong(self, index: int, what: str) -> None:
        self.problems.append(self._document.problem(("method", index), what))
