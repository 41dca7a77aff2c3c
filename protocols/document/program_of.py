"""From a document to a program: everything resolved, everything that is wrong reported at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from operando.drivers.documents import Document, DocumentError, Problem
from operando.drivers.roles import Recording
from operando.protocols.detect import SHIPPED
from operando.protocols.document.amounts import DoseLimit
from operando.protocols.document.condition_of import trigger_of
from operando.protocols.document.cycling import CyclingResolver
from operando.protocols.document.interlocks import interlocks_of
from operando.protocols.document.look import capture_of, region_of
from operando.protocols.document.protocol_file import SPOT, ProtocolFile, UnicyclerEntry
from operando.protocols.document.references import unknown_names
from operando.protocols.document.sample import SafetyEntry, SampleEntry
from operando.protocols.document.tree import CyclingNode, RepeatNode, StepNode
from operando.protocols.document.triggers import TriggerEntry
from operando.protocols.document.unicycler import UnicyclerFile, UnicyclerResolver
from operando.protocols.document.unicycler.read import recording_of, safety_of, sample_of
from operando.protocols.document.unroll import MOST_ACTIONS, action_count, unroll
from operando.protocols.program import DoseBudget, Program, Safety, SampleInfo, Trigger

__all__ = ["Attached", "program_of", "program_of_unicycler"]


@dataclass(frozen=True, slots=True)
class Attached:
    """A unicycler document that a protocol refers to, and the name by which it does."""

    name: str
    document: Document
    file: UnicyclerFile


def program_of(document: Document, attached: Attached | None = None) -> Program:
    """The program of a protocol document.

    Args:
        document: the YAML.
        attached: what `cycling: {unicycler: ...}` names.

    Raises:
        DocumentError: with every problem that was found.
    """
    wrong = document.problems(ProtocolFile)
    if wrong:
        raise DocumentError([*wrong, *unknown_names(document)])
    file = document.validate(ProtocolFile)
    sample = _sample(file.sample, attached)
    recording = Recording(file.record.every, file.record.or_voltage_change)
    nodes, problems = _cycling(document, file, sample, recording, attached)
    triggers, trigger_problems = _triggers(document, file.when, sample)
    problems += [document.problem(path, what) for path, what in file.contradictions()]
    problems += [*trigger_problems, *_too_many(document, nodes)]
    problems += unknown_names(document, None if attached is None else tuple(_step_names(nodes)))
    if problems:
        raise DocumentError(problems)
    return Program(
        title=file.title,
        file=document.file,
        text=document.text,
        sample=sample,
        recording=recording,
        safety=_safety(file.safety),
        cycling=unroll(nodes),
        regions={name: region_of(name, entry, document) for name, entry in file.regions.items()},
        fiducials={name: (entry.x, entry.y) for name, entry in file.fiducials.items()},
        captures={name: capture_of(name, entry, document) for name, entry in file.captures.items()},
        triggers=triggers,
        dose=_dose(file.dose),
        interlocks=interlocks_of(file.interlocks, document),
        imaging_only_s=file.imaging_only,
        failures=file.failures.resolved(),
        settling=file.settling.resolved(),
        if_changed=file.if_changed,
        following=file.following.resolved(),
        focus=None if file.focus is None else file.focus.resolved(document.line(("focus",))),
        beam_watch=file.beam_watch.resolved(),
        attachments={} if attached is None else {attached.name: attached.document.text},
    )


def program_of_unicycler(document: Document) -> Program:
    """The program of a unicycler document: cycling alone.

    Raises:
        DocumentError: with every problem that was found.
    """
    file = document.validate(UnicyclerFile)
    sample = sample_of(file)
    resolver = UnicyclerResolver(document, sample)
    nodes = resolver.nodes(file)
    problems = [*resolver.problems, *_too_many(document, nodes)]
    if problems:
        raise DocumentError(problems)
    return Program(
        title=file.sample.name,
        file=document.file,
        text=document.text,
        sample=sample,
        recording=recording_of(file),
        safety=safety_of(file),
        cycling=unroll(nodes),
    )


def _sample(entry: SampleEntry, attached: Attached | None) -> SampleInfo:
    capacity_C = entry.nominal_capacity
    if capacity_C is None and attached is not None:
        capacity_C = sample_of(attached.file).nominal_capacity_C
    return entry.info(capacity_C)


def _safety(entry: SafetyEntry | None) -> Safety | None:
    return None if entry is None else Safety(entry.voltage, entry.current, entry.host_tolerates)


def _dose(entries: Mapping[str, DoseLimit]) -> DoseBudget:
    regions = {name: limit for name, limit in entries.items() if name != SPOT}
    return DoseBudget(
        per_region_C_per_m2={name: limit.dose_C_per_m2 for name, limit in regions.items()},
        per_cycle=frozenset(name for name, limit in regions.items() if limit.per_cycle),
        per_spot_C_per_m2=entries[SPOT].dose_C_per_m2 if SPOT in entries else None,
    )


def _cycling(
    document: Document, file: ProtocolFile, sample: SampleInfo, recording: Recording, attached: Attached | None
) -> tuple[tuple[CyclingNode, ...], list[Problem]]:
    if isinstance(file.cycling, UnicyclerEntry):
        if attached is None:
            return (), [document.problem(("cycling", "unicycler"), "cannot be read: the document has no folder")]
        theirs = UnicyclerResolver(attached.document, sample)
        return theirs.nodes(attached.file, document.line(("cycling",))), theirs.problems
    ours = CyclingResolver(document, sample, recording)
    return ours.nodes(file.cycling, ("cycling",)), ours.problems


def _triggers(
    document: Document, entries: Sequence[TriggerEntry], sample: SampleInfo
) -> tuple[tuple[Trigger, ...], list[Problem]]:
    triggers, problems = [], []
    for index, entry in enumerate(entries):
        try:
            triggers.append(trigger_of(entry, sample, document.line(("when", index)), SHIPPED))
        except ValueError as error:
            problems.append(document.problem(("when", index), str(error)))
    return tuple(triggers), problems


def _too_many(document: Document, nodes: Sequence[CyclingNode]) -> list[Problem]:
    count = action_count(nodes)
    if count <= MOST_ACTIONS:
        return []
    return [
        document.problem(("cycling",), f"has {count} actions when its loops are unrolled, more than {MOST_ACTIONS}")
    ]


def _step_names(nodes: Sequence[CyclingNode]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, RepeatNode):
            yield from _step_names(node.steps)
        elif isinstance(node, StepNode):
            yield node.name
