"""One random experiment: a random protocol, random mishaps, and what must hold whatever happens.

What is judged is the simulated world and the folder, never the word of the runner.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import JsonValue

from operando.drivers.roles import Safety
from operando.protocols.document import parse_protocol
from operando.protocols.program import Program
from operando.protocols.record import open_samples, read_events, read_frames, verify_record
from operando.protocols.runner import RunOptions, RunOutcome, Steering
from operando.protocols.triggers.rerun import rerun
from support.laboratory import SimulatedBench
from support.mishaps import Mishap, random_mishaps
from support.protocol_generator import random_protocol
from support.witness import Seen, Witness

__all__ = ["Experiment", "carry_out"]

LOOK_EVERY_S = 1.0
WATCHED_S = 7200.0
INSTRUMENT_REACTS_S = 5.0
"""Sampling interval of the instrument at most, and its own way to the end of the script."""
UNWATCHED_BEAM_S = 3.0
"""The beam is blanked by the scan's own end, or by a command that waits for at most one exchange that is under way."""
BEAM_TEST_S = 8.0
"""The frame of the pre-flight is booked whole before it begins: 256 x 192 pixels of 120 us."""
WIRE_REACTS_S = 30.0
"""A link that is back is tried again each five seconds, and asked until what was under way is over."""
CHAMBER_REACTS_S = 25.0
"""Gauges are read each five seconds under the beam; a reading that fails is asked for again until it is stale."""
VOLTAGE_MARGIN_V = 5e-3
CURRENT_MARGIN_A = 2e-6
SMALL_CURRENT_A = 1e-6
"""Below it nothing drives the cell: what its voltage does then, no instrument can change."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What became of one seed."""

    seed: int
    ending: str
    exit_code: int
    reason: str
    mishaps: tuple[str, ...]
    violations: tuple[str, ...]
    pictures: int
    not_taken: int
    hours: float
    digest: str


def carry_out(seed: int, folder: Path) -> Experiment:
    """Run the experiment of a seed and judge it."""
    program = parse_protocol(random_protocol(seed))
    mishaps = random_mishaps(seed)
    bench = SimulatedBench.open()
    for mishap in mishaps:
        if mishap.prepare is not None:
            mishap.prepare(bench)
    witness = Witness(bench, LOOK_EVERY_S, WATCHED_S)

    def steer(steering: Steering) -> None:
        for mishap in mishaps:
            if mishap.wish is not None:
                mishap.wish(steering)

    outcome = bench.run_program(program, folder, RunOptions(steered_by=steer, wait_for_links_s=10.0))
    ended_s = bench.bench.clock.now()
    witness.look(ended_s)
    violations = [
        *_cell_inside(program, witness.seen),
        *_no_beam_in_bad_vacuum(bench, witness.seen),
        *_beam_only_where_booked(folder, bench, mishaps, witness.seen),
        *_safe_at_the_end(bench, outcome, mishaps, witness.seen[-1], ended_s),
        *_record(folder, outcome),
        *_captures_explained(folder),
        *_fires_again(folder),
    ]
    bench.bench.close()
    return Experiment(
        seed,
        str(outcome.ending),
        outcome.exit_code,
        outcome.reason,
        tuple(map(str, mishaps)),
        tuple(violations),
        outcome.pictures,
        outcome.captures_not_taken,
        ended_s / 3600.0,
        digest_of(folder),
    )


