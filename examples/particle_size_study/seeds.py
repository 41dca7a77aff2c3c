"""Does the pattern hold for cells that were never looked at? The study again and again, each time with other seeds.

python examples/particle_size_study/seeds.py --count 20 [--first-seed 12000] [--out DIR] [--processes 2] [--keep]

What a pair of cells has shown is kept in the folder at once: the same command goes on where it was stopped, and a
larger count adds pairs. Pairs that another version of the study has measured are refused and not counted.

Exit code 1 if the pattern does not hold in all pairs but one in twenty, 2 if something could not be run or measured.
Measured values that are out of their limits of error are told and counted too, and do not decide the exit code.

Seeds 5000 to 5005, 6000 to 6005, 7000 to 7009, 8000 to 8027, 9000 to 9039, 10000 to 10019 and 11000 to 11005 were
looked at while the study was developed, and 6000 to 6003 are those of a standing check: they are no proof any more.
"""

import argparse
import json
import math
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cells import measured_runs, told_plainly
from fingerprint import fingerprint_of_study
from measuring import Measurements
from pattern import failures
from scoring import Score, scores
from specimens import Specimen
from verdict import Finding, compared, contact_loss, modes, tortuosity, winding_words

from operando.drivers.errors import ConfigMismatch
from operando.protocols.analysis import Measured

__all__ = ["Outcome", "outcome_of"]

_ALLOWED = 0.05
_BATCHES = ("fine", "coarse")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pair of cells has shown, the first of each two fine and the second coarse.

    Args:
        version: of the study that has measured it.
        broken: what of the pattern was not found, in words.
        numbers: on which that rests, in words.
        findings: every comparison: question, both values with uncertainty and what would have been seen, unit, more.
        cracks: straight or sinuous, in words.
        modes: of failure that a cell shows, in their order in time.
        judged: how many measured values there are that have a limit of error.
        out_of_limit: those that are out of it: batch, quantity, cycle, measured, true, limit.
    """

    seed: int
    version: str
    broken: list[str]
    numbers: str
    findings: list[dict[str, object]]
    cracks: list[str]
    modes: list[list[str]]
    judged: int
    out_of_limit: list[dict[str, object]]


def main() -> int:
    """Run pairs of cells of both batches, and count how often the pattern holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=12000)
    parser.add_argument("--out", type=Path, default=Path("particle_size_seeds"))
    parser.add_argument("--keep", action="store_true", help="keep the records")
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    asked = parser.parse_args()
    seeds = [asked.first_seed + 2 * number for number in range(asked.count)]
    for seed in seeds:
        _kept(asked.out, seed)  # refused before a cell is run
    found = []
    for number, seed in enumerate(seeds, 1):
        one = outcome_of(seed, asked.out, keep=asked.keep, processes=asked.processes)
        found.append(one)
        told = "; ".join(one.broken) or "the pattern holds"
        print(f"{number}: seeds {one.seed} and {one.seed + 1}: {told}; {one.numbers}; {_limits(one)}", flush=True)
    held = sum(not one.broken for one in found)
    print(f"the pattern holds in {held} of {asked.count}")
    print(_counted(found))
    return 0 if asked.count - held <= _ALLOWED * asked.count else 1


def outcome_of(seed: int, out: Path, *, keep: bool, processes: int) -> Outcome:
    """What a pair of cells shows, from its file if it was run before.

    Raises:
        ConfigMismatch: if another version of the study has measured it, or the study is changed meanwhile.
    """
    before = _kept(out, seed)
    if before is not None:
        return before
    cells = [Specimen(batch, seed + index, out / f"{batch}-{seed + index}") for index, batch in enumerate(_BATCHES)]
    version = fingerprint_of_study()
    pair = measured_runs(cells, processes)
    if fingerprint_of_study() != version:
        what = "the source of the study was changed while this pair was run and measured"
        remedy = "Nothing was kept of it: run it again."
        raise ConfigMismatch(what, where=f"seeds {seed} and {seed + 1}", remedy=remedy)
    scored = [one for cell, run in zip(cells, pair, strict=True) for one in scores(cell.batch, cell.folder, run)]
    one = _outcome(seed, version, pair, scored)
    text = json.dumps(asdict(one), indent=1, allow_nan=False)
    _file(out, seed).write_text(text + "\n", encoding="utf-8")
    if not keep:
        for cell in cells:
            shutil.rmtree(cell.folder)
    return one


def _file(out: Path, seed: int) -> Path:
    return out / f"{seed}.json"


def _kept(out: Path, seed: int) -> Outcome | None:
    """What was kept of a pair; None if there is nothing."""
    file = _file(out, seed)
    if not file.is_file():
        return None
    told, version = json.loads(file.read_text(encoding="utf-8")), fingerprint_of_study()
    if told.get("version") != version:
        what = f"this pair was measured by another version of the study ({told.get('version')}, this one is {version})"
        remedy = "It is not counted together with others: name another folder with --out, or remove this file."
        raise ConfigMismatch(what, where=str(file), remedy=remedy)
    return Outcome(**told)


def _outcome(seed: int, version: str, pair: Sequence[Measurements], scored: Sequence[Score]) -> Outcome:
    fine, coarse = pair
    return Outcome(
        seed,
        version,
        failures(fine, coarse),
        _numbers(fine, coarse),
        [_finding(one) for one in compared(fine, coarse)],
        [winding_words(tortuosity(one.cracks)) for one in pair],
        [[mode.name for mode in modes(one) if mode.shown] for one in pair],
        sum(one.within is not None for one in scored),
        [_score(one) for one in scored if one.within is False],
    )


def _finding(one: Finding) -> dict[str, object]:
    first, second = _value(one.first), _value(one.second)
    return {"question": one.question, "first": first, "second": second, "unit": one.unit, "more": one.more}


def _score(one: Score) -> dict[str, object]:
    at = {"batch": one.batch, "quantity": one.quantity, "cycle": one.cycle, "unit": one.unit}
    return {**at, "measured": _value(one.measured), "true": one.true, "limit": one.limit}


def _value(one: Measured) -> dict[str, float | None]:
    """JSON has no NaN: what is not known is null."""
    return {name: None if math.isnan(value) else value for name, value in asdict(one).items()}


def _limits(one: Outcome) -> str:
    out = [f"{score['batch']} {score['quantity']} after {score['cycle']} cycles" for score in one.out_of_limit]
    return f"out of their limits: {', '.join(out)}" if out else "all values within their limits"


def _counted(found: Sequence[Outcome]) -> str:
    counts = Counter(f"{score['batch']} {score['quantity']}" for one in found for score in one.out_of_limit)
    told = f"{counts.total()} of {sum(one.judged for one in found)} values with a limit are out of it"
    return "\n".join([told, *(f"  {count} times {name}" for name, count in sorted(counts.items()))])


def _numbers(fine: Measurements, coarse: Measurements) -> str:
    losses = [contact_loss(one.contact) for one in (fine, coarse)]
    lost = ", ".join(f"{loss.value:.3f} +- {loss.uncertainty:.3f}" for loss in losses)
    winding = ", ".join(f"{tortuosity(one.cracks).value:.3f}" for one in (fine, coarse))
    return f"contact lost {lost}; tortuosity {winding}"


if __name__ == "__main__":
    sys.exit(told_plainly(main))
