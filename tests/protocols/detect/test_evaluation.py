"""Counting: what was found, missed and false, and how sure one may be of it."""

import json
import os
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import pytest_mock
from support.corpora import SMALL, small_corpus
from support.signals import MadeStep, quiet_V, samples_of

from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.detect import run_eval
from operando.protocols.detect.corpus import corpus_named
from operando.protocols.detect.evaluation import evaluate, merged
from operando.protocols.detect.intervals import poisson_interval, wilson_interval
from operando.simulators.corpus import (
    DEVELOPMENT,
    HELD_OUT,
    LabelledEvent,
    LabelledRecording,
    RecordedStep,
    labelled_corpus,
)
from operando.simulators.corpus.recording import READING

FULL = bool(os.environ.get("OPERANDO_FULL"))


def recording(collapses_at: int | None, events: tuple[LabelledEvent, ...]) -> LabelledRecording:
    voltage_V = quiet_V(3601)
    if collapses_at is not None:
        voltage_V[collapses_at:] = 0.1
    step = MadeStep()
    steps = (RecordedStep(step.number, step.name, step.started_s, step.step),)
    return LabelledRecording("made up", 1, steps, samples_of(voltage_V), np.zeros(0, READING), events)


HARD = LabelledEvent("hard short", 1000.0, 3601.0)


def test_found_missed_and_false_are_counted() -> None:
    tally = evaluate([recording(1000, (HARD,)), recording(None, (HARD,)), recording(2000, ())])["hard short"]
    assert (tally.events, tally.found, tally.false_alarms) == (2, 1, 1)
    assert tally.delays_s == [3.0]
    assert (tally.precision, tally.recall) == (0.5, 0.5)
    assert tally.hours == pytest.approx(3.0 - 2 * 2601.0 / 3600.0)
    assert [note.split(":")[0] for note in tally.notes] == ["missed", "false"]


def test_one_short_called_another_is_neither_found_nor_false() -> None:
    soft = LabelledEvent("soft short", 1000.0, 3601.0)
    tally = evaluate([recording(1000, (soft,))])["hard short"]
    assert (tally.found, tally.false_alarms) == (0, 0)


def test_parts_add_up() -> None:
    first, second = evaluate([recording(1000, (HARD,))]), evaluate([recording(None, ())])
    both = merged([first, second])["hard short"]
    assert both.found == 1
    assert both.hours == pytest.approx(first["hard short"].hours + 1.0)


def test_wilson_interval_of_a_share() -> None:
    # Newcombe, Stat. Med. 1998, 17, 857, method 3
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("count", "below", "above"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)])
def test_exact_interval_of_a_count(count: int, below: float, above: float) -> None:
    assert poisson_interval(count) == pytest.approx((below, above), abs=1e-3)


def test_soft_short_on_seeds_that_no_detector_was_tuned_on() -> None:
    tally = evaluate(labelled_corpus(HELD_OUT) if FULL else small_corpus(HELD_OUT))["soft short"]
    assert tally.precision >= 0.95, tally.notes
    assert tally.recall >= 0.95, tally.notes
    assert tally.false_alarms_per_100_h <= 1.0, tally.notes
    if FULL:
        assert tally.hours >= 300.0
        assert tally.median_delay_s < 10.0


def test_corpus_is_offered_by_name() -> None:
    assert corpus_named("simulated-cell") is labelled_corpus
    with pytest.raises(ConfigMismatch, match="no corpus 'real'"):
        corpus_named("real")


def _corpus(
    recordings: Sequence[LabelledRecording],
) -> Callable[[str, float, tuple[int, int]], Sequence[LabelledRecording]]:
    """A corpus of these recordings, of which each share takes its own."""
    return lambda part, scale, share: recordings[share[0] :: share[1]]


def test_command_prints_a_line_for_each_detector(
    capsys: pytest.CaptureFixture[str], mocker: pytest_mock.MockerFixture
) -> None:
    of_each_kind = small_corpus()
    offered = mocker.patch("operando.protocols.cli.detect.corpus_named", return_value=_corpus(of_each_kind))
    # of two shorts one takes its time, and the median is late
    assert run_eval("small", held_out=False, scale=SMALL, processes=1, notes=True, as_json=True) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [row["detector"] for row in rows] == ["soft short", "hard short", "contact loss", "leak"]
    assert all(row["part"] == DEVELOPMENT for row in rows)
    offered.return_value = _corpus(of_each_kind[2:3])
    assert run_eval("small", held_out=False, scale=SMALL, processes=1, notes=False, as_json=False) == 0
    assert "| soft short | 1 | 1.000 (0.207 to 1.000) |" in capsys.readouterr().out
