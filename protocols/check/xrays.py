"""Can the X-ray spectrometer count for the times that are asked?"""

from collections.abc import Iterator

from operando.drivers.roles import EdsCapabilities
from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.plan import BenchFacts
from operando.protocols.program import Capture, Program

__all__ = ["check_xrays"]

SAME = 1e-6


def check_xrays(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """Live times against the shortest preset, which is also their step."""
    wanted = [capture for capture in program.captures.values() if capture.eds is not None]
    if wanted and facts.eds is None:
        yield error(
            wanted[0].line, "X-ray spectra are wanted, and the bench has no spectrometer", "Name one in the bench file."
        )
        return
    for capture in wanted:
        if capture.eds is None or facts.eds is None:
            continue
        if capture.eds.point_live_time_s is not None:
            yield from _live_time(capture, "a point", capture.eds.point_live_time_s, facts.eds)
        if capture.eds.map_live_time_s is not None:
            yield from _live_time(capture, "a map point", capture.eds.map_live_time_s, facts.eds)


def _live_time(capture: Capture, what: str, live_s: float, can: EdsCapabilities) -> Iterator[Finding]:
    shortest_s = can.shortest_preset_s
    steps = live_s / shortest_s
    if live_s < shortest_s * (1 - SAME):
        yield error(
            capture.line,
            f"capture {capture.name!r} counts {live_s:g} s at {what}, the shortest preset is {shortest_s:g} s",
            "Count longer at fewer points.",
            live_time_s=live_s,
            shortest_s=shortest_s,
        )
    elif abs(steps - round(steps)) > SAME * steps:
        yield warning(
            capture.line,
            f"capture {capture.name!r} counts {live_s:g} s at {what}, which is no multiple of {shortest_s:g} s",
            "The spectrometer rounds it; give a multiple.",
            live_time_s=live_s,
            step_s=shortest_s,
        )
