"""What every role that can do something promises about being made safe."""

from operando.drivers.conformance.check import Check, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.severable import LineState
from operando.drivers.conformance.trial import Trial
from operando.drivers.roles import SafeState, Safety

__all__ = ["SAFE_S", "confirmed_safe", "unknown_when_cut"]

SAFE_S = 5.0
"""What a bench gives an instrument to make itself safe."""
ENDED = {
    Role.POTENTIOSTAT: Permission.CURRENT,
    Role.STAGE: Permission.MOVE,
    Role.COLUMN: Permission.BEAM,
    Role.SCANNER: Permission.BEAM,
    Role.EDS: Permission.SPECTRUM,
}
"""What being made safe may end, somebody else's step, scan or spectrum, is asked for by the word that allows it."""
BECAUSE = "a bench gives it so long, and never calls unsafe what it cannot reach safe"


def confirmed_safe(trial: Trial) -> Proven:
    """Make an instrument safe and see that it says so, in time."""
    state, took_s = trial.timed(trial.instrument.make_safe)
    told = isinstance(state, SafeState)
    yield held("it says how it was left", told, because="what is not said is not known", found=repr(state))
    if not told:
        return
    yield held("it is confirmed safe", state.safety is Safety.CONFIRMED, because="by read-back", found=state)
    yield between("it took", took_s, "s", highest=SAFE_S, because=BECAUSE)


def unknown_when_cut(role: Role) -> Check:
    """The check that no role calls itself safe over a dead link."""

    @check(role, "make_safe never raises for a dead link: it then says unknown.", ENDED[role], obedience=True)
    def unknown_when_cut(trial: Trial) -> Proven:
        trial.require_own_safe_state()
        for line in (LineState.PULLED, LineState.SILENT):
            with trial.line(line):
                state, took_s = trial.timed(trial.instrument.make_safe)
            unknown = state.safety is Safety.UNKNOWN
            yield held(f"with the wire {line} it says unknown", unknown, because="nothing was confirmed", found=state)
            yield between(f"with the wire {line} it took", took_s, "s", highest=SAFE_S, because=BECAUSE)
        yield from confirmed_safe(trial)

    return unknown_when_cut
