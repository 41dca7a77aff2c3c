"""From the entries of `cycling` to steps in SI units, with everything that is wrong with them."""

from collections.abc import Sequence

from operando.drivers.documents import Document, Problem
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Recording, Technique
from operando.protocols.document.durations import longest_s
from operando.protocols.document.sentences import Sentence
from operando.protocols.document.steps import (
    AskEntry,
    CaptureStepEntry,
    CyclingEntry,
    ImpedanceEntry,
    LeakTestEntry,
    PhaseEntry,
    RepeatEntry,
    RestEntry,
    StepEntry,
)
from operando.protocols.document.tree import CaptureNode, CyclingNode, NumberedNode, RepeatNode, StepNode
from operando.protocols.program import SampleInfo

__all__ = ["CyclingResolver"]

Path = tuple[str | int, ...]


class CyclingResolver:
    """Resolves the entries of one document. What is wrong is collected in `problems`."""

    def __init__(self, document: Document, sample: SampleInfo, recording: Recording) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._sample = sample
        self._recording = recording

    def nodes(self, entries: Sequence[CyclingEntry], path: Path) -> tuple[CyclingNode, ...]:
        """The entries at a path of the document; those that are wrong are left out."""
        found = [self._node(entry, (*path, index)) for index, entry in enumerate(entries)]
        return tuple(node for node in found if node is not None)

    def _node(self, entry: CyclingEntry, path: Path) -> CyclingNode | None:
        line = self._document.line(path)
        match entry:
            case Sentence():
                return self._sentence(entry, entry.text, None, path)
            case StepEntry():
                return self._sentence(entry.step, entry.name or entry.step.text, entry.at_most, (*path, "step"))
            case RestEntry():
                return self._rest(entry, (*path, "rest"))
            case ImpedanceEntry():
                return self._impedance(entry, (*path, "impedance"))
            case CaptureStepEntry():
                return CaptureNode(entry.capture, entry.cell, entry.at_most, line)
            case AskEntry() | PhaseEntry() | LeakTestEntry():
                return NumberedNode(entry.action(line))
            case RepeatEntry():
                return RepeatNode(entry.repeat, self.nodes(entry.steps, (*path, "steps")))

    def _sentence(self, sentence: Sentence, name: str, at_most_s: float | None, path: Path) -> StepNode | None:
        try:
            technique = _technique(sentence, self._sample)
        except ValueError as error:
            self._wrong(path, f"{sentence.text!r}: {error}")
            return None
        ends, period_s = sentence.ends, sentence.period_s
        recording = None if period_s is None else Recording(period_s, self._recording.or_voltage_change_V)
        return self._step(
            name,
            technique,
            path,
            ends.duration_s,
            at_most_s,
            relaxation_V_per_s=ends.relaxation_V_per_s,
            recording=recording,
        )

    def _rest(self, entry: RestEntry, path: Path) -> StepNode | None:
        rest = entry.rest
        # at_most is how a rest until a rate ends when the cell never gets that quiet: an ordinary end by time
        duration_s = rest.for_ if rest.for_ is not None else rest.at_most
        return self._step(entry.name or "rest", OpenCircuit(), path, duration_s, relaxation_V_per_s=rest.until)

    def _impedance(self, entry: ImpedanceEntry, path: Path) -> StepNode | None:
        wanted = entry.impedance
        spectrum = Impedance(wanted.from_, wanted.to, wanted.points_per_decade, wanted.amplitude, wanted.bias)
        return self._step(entry.name or "impedance", spectrum, path, None, wanted.at_most)

    def _step(
        self,
        name: str,
        technique: Technique,
        path: Path,
        duration_s: float | None = None,
        at_most_s: float | None = None,
        *,
        relaxation_V_per_s: float | None = None,
        recording: Recording | None = None,
    ) -> StepNode | None:
        if at_most_s is not None and duration_s is not None and at_most_s <= duration_s:
            what = f"at_most {at_most_s:g} s is not longer than the {duration_s:g} s that the step takes"
            self._wrong((*path[:-1], "at_most"), what)
            return None
        longest = at_most_s or longest_s(technique, duration_s, self._sample.nominal_capacity_C)
        if longest is None:
            self._wrong(
                path, "may take any time: give sample.nominal_capacity, or at_most, or an end by time or charge"
            )
            return None
        line = self._document.line(path)
        return StepNode(name, technique, longest, duration_s, relaxation_V_per_s, recording, line)

    def _wrong(self, path: Path, what: str) -> None:
        self.problems.append(self._document.problem(path, what))


def _technique(sentence: Sentence, sample: SampleInfo) -> Technique:
    ends = sentence.ends
    charge_C = None if ends.charge is None else ends.charge.charge_C(sample)
    if sentence.current is not None:
        sign = 1.0 if sentence.verb == "charge" else -1.0
        return Galvanostatic(sign * sentence.current.current_A(sample), ends.voltage_V, charge_C)
    if sentence.voltage_V is not None:
        current_A = None if ends.current is None else ends.current.current_A(sample)
        return Potentiostatic(sentence.voltage_V, current_A, charge_C)
    return OpenCircuit()
