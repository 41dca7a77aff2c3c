"""A spectrometer: live time is live time, an acquisition ends by itself, and it can be polled and stopped."""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from operando.drivers.conformance.beam import apply_and_wait, beam_up
from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import Curve, between, held
from operando.drivers.conformance.safety import confirmed_safe, unknown_when_cut
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import LimitRefused
from operando.drivers.roles import Blanking, EdsSettings, Spectrum

__all__ = ["CHECKS"]

AT_ONCE_S = 3.0
LIVE_S = 1.0
BRIGHT_S = 4.0
LATE_S = 10.0
LONG_S = 60.0
ENOUGH_COUNTS = 2000
ENOUGH_TO_SEE = 50
ENOUGH_DEAD = 0.005
WIDEST_eV = 100.0


@check(
    Role.EDS, "configure sets number of channels and peaking time; spectra have as many channels.", Permission.SPECTRUM
)
def configures(trial: Trial) -> Proven:
    eds = trial.eds
    offered = eds.capabilities.channels
    yield held("numbers of channels are offered", bool(offered), because="a protocol chooses one", found=offered)
    default = EdsSettings()
    for channels in (min(offered), default.channels if default.channels in offered else max(offered)):
        eds.configure(EdsSettings(channels=channels))
        found = _acquired(trial, max(LIVE_S / 5, eds.capabilities.shortest_preset_s))
        yield between("channels of a spectrum", len(found.counts), "", channels, channels, because="as configured")
        yield between("width of a channel", found.channel_width_eV, "eV", 0.1, WIDEST_eV, because="in eV, not in keV")
    wrong = EdsSettings(channels=max(offered) + 1)
    refused, said = trial.refused(lambda: eds.configure(wrong), LimitRefused)
    yield held(
        "a number that is not offered is refused", refused, because="checked before anything is sent", found=said
    )


@check(Role.EDS, "start refuses a time shorter than the shortest preset by LimitRefused.", Permission.SPECTRUM)
def refuses_limits(trial: Trial) -> Proven:
    eds = trial.eds
    before = eds.acquiring()
    for live_s in (eds.capabilities.shortest_preset_s / 10, 0.0, -1.0, math.nan):
        refused, said = trial.refused(partial(eds.start, live_s), LimitRefused)
        yield held(f"{live_s:g} s is refused", refused, because="checked before anything is sent", found=said)
    same = eds.acquiring() == before
    yield held("it acquires as little or as much as before", same, because="nothing was sent", found=before)


@check(Role.EDS, "start returns at once, and the acquisition ends by itself on the instrument.", Permission.SPECTRUM)
def ends_by_itself(trial: Trial) -> Proven:
    eds = trial.eds
    asked_s = trial.clock.now()
    _, called_s = trial.timed(lambda: eds.start(LIVE_S))
    yield between("start took", called_s, "s", highest=AT_ONCE_S, because="it starts and returns at once")
    yield held("it acquires", eds.acquiring(), because="it was started")
    trial.wait(3 * LIVE_S)
    took_s = trial.until(lambda: not eds.acquiring(), LATE_S)
    yield between("after three times its time it was over in", took_s, "s", highest=LATE_S, because="it ends by itself")
    found = eds.spectrum()
    yield from _times(found, LIVE_S)
    yield between(
        "start after the order", found.start_s - asked_s, "s", -found.time_uncertainty_s, because="not before it"
    )
    ends_before_now = trial.clock.now() - found.end_s
    yield between("end before now", ends_before_now, "s", -found.time_uncertainty_s, because="not in the future")
    because = "real time is the time that passed"
    spread = found.time_uncertainty_s + 0.2
    span_s = found.end_s - found.start_s
    yield between(
        "from start to end, less real time", span_s - found.real_time_s, "s", -spread, spread + LIVE_S, because=because
    )


@check(
    Role.EDS,
    "The spectrum can be read as it stands, and stop ends an acquisition.",
    Permission.SPECTRUM,
    obedience=True,
)
def stops(trial: Trial) -> Proven:
    eds = trial.eds
    eds.start(LONG_S)
    trial.wait(LIVE_S)
    first = eds.spectrum()
    trial.wait(LIVE_S)
    second = eds.spectrum()
    grown_s = second.real_time_s - first.real_time_s
    yield between(
        "real time gained in a second", grown_s, "s", 0.5 * LIVE_S, 2 * LIVE_S, because="it stands as it is now"
    )
    _, told_s = trial.timed(eds.stop)
    took_s = trial.until(lambda: not eds.acquiring(), AT_ONCE_S)
    yield between("from the order to its end", told_s + took_s, "s", highest=AT_ONCE_S, because="it was told to stop")
    left = eds.spectrum()
    yield held("its spectrum is still there", left.real_time_s >= second.real_time_s, because="stop forgets nothing")


@check(Role.EDS, "make_safe ends an acquisition and confirms it.", Permission.SPECTRUM, obedience=True)
def becomes_safe(trial: Trial) -> Proven:
    trial.eds.start(LONG_S)
    trial.wait(LIVE_S)
    yield from confirmed_safe(trial)
    yield held("it does not acquire", not trial.eds.acquiring(), because="by read-back")


