"""Compares the record of a run that was killed with what the instruments themselves heard and said."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from pydantic import JsonValue

from operando.protocols.record import (
    FrameRow,
    open_samples,
    read_events,
    read_frames,
    read_journal,
    verify_record,
)
from support.said_samples import SaidSample, said_samples

__all__ = ["Check", "Heard", "completed", "examine"]

Check = Callable[[str, bool, str], None]
CHARGE_CURRENT_A = 120e-6
CHARGED_FOR_S = {"charge": 12.0, "discharge": -12.0}
EVERY_S = 0.2
RELATIVE_MOVES = (b"StgMove\0", b"StgMoveEx\0")
SCAN = b"ScScanXY\0"


@dataclass(frozen=True, slots=True)
class Heard:
    """What each instrument has heard, and what the scripts of the potentiostat have said, heard by anybody or not."""

    bytes_of: Mapping[str, bytes]
    said: tuple[str, ...]

    @classmethod
    def of(cls, answer: Mapping[str, object]) -> "Heard":
        """From the answer of the control door."""
        told = json.loads(json.dumps(answer))
        bytes_of: defaultdict[str, bytes] = defaultdict(bytes)
        for _, name, data in told["heard"]:
            bytes_of[name] += data.encode("latin-1")
        return cls(dict(bytes_of), tuple(text for _, text in told["said"]))


def examine(folder: Path, heard: Heard, check: Check) -> None:
    """Look at everything that a kill may not do."""
    verdict = verify_record(folder)
    check("the record verifies", verdict.ok and verdict.closed, str(verdict))
    said = _by_step(said_samples(heard.said))
    journal, events = read_journal(folder), read_events(folder)
    _nothing_twice(said, journal, check)
    if completed(events):
        _samples(folder, said, check)
        _charges(said, events, check)
        _rests(journal, events, check)
    _microscope(heard.bytes_of.get("sem", b""), journal, check)
    _frames(read_frames(folder), journal, events, check)


def completed(events: list[dict[str, JsonValue]]) -> bool:
    """Whether every action was carried out. On a computer with too much to do a run may end early, and safe."""
    return any(event["source"] == "run" and event["kind"] == "completed" for event in events)


def _by_step(samples: list[SaidSample]) -> dict[int, list[SaidSample]]:
    steps: defaultdict[int, list[SaidSample]] = defaultdict(list)
    for sample in samples:
        steps[sample.step].append(sample)
    return dict(steps)


def _samples(folder: Path, said: Mapping[int, list[SaidSample]], check: Check) -> None:
    recorded = open_samples(folder)
    numbers = np.sort(recorded["sequence"])
    check("every sample is recorded once", bool(np.array_equal(numbers, np.arange(len(numbers)))), "numbers jump")
    for step, samples in said.items():
        own = recorded[recorded["step"] == step]
        found = {round(float(elapsed_s), 4) for elapsed_s in own["elapsed_s"]}
        missing = [sample.elapsed_s for sample in samples if round(sample.elapsed_s, 4) not in found]
        check("no sample is lost that the instrument had", not missing, f"step {step}: {missing[:5]} of {len(samples)}")
        twice = len(own) - len(found)
        check("no sample is recorded twice", twice == 0, f"step {step}: {twice}")


def _nothing_twice(said: Mapping[int, list[SaidSample]], journal: list[dict[str, JsonValue]], check: Check) -> None:
    for step, samples in said.items():
        elapsed_s = [sample.elapsed_s for sample in samples]
        again = any(later <= before for before, later in pairwise(elapsed_s))
        check("no step is started twice", not again, f"step {step}")
    _no_action_twice(journal, check)


def _charges(said: Mapping[int, list[SaidSample]], events: list[dict[str, JsonValue]], check: Check) -> None:
    ends = {event["step"]: event for event in events if event["kind"] == "step ended"}
    for step, samples in said.items():
        end = ends.get(step)
        charge_C = math.nan if end is None or end["charge_C"] is None else float(str(end["charge_C"]))
        close = abs(charge_C - samples[-1].charge_C) <= CHARGE_CURRENT_A * EVERY_S
        check("the charge of a step is the instrument's", close, f"step {step}: {charge_C}, {samples[-1].charge_C}")
    for name, whole_s in CHARGED_FOR_S.items():
        own = [event for event in events if event["kind"] == "step ended" and _name(event) == name]
        charge_C = float(str(own[-1]["charge_C"])) if own and own[-1]["charge_C"] is not None else math.nan
        close = abs(charge_C - CHARGE_CURRENT_A * whole_s) <= CHARGE_CURRENT_A * EVERY_S * 1.01
        check("its charge is that of an uninterrupted run, within one sample", close, f"{name}: {charge_C}")


def _no_action_twice(journal: list[dict[str, JsonValue]], check: Check) -> None:
    """An action of the protocol is started once; again only if the instrument proved that it had never begun it."""
    started: Counter[int] = Counter()
    for entry in journal:
        details = entry.get("details")
        if not isinstance(details, dict):
            continue
        action = details.get("of_action")
        if entry.get("action") == "start step" and isinstance(action, int) and action:
            started[action] += 1
        if entry.get("what") == "step ended" and details.get("reason") == "not started":
            started[max(started, default=0)] -= 1
    for action, count in started.items():
        check("no action of the protocol is carried out twice", count <= 1, f"action {action}: {count} times")


def _microscope(heard: bytes, journal: list[dict[str, JsonValue]], check: Check) -> None:
    moves = sum(heard.count(command) for command in RELATIVE_MOVES)
    check("no relative move is repeated", moves == 0, f"{moves} moves by a distance or velocity")
    intents = sum(1 for entry in journal if str(entry.get("action", "")).startswith("scan"))
    scans = heard.count(SCAN)
    check("no scan is commanded that the journal does not have", scans <= intents, f"{scans} scans, {intents} intents")


def _frames(
    frames: list[FrameRow], journal: list[dict[str, JsonValue]], events: list[dict[str, JsonValue]], check: Check
) -> None:
    exposures = [entry for entry in journal if entry.get("action") == "scan"]
    recorded = len({(frame.region, frame.start_s) for frame in frames})
    lost = sum(1 for event in events if event["kind"] == "frame lost")
    told = recorded + lost == len(exposures)
    check("every exposure is recorded, or recorded as lost", told, f"{len(exposures)}: {recorded} and {lost} lost")
    once = Counter(
        (frame.trigger, frame.region, frame.detector)
        for frame in frames
        if frame.trigger.startswith(("rendezvous", "at the"))
    )
    twice = [key for key, count in once.items() if count > 1]
    check("no frame is exposed twice", not twice, str(twice))


def _rests(journal: list[dict[str, JsonValue]], events: list[dict[str, JsonValue]], check: Check) -> None:
    """Wherever a step is the first after a resume, the rest before it is told."""
    resumed = sum(1 for entry in journal if entry.get("entry") == "resumed")
    gaps = sum(1 for event in events if event["kind"] == "resumed")
    check("each time in which nobody listened is recorded", gaps <= resumed, f"{gaps} of {resumed}")
    waiting = ended = False
    missing = 0
    for event in events:
        if event["kind"] == "resumed":
            waiting = ended
        elif event["kind"] == "step ended":
            ended = True
        elif event["kind"] == "step adopted":
            waiting = True
        elif event["kind"] == "extra rest":
            waiting = False
        elif event["kind"] == "step started":
            missing += waiting
            waiting = False
    check("the extra rest before the next step is recorded", missing == 0, f"{missing} times not")


def _name(event: Mapping[str, JsonValue]) -> str:
    return str(event["message"]).partition(":")[0]