def digest_of(folder: Path) -> str:
    """Of everything recorded, in the order of the names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in {"environment.txt", "SHA256SUMS"}:
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _cell_inside(program: Program, seen: list[Seen]) -> list[str]:
    """While current is driven, the true voltage and current are not outside for longer than stated."""
    assert program.safety is not None
    (low_V, high_V), (low_A, high_A) = program.safety.voltage_V, program.safety.current_A
    tolerated_s = program.safety.host_tolerates_s + INSTRUMENT_REACTS_S
    outside_since: float | None = None
    for look in seen:
        driven = abs(look.current_A) > SMALL_CURRENT_A
        bad_voltage = not low_V - VOLTAGE_MARGIN_V <= look.voltage_V <= high_V + VOLTAGE_MARGIN_V
        bad_current = not low_A - CURRENT_MARGIN_A <= look.current_A <= high_A + CURRENT_MARGIN_A
        if not (bad_current or (driven and bad_voltage)):
            outside_since = None
            continue
        outside_since = look.time_s if outside_since is None else outside_since
        if look.time_s - outside_since > tolerated_s:
            return [f"the cell was outside from {outside_since:g} s: {look.voltage_V:.3f} V, {look.current_A:.2e} A"]
    return []


def _no_beam_in_bad_vacuum(bench: SimulatedBench, seen: list[Seen]) -> list[str]:
    limit_Pa = bench.bench.file.vacuum.beam_permitted_below
    since: float | None = None
    for look in seen:
        if not (look.beam_on and look.chamber_Pa >= limit_Pa):
            since = None
            continue
        since = look.time_s if since is None else since
        if look.time_s - since > CHAMBER_REACTS_S:
            return [f"the beam was on the specimen from {since:g} s at {look.chamber_Pa:.2g} Pa"]
    return []


def _beam_only_where_booked(folder: Path, bench: SimulatedBench, mishaps: list[Mishap], seen: list[Seen]) -> list[str]:
    """The true beam is on the specimen only during exposures that the record has announced, and dose was booked for.

    While the wire of the microscope is dead nobody can blank it; then the bound begins with the return of the wire.
    """
    allowed = [*_exposures_s(folder)]
    allowed += [(one.start_s, one.end_s + WIRE_REACTS_S) for one in mishaps if one.wire in ("sem", "eds")]
    since: float | None = None
    for look in seen:
        if not look.beam_on or any(begin_s <= look.time_s <= end_s for begin_s, end_s in allowed):
            since = None
            continue
        since = look.time_s if since is None else since
        if look.time_s - since > UNWATCHED_BEAM_S:
            return [f"the beam was on the specimen from {since:g} s, and no exposure is in the record"]
    return []


def _exposures_s(folder: Path) -> Iterator[tuple[float, float]]:
    """Run times between which the record says that the beam was on the specimen."""
    begun: dict[str, float] = {}
    for event in read_events(folder):
        if event["source"] != "dose":
            continue
        time_s, region = float(str(event["test_time_second"])), str(event["region"])
        if event["kind"] == "exposure begins":
            begun[region] = time_s
        elif event["spot"] is None and event["kind"] != "spots":
            yield (begun.pop(region), time_s) if region in begun else (time_s, time_s + BEAM_TEST_S)


def _safe_at_the_end(
    bench: SimulatedBench, outcome: RunOutcome, mishaps: list[Mishap], last: Seen, ended_s: float
) -> list[str]:
    """What is called safe is safe, and where a wire lived at the end, it was confirmed."""
    violations = []
    safe: dict[str, bool] = {}
    for state in outcome.safe_states:
        known = state.safety is Safety.CONFIRMED
        safe[state.instrument] = safe.get(state.instrument, True) and known
    if safe.get("potentiostat") and abs(last.current_A) > SMALL_CURRENT_A:
        violations.append(f"the cell is called safe and carries {last.current_A:.2e} A")
    if safe.get("sem") and last.beam_on:
        violations.append("the beam is called safe and is on the specimen")
    for wire, confirmed in safe.items():
        key = "box" if wire == "box gauge" else wire
        dead = any(m.wire == key and m.start_s <= ended_s and m.end_s > ended_s - 15.0 for m in mishaps)
        if not confirmed and not dead:
            violations.append(f"{wire} is not confirmed safe though its wire lived")
    return violations


def _record(folder: Path, outcome: RunOutcome) -> list[str]:
    violations = [f"the record: {finding}" for finding in verify_record(folder).problems]
    samples = open_samples(folder)
    if samples.size and (np.any(np.diff(samples["sequence"].astype(np.int64)) <= 0)):
        violations.append("samples are not in the order of their numbers")
    if samples.size and np.any(np.diff(samples["time_s"]) < -1e-6):
        violations.append("samples are not in the order of time")
    steps = [int(str(event["step"])) for event in read_events(folder) if event["kind"] == "step started"]
    if steps != sorted(set(steps)):
        violations.append(f"steps were started twice or out of order: {steps}")
    if len(read_frames(folder)) != outcome.pictures:
        violations.append(f"{outcome.pictures} pictures were counted, {len(read_frames(folder))} are in the record")
    if "defect" in outcome.reason:
        violations.append(f"the run ended by a defect: {outcome.reason}")
    times_s = [float(str(event["test_time_second"])) for event in read_events(folder)]
    if any(not math.isfinite(time_s) for time_s in times_s):
        violations.append("an event has no time")
    return violations


def _captures_explained(folder: Path) -> list[str]:
    """Each firing of a trigger was taken, or there is a reason why not: one answer for each, by line and sample."""
    events = read_events(folder)
    fired = Counter(_due(event) for event in events if event["kind"] == "fired")
    answers = Counter(_due(event) for event in events if event["kind"] in {"capture taken", "capture not taken"})
    violations = [f"{due} fired and was never answered" for due in (fired - answers)]
    violations += [f"{due} was answered {count} times" for due, count in answers.items() if count > max(1, fired[due])]
    without_reason = [event for event in events if event["kind"] == "capture not taken" and not event.get("why")]
    return [*violations, *(f"not taken, and nobody says why: {event['message']}" for event in without_reason)]


def _fires_again(folder: Path) -> list[str]:
    """The record, asked again, fires at the same samples."""
    asked = rerun(folder)
    if asked.agrees:
        return []
    missing, surplus = (
        [(one.trigger, one.outcome, one.time_s) for one in some] for some in (asked.missing, asked.surplus)
    )
    return [f"asked again, the record fires otherwise: without {missing}, with {surplus}"]


def _due(event: Mapping[str, JsonValue]) -> tuple[JsonValue, ...]:
    return event.get("line"), event.get("capture"), event.get("sample_s")
