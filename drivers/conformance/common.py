"""What every instrument promises, whatever its role: who it is, how it says so, and what a lost wire does to it."""

from collections.abc import Callable

from operando.drivers.conformance.check import Check, Proven, Role, check
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.severable import LineState
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import DeviceFault, InstrumentError
from operando.drivers.roles import Identity, Quality

__all__ = ["checks_of"]

ONE_EXCHANGE_S = 3.0
DEADLINE_S = 10.0


def _identity(trial: Trial) -> Proven:
    instrument = trial.instrument
    identity, took_s = trial.timed(instrument.identify)
    again = instrument.identify()
    named = (identity.vendor, identity.model, identity.address)
    yield held("vendor, model and address are given", all(named), because="a record names them", found=identity)
    yield held("it says the same twice", identity == again, because="an identity does not change", found=again)
    name_told = instrument.name == trial.player.instrument
    yield held("it goes by its name of the bench file", name_told, because="errors name it", found=instrument.name)
    yield between("identify took", took_s, "s", highest=ONE_EXCHANGE_S, because="no call waits longer than an exchange")


def _keeps_alive(trial: Trial) -> Proven:
    every_s = trial.instrument.keep_alive_every_s
    trial.instrument.keep_alive()
    if every_s is not None:
        yield between("a sign of life every", every_s, "s", lowest=0.1, because="more often would be all it does")
    yield held("it still answers", bool(trial.instrument.identify().model), because="a sign of life changes nothing")


def _second_client(trial: Trial) -> Proven:
    before = trial.instrument.identify()
    answer = "refused"
    try:
        with trial.another_client() as roles:
            others = [role.identify() for role in roles.all()]
            answer = "served" if before in others else f"answered {others}"
            yield from _undisturbed(trial, before, "while the second one is there")
    except InstrumentError as error:
        yield held("the refusal says where", bool(error.where), because="people must know which one", found=error)
    right = answer in ("served", "refused")
    yield held("the second one gets the right answer or an error", right, because="two clients", found=answer)
    yield from _undisturbed(trial, before, "after the second one has left")


def _undisturbed(trial: Trial, before: Identity, when: str) -> Proven:
    now = trial.instrument.identify()
    yield held(f"the first client gets the right answer {when}", now == before, because="two clients", found=now)


def _silent_line(trial: Trial) -> Proven:
    trial.require_talk()
    yield from _cut(trial, LineState.SILENT, "a silent wire is told")


def _pulled_cable(trial: Trial) -> Proven:
    yield from _cut(trial, LineState.PULLED, "a lost wire is told")


def _cut(trial: Trial, state: LineState, because: str) -> Proven:
    _exchange(trial)
    with trial.line(state):
        (error, what), took_s = trial.timed(lambda: trial.refused(lambda: _exchange(trial), InstrumentError))
    yield held(f"with the wire {state} it says so", error, because=because, found=what)
    yield between("it took", took_s, "s", highest=DEADLINE_S, because="a call ends by its deadline")
    yield held("the next exchange is right", bool(_exchange(trial)), because="the link is opened anew")


def _exchange(trial: Trial) -> object:
    """Who it is; of a sensor what it reads, because not every sensor knows who it is.

    Raises:
        InstrumentError: if nothing comes, or a reading that is not good.
    """
    if trial.reading is None:
        return trial.instrument.identify()
    reading = trial.reading()
    if reading.quality is not Quality.OK:
        raise DeviceFault(f"a reading that is {reading.quality}: {reading.detail}", where=trial.instrument.name)
    return reading


COMMON: tuple[tuple[str, str, Callable[[Trial], Proven]], ...] = (
    ("identity", "identify() asks the instrument who it is and never changes anything.", _identity),
    ("keeps_alive", "keep_alive() sends whatever keeps the instrument from forgetting its client.", _keeps_alive),
    ("second_client", "A second client is served or refused, and the first one is not disturbed.", _second_client),
    ("silent_line", "A fault ends in the right error by the deadline, and the next exchange is right.", _silent_line),
    ("pulled_cable", "A lost link is an error at once, and is opened anew at the next use.", _pulled_cable),
)


def checks_of(role: Role) -> tuple[Check, ...]:
    """The common checks, for one role."""
    return tuple(check(role, promise, name=name)(prove) for name, promise, prove in COMMON)
