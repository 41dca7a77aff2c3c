"""The corpus: recordings of healthy and failing cells, one after the other, each from a seed of its own.

Seeds of the two parts never meet: detectors are tuned on one, and judged on the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from operando.simulators.corpus.cells import Drawn, cell_about_to_short, drawn_cell
from operando.simulators.corpus.experiment import Experiment
from operando.simulators.corpus.leaks import box_recording
from operando.simulators.corpus.programs import play_full, play_symmetric
from operando.simulators.corpus.recording import READING, LabelledEvent, LabelledRecording

__all__ = ["DEVELOPMENT", "HELD_OUT", "labelled_corpus"]

DEVELOPMENT: Final = "development"
HELD_OUT: Final = "held-out"
_FIRST_SEED: Final = MappingProxyType({DEVELOPMENT: 1_000_000, HELD_OUT: 2_000_000})
_OF_A_KIND = 10_000

_QUIET_HOURS, _EVENT_HOURS = 10.0, 2.5
_SOFT_SHORT_OHM = (300.0, 1.0e5)
_SYMMETRIC_SOFT_SHORT_OHM = (20.0, 400.0)
"""A short that takes a share of the current worth naming from a cell of some hundred ohm at some ten millivolt."""
_HARD_SHORT_OHM = (1.0, 10.0)
_SYMMETRIC_HARD_SHORT_OHM = (0.5, 5.0)
_CONTACT_LEFT = (0.1, 0.5)
"""Share of the contact that is left of what there was."""
_MINUTE_S = 60.0

#: how many recordings of each kind the whole corpus has
_COUNTS: Final = MappingProxyType(
    {"healthy": 40, "soft short": 100, "own short": 40, "hard short": 60, "contact loss": 60, "leak": 60, "tight": 12}
)


def labelled_corpus(part: str, scale: float = 1.0, share: tuple[int, int] = (0, 1)) -> Iterator[LabelledRecording]:
    """The recordings of a part of the corpus, made one by one; the same ones each time.

    Args:
        part: "development" or "held-out".
        scale: 1 for the whole corpus with 400 h of healthy cells; less for a smaller one of the same kinds.
        share: (k, n) for the recordings k, k + n, k + 2 n and so on, so that n processes can share the work.

    Raises:
        KeyError: no such part.
    """
    begin, step = share
    for seed, name in _listed(_FIRST_SEED[part], scale)[begin::step]:
        yield _MAKERS[name](seed, np.random.default_rng(seed))


def _listed(first_seed: int, scale: float) -> list[tuple[int, str]]:
    """Seed and kind of each recording."""
    return [
        (first_seed + kind * _OF_A_KIND + number, name)
        for kind, (name, count) in enumerate(_COUNTS.items())
        for number in range(max(1, round(scale * count)))
    ]


def _healthy(seed: int, random: np.random.Generator) -> LabelledRecording:
    drawn = drawn_cell(random, seed, _QUIET_HOURS)
    return _recorded("healthy", seed, drawn, random, ())


def _soft_short(seed: int, random: np.random.Generator) -> LabelledRecording:
    drawn = drawn_cell(random, seed, _EVENT_HOURS)
    median_ohm = _log_uniform(random, _SYMMETRIC_SOFT_SHORT_OHM if _symmetric(drawn) else _SOFT_SHORT_OHM)
    start_s, end_s = _moment(drawn, random, 0.2, 0.8), None
    if random.random() < 0.5:
        end_s = min(start_s + _log_uniform(random, (300.0, 3600.0)), drawn.programme.until_s)
    begun = LabelledEvent("soft short", start_s, drawn.programme.until_s if end_s is None else end_s)
    experiment = Experiment(drawn.cell, drawn.start_s, drawn.programme.until_s)
    experiment.call_at(start_s, lambda now: drawn.cell.inject_soft_short(now, median_ohm))
    if end_s is not None:
        experiment.call_at(end_s, drawn.cell.end_injected_short)
    return _recorded(f"soft short of {median_ohm:.0f} ohm", seed, drawn, random, (begun,), experiment)


def _own_short(seed: int, random: np.random.Generator) -> LabelledRecording:
    """A cell that shorts by itself; when is known afterwards, from the truth."""
    drawn = cell_about_to_short(random, seed, 2.0 * _EVENT_HOURS)
    recording = _recorded("short of its own", seed, drawn, random, ())
    last_s = float(recording.samples["time_s"][-1])
    minutes = np.arange(np.ceil(drawn.start_s / _MINUTE_S) * _MINUTE_S, last_s, _MINUTE_S)
    shorted = [float(now) for now in minutes if drawn.cell.at(float(now)).short_ohm < np.inf]
    events = (LabelledEvent("soft short", shorted[0], last_s),) if shorted else ()
    return LabelledRecording(recording.name, seed, recording.steps, recording.samples, recording.readings, events)


def _hard_short(seed: int, random: np.random.Generator) -> LabelledRecording:
    drawn = drawn_cell(random, seed, _EVENT_HOURS)
    ohm = _log_uniform(random, _SYMMETRIC_HARD_SHORT_OHM if _symmetric(drawn) else _HARD_SHORT_OHM)
    start_s = _moment(drawn, random, 0.2, 0.9)
    experiment = Experiment(drawn.cell, drawn.start_s, drawn.programme.until_s)
    experiment.call_at(start_s, lambda now: drawn.cell.inject_hard_short(now, ohm))
    begun = LabelledEvent("hard short", start_s, drawn.programme.until_s)
    return _recorded(f"hard short of {ohm:.1f} ohm", seed, drawn, random, (begun,), experiment)


def _contact_loss(seed: int, random: np.random.Generator) -> LabelledRecording:
    drawn = drawn_cell(random, seed, _EVENT_HOURS)
    start_s, share = _moment(drawn, random, 0.2, 0.7), float(random.uniform(*_CONTACT_LEFT))
    torn: list[LabelledEvent] = []

    def tear(now: float) -> None:
        drawn.cell.inject_contact_loss(1.0 - share * (1.0 - drawn.cell.at(now).contact_loss), now)
        torn.append(LabelledEvent("contact loss", now, drawn.programme.until_s))

    experiment = Experiment(drawn.cell, drawn.start_s, drawn.programme.until_s)
    experiment.call_under_current(start_s, tear)
    return _recorded(f"contact torn to {share:.2f}", seed, drawn, random, torn, experiment)


def _recorded(
    what: str,
    seed: int,
    drawn: Drawn,
    random: np.random.Generator,
    events: Sequence[LabelledEvent],
    experiment: Experiment | None = None,
) -> LabelledRecording:
    experiment = experiment or Experiment(drawn.cell, drawn.start_s, drawn.programme.until_s)
    play = play_symmetric if _symmetric(drawn) else play_full
    play(experiment, drawn.programme, random)
    samples = experiment.samples(drawn.surroundings, random)
    name = f"{what}: {drawn.title}, seed {seed}"
    return LabelledRecording(name, seed, tuple(experiment.steps), samples, np.zeros(0, READING), tuple(events))


def _symmetric(drawn: Drawn) -> bool:
    return drawn.arrangement == "symmetric"


def _moment(drawn: Drawn, random: np.random.Generator, earliest: float, latest: float) -> float:
    share = float(random.uniform(earliest, latest))
    return drawn.start_s + share * (drawn.programme.until_s - drawn.start_s)


def _log_uniform(random: np.random.Generator, between: tuple[float, float]) -> float:
    low, high = np.log(between)
    return float(np.exp(random.uniform(low, high)))


_MAKERS: Mapping[str, Callable[[int, np.random.Generator], LabelledRecording]] = {
    "healthy": _healthy,
    "soft short": _soft_short,
    "own short": _own_short,
    "hard short": _hard_short,
    "contact loss": _contact_loss,
    "leak": lambda seed, random: box_recording(seed, random, leaks=True),
    "tight": lambda seed, random: box_recording(seed, random, leaks=False),
}
