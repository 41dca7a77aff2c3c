"""`operando detect eval`: how well the detectors do on a labelled corpus."""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from math import isnan

import typer
from rich.console import Console

from operando.protocols.cli.working import working
from operando.protocols.detect.corpus import DEVELOPMENT, HELD_OUT, corpus_named
from operando.protocols.detect.evaluation import Tally, evaluate, merged

__all__ = ["run_eval"]

DONE, FAILED = 0, 1
SHARES = 16
"""Of the work, so that a bar can tell how far it is; more than there are processes."""

LEAST_PRECISION = LEAST_RECALL = 0.95
MOST_FALSE_ALARMS_PER_100_H = 1.0
MOST_MEDIAN_DELAY_S = 10.0
JUDGED = "soft short"


def run_eval(corpus: str, *, held_out: bool, scale: float, processes: int, notes: bool, as_json: bool) -> int:
    """Judge the detectors and print a row for each.

    Returns:
        1 if the soft short misses what is asked of it, else 0.

    Raises:
        ConfigMismatch: if there is no such corpus.
    """
    part = HELD_OUT if held_out else DEVELOPMENT
    corpus_named(corpus)
    with working(Console(), "detectors", quiet=as_json) as progress:
        tallies = _judged(corpus, part, scale, processes, progress)
    if as_json:
        lines = [json.dumps(_as_json(name, part, tally)) for name, tally in tallies.items()]
    else:
        lines = [f"the {part} part of {corpus}, with 95 % intervals; hours without an event", "", *_table(tallies)]
    if notes:
        lines += [f"{name}: {note}" for name, tally in tallies.items() for note in tally.notes]
    for line in lines:
        typer.echo(line)
    return DONE if _good_enough(tallies[JUDGED]) else FAILED


def _judged(
    corpus: str, part: str, scale: float, processes: int, progress: Callable[[int, int], None]
) -> dict[str, Tally]:
    share = partial(_share_judged, corpus, part, scale, SHARES)
    if processes == 1:
        return merged(_counted(map(share, range(SHARES)), progress))
    with ProcessPoolExecutor(processes) as pool:
        return merged(_counted(pool.map(share, range(SHARES)), progress))


def _counted(tallies: Iterable[dict[str, Tally]], progress: Callable[[int, int], None]) -> Iterator[dict[str, Tally]]:
    for number, tally in enumerate(tallies):
        progress(number, SHARES)
        yield tally


def _share_judged(corpus: str, part: str, scale: float, shares: int, share: int) -> dict[str, Tally]:
    return evaluate(corpus_named(corpus)(part, scale, (share, shares)))


def _good_enough(tally: Tally) -> bool:
    return (
        tally.precision >= LEAST_PRECISION
        and tally.recall >= LEAST_RECALL
        and tally.false_alarms_per_100_h <= MOST_FALSE_ALARMS_PER_100_H
        and tally.median_delay_s < MOST_MEDIAN_DELAY_S
    )


def _table(tallies: dict[str, Tally]) -> list[str]:
    """Lines of a table in Markdown."""
    headings = ("detector", "events", "precision", "recall", "delay: median, 90 %", "hours", "false alarms in 100 h")
    lines = [f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]
    for name, tally in tallies.items():
        below, above = tally.false_alarm_interval
        cells = (
            name,
            str(tally.events),
            f"{_share(tally.precision)} {_between(tally.precision_interval)}",
            f"{_share(tally.recall)} {_between(tally.recall_interval)}",
            f"{tally.median_delay_s:.1f} s, {tally.late_delay_s:.1f} s",
            f"{tally.hours:.0f}",
            f"{tally.false_alarms_per_100_h:.2f} ({below:.2f} to {above:.2f})",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _share(value: float) -> str:
    return "-" if isnan(value) else f"{value:.3f}"


def _between(interval: tuple[float, float]) -> str:
    return f"({interval[0]:.3f} to {interval[1]:.3f})"


def _as_json(name: str, part: str, tally: Tally) -> dict[str, object]:
    return {
        "detector": name,
        "part": part,
        "events": tally.events,
        "found": tally.found,
        "false_alarms": tally.false_alarms,
        "hours_without": round(tally.hours, 3),
        "precision": _number(tally.precision),
        "precision_95": tally.precision_interval,
        "recall": _number(tally.recall),
        "recall_95": tally.recall_interval,
        "median_delay_s": _number(tally.median_delay_s),
        "delay_90_percent_s": _number(tally.late_delay_s),
        "false_alarms_per_100_h": _number(tally.false_alarms_per_100_h),
        "false_alarms_per_100_h_95": tally.false_alarm_interval,
    }


def _number(value: float) -> float | None:
    return None if isnan(value) else value