@check(
    Role.EDS,
    "live_time_s is the time in which the detector could have counted: real time less what dead time took.",
    Permission.BEAM,
    Permission.SPECTRUM,
)
def live_time_is_live(trial: Trial) -> Proven:
    found = _brightly(trial)
    energies_keV = (found.offset_eV + found.channel_width_eV * np.arange(len(found.counts))) / 1000
    counts = tuple(float(count) for count in found.counts)
    trial.curves.append(Curve("under the parked beam", tuple(energies_keV.tolist()), counts, "energy (keV)", "counts"))
    yield from _times(found, BRIGHT_S)
    total, dead = float(found.counts.sum()), _dead(found)
    counted = found.output_rate_Hz * found.real_time_s
    if total < ENOUGH_COUNTS or dead < ENOUGH_DEAD:
        raise NotOffered(f"enough X-rays at this place to see dead time ({total:g} counts, {dead:.2%} lost)")
    seen = 1 - found.live_time_s / found.real_time_s
    spread = 3 / math.sqrt(total) + 0.3 * dead
    because = "the share of photons that was lost is the share of time in which none could be counted"
    yield between("dead share of time less lost share of photons", seen - dead, "", -spread, spread, because=because)
    yield between("counts over output rate times real time", total / counted, "", 0.8, 1.2, because="they are the same")


@check(Role.EDS, "start clears: a spectrum holds nothing of the one before.", Permission.BEAM, Permission.SPECTRUM)
def clears(trial: Trial) -> Proven:
    _require_spot(trial)
    beam_up(trial)
    lit = _parked(trial)
    lit_counts = int(lit.counts.sum())
    if lit_counts < ENOUGH_TO_SEE:
        raise NotOffered(f"enough X-rays at this place to see whether they are forgotten ({lit_counts} counts)")
    dark = _acquired(trial, max(LIVE_S, trial.eds.capabilities.shortest_preset_s))
    because = "the beam is blanked, and what was counted before is cleared"
    left = int(dark.counts.sum()) / lit_counts
    yield between("counts without the beam over those with it before", left, "", 0.0, 0.5, because=because)
    counted_s = dark.real_time_s
    because = "its times begin anew, too"
    yield between("real time of the second", counted_s, "s", 0.0, 2 * LIVE_S + dark.time_uncertainty_s, because=because)


def _brightly(trial: Trial) -> Spectrum:
    """A spectrum under the parked beam, with more current if the present one gives too few photons.

    Raises:
        NotOffered: if the beam cannot be parked.
    """
    _require_spot(trial)
    beam_up(trial)
    column, before = trial.column, trial.column.conditions()
    found = _parked(trial)
    most_A = min(trial.file.conformance.beam_current, column.capabilities.current_A[1])
    if _dead(found) >= 2 * ENOUGH_DEAD or most_A <= before.current_A:
        return found
    try:
        apply_and_wait(trial, replace(before, current_A=most_A))
        return _parked(trial)
    finally:
        apply_and_wait(trial, before)


def _require_spot(trial: Trial) -> None:
    if not (trial.scanner.capabilities.parks_beam and trial.column.capabilities.blanks):
        raise NotOffered("parks_beam")


def _parked(trial: Trial) -> Spectrum:
    trial.column.blank(Blanking.NEVER)
    try:
        trial.scanner.park(0.5, 0.5)
        return _acquired(trial, BRIGHT_S)
    finally:
        trial.scanner.stop()
        trial.column.blank(Blanking.OUTSIDE_SCANS)


def _dead(found: Spectrum) -> float:
    """The share of the photons that were seen and not counted."""
    return 1 - found.output_rate_Hz / found.input_rate_Hz if found.input_rate_Hz > 0 else 0.0


def _times(found: Spectrum, wanted_s: float) -> Proven:
    because = "live time is what was asked for"
    yield between("live time", found.live_time_s, "s", 0.98 * wanted_s, 1.2 * wanted_s + 0.1, because=because)
    longer_s = found.real_time_s - found.live_time_s
    yield between("real time less live time", longer_s, "s", -1e-3, because="no time is more than all time")
    lost_Hz = found.input_rate_Hz - found.output_rate_Hz
    spread = 3 * math.sqrt(max(found.input_rate_Hz, 1.0) / max(found.real_time_s, 0.1)) + 0.02 * found.input_rate_Hz
    yield between("input rate less output rate", lost_Hz, "Hz", -spread, because="not more are counted than come")


def _acquired(trial: Trial, live_s: float) -> Spectrum:
    trial.eds.start(live_s)
    trial.until(lambda: not trial.eds.acquiring(), 10 * live_s + LATE_S)
    return trial.eds.spectrum()


CHECKS = (
    configures,
    refuses_limits,
    ends_by_itself,
    stops,
    becomes_safe,
    unknown_when_cut(Role.EDS),
    clears,
    live_time_is_live,
)
