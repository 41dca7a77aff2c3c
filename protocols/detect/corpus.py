"""Labelled recordings that detectors are judged by. Who has such a corpus offers it as an entry point."""

from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import ConfigMismatch
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["DEVELOPMENT", "HELD_OUT", "Corpus", "Event", "Recording", "corpus_named"]

GROUP = "operando.corpora"
DEVELOPMENT, HELD_OUT = "development", "held-out"


class Event(Protocol):
    """What truly happened, between two times."""

    @property
    def kind(self) -> str: ...

    @property
    def start_s(self) -> float: ...

    @property
    def end_s(self) -> float: ...


class Recording(Protocol):
    """One experiment: samples of dtype SAMPLE with their steps, readings with time_s, pressure_Pa and temperature_K."""

    @property
    def name(self) -> str: ...

    @property
    def steps(self) -> Sequence[StepFacts]: ...

    @property
    def samples(self) -> NDArray[np.void]: ...

    @property
    def readings(self) -> NDArray[np.void]: ...

    @property
    def events(self) -> Sequence[Event]: ...


class Corpus(Protocol):
    """Makes the recordings of a part of a corpus, the same ones each time."""

    def __call__(self, part: str, scale: float, share: tuple[int, int]) -> Iterator[Recording]:
        """Recordings one by one.

        Args:
            part: `DEVELOPMENT`, on which detectors are tuned, or `HELD_OUT`, on which they are judged.
            scale: 1 for all of it, less for a smaller corpus of the same kinds.
            share: (k, n): only the recordings k, k + n, k + 2 n and so on, so that n processes can share the work.
        """
        ...


def corpus_named(name: str) -> Corpus:
    """The corpus that an installed package offers by this name.

    Raises:
        ConfigMismatch: if none does.
    """
    offered = entry_points(group=GROUP)
    for entry in offered:
        if entry.name == name:
            return cast(Corpus, entry.load())
    raise ConfigMismatch(
        f"no corpus {name!r} is installed",
        remedy=f"Installed corpora: {', '.join(sorted(entry.name for entry in offered)) or 'none'}.",
    )
