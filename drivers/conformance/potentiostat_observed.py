"""A potentiostat that is only watched: it starts and ends nothing, says so, and tells everything that it sees once."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from operando.drivers.conformance.check import NotOffered, Proven, Role, check
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.safety import BECAUSE, SAFE_S
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import LimitRefused
from operando.drivers.roles import (
    SAMPLE,
    Guard,
    KnownOfStep,
    OpenCircuit,
    Potentiostat,
    Safety,
    Samples,
    Step,
)

__all__ = ["CHECKS"]

WATCHED_S, EVERY_S, SLOWLY = 60.0, 1.0, 17
"""For how long it is watched, how often one client asks, and how many times less often the other one does."""
FEWEST = 3


def _require_watched(potentiostat: Potentiostat) -> None:
    if not potentiostat.capabilities.observed:
        raise NotOffered("observed")


@check(
    Role.POTENTIOSTAT,
    "One that is only watched refuses to start, end and adopt, and never calls the cell safe, which others have.",
    effect=True,
)
def only_watches(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    _require_watched(potentiostat)
    step = Step(1, OpenCircuit(), Guard((0.0, 5.0), (-1e-6, 1e-6), 10.0), duration_s=10.0)
    attempts: dict[str, Callable[[], object]] = {
        "to start": partial(potentiostat.start, step),
        "to end": potentiostat.end_step,
        "to adopt": partial(potentiostat.adopt, step, KnownOfStep(trial.clock.now(), 1.0, ())),
    }
    for what, attempt in attempts.items():
        refused, said = trial.refused(attempt, LimitRefused)
        yield held(f"{what} is refused", refused, because="another program has the cell", found=said)
    state, took_s = trial.timed(potentiostat.make_safe)
    unknown = state.safety is Safety.UNKNOWN
    yield held("it says that safety is unknown", unknown, because="the cell is in other hands", found=state)
    yield between("it took", took_s, "s", highest=SAFE_S, because=BECAUSE)


@check(Role.POTENTIOSTAT, "One that is only watched tells what the other program writes: none twice, none missing.")
def follows(trial: Trial) -> Proven:
    often = trial.potentiostat
    _require_watched(often)
    with trial.another_client() as roles:
        slowly = roles.potentiostat
        assert slowly is not None, "another client of the same driver"
        said, said_slowly = _watched(trial, often, slowly)
    if len(said) < FEWEST:
        raise NotOffered(f"a program that writes {FEWEST} rows within {WATCHED_S:g} s")
    for rows, who in ((said, "asked often"), (said_slowly, "asked slowly")):
        gaps = np.diff(rows["sequence"].astype(np.int64))
        yield held(f"{who}, running numbers have no gap", bool(np.all(gaps == 1)), because="none twice", found=gaps)
        nearest_s = float(np.min(np.diff(rows["time_s"]), initial=np.inf))
        yield between(f"{who}, nearest two samples", nearest_s, "s", lowest=1e-6, because="time goes on")
    first_s = max(float(rows["elapsed_s"][0]) for rows in (said, said_slowly))
    same = {(row["step"].item(), row["elapsed_s"].item()) for row in said if row["elapsed_s"] >= first_s}
    slow = {(row["step"].item(), row["elapsed_s"].item()) for row in said_slowly if row["elapsed_s"] >= first_s}
    because = "what is there does not depend on how often somebody looks"
    yield between("samples that one was told and not the other", len(same ^ slow), "", 0, 0, because=because)


def _watched(trial: Trial, often: Potentiostat, slowly: Potentiostat) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """What each of them tells; both are asked once more at the end, so that both have seen the same file."""
    often.poll()
    heard: tuple[list[Samples], list[Samples]] = ([], [])
    for look in range(1, round(WATCHED_S / EVERY_S) + 1):
        trial.wait(EVERY_S)
        heard[0].append(often.poll())
        if look % SLOWLY == 0:
            heard[1].append(slowly.poll())
    heard[0].append(often.poll())
    heard[1].append(slowly.poll())
    return _rows(heard[0]), _rows(heard[1])


def _rows(heard: list[Samples]) -> NDArray[np.void]:
    return np.concatenate([np.empty(0, SAMPLE), *(samples.block for samples in heard)])


CHECKS = (only_watches, follows)
