"""Things that go wrong in a laboratory, drawn by a seed: wires, vacuum, box, cell, and people."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass

from operando.protocols.runner import Steering
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.potentiostats import EmStat4
from support.laboratory import SimulatedBench

__all__ = ["Mishap", "random_mishaps"]

WIRES = ("potentiostat", "sem", "eds", "box")
LONGEST_S = 300.0
"""Within which everything happens; most protocols last some minutes."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that goes wrong.

    Args:
        what: in words, for the table.
        start_s, end_s: run time; the end is infinite for what nobody mends.
        wire: the instrument whose wire it is; empty if it is no wire.
        prepare: sets it up in the laboratory before the run.
        wish: what somebody asks of the run at its start.
    """

    what: str
    start_s: float
    end_s: float
    wire: str = ""
    prepare: Callable[[SimulatedBench], None] | None = None
    wish: Callable[[Steering], None] | None = None

    def __str__(self) -> str:
        return f"{self.what} at {self.start_s:g} s until {self.end_s:g} s"


def random_mishaps(seed: int) -> list[Mishap]:
    """None to six mishaps; the same ones for the same seed."""
    chance, rare = random.Random(seed), random.Random(f"rare {seed}")
    mishaps = [_mishap(chance) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4)))]
    return mishaps + [kind(rare, round(rare.uniform(30.0, LONGEST_S), 1)) for kind in RARE if rare.random() < 0.08]


def _mishap(chance: random.Random) -> Mishap:
    start_s = round(chance.uniform(1.0, LONGEST_S), 1)
    kind = chance.choice((_wire, _wire, _wire, _vacuum, _leak, _short, _beam_trips, _somebody_else, _wish, _wish))
    return kind(chance, start_s)


def _wire(chance: random.Random, start_s: float) -> Mishap:
    wire = chance.choice(WIRES)
    kind = chance.choice(("unplugged", "silent", "garbage"))
    lasting_s = chance.choice((0.3, 2.0, 20.0, 120.0, float("inf")))
    span = (start_s, start_s + lasting_s)

    def prepare(bench: SimulatedBench) -> None:
        faults = bench.laboratory.wire_faults(wire)
        spans = {
            "unplugged": faults.unplugged_between,
            "silent": faults.silent_between,
            "garbage": faults.garbage_between,
        }
        spans[kind].append(span)

    return Mishap(f"{wire} {kind}", *span, wire=wire, prepare=prepare)


def _vacuum(chance: random.Random, start_s: float) -> Mishap:
    del chance
    return _in_the_world("pump stops", start_s, lambda bench, now: bench.world.chamber.stop_pump(now))


def _leak(chance: random.Random, start_s: float) -> Mishap:
    leak = 10.0 ** chance.uniform(-6.0, -2.0)
    what = f"box leaks {leak:.1e} Pa m3/s"
    return _in_the_world(what, start_s, lambda bench, now: bench.world.box.inject_leak(leak, now))


def _short(chance: random.Random, start_s: float) -> Mishap:
    if chance.random() < 0.5:
        ohm = 10.0 ** chance.uniform(0.0, 2.0)
        return _in_the_world("hard short", start_s, lambda bench, now: bench.world.cell.inject_hard_short(now, ohm))
    return _in_the_world("soft short", start_s, lambda bench, now: bench.world.cell.inject_soft_short(now))


def _beam_trips(chance: random.Random, start_s: float) -> Mishap:
    del chance
    return _in_the_world("beam trips", start_s, lambda bench, now: _microscope(bench).trip_beam(now))


def _somebody_else(chance: random.Random, start_s: float) -> Mishap:
    """Somebody works in the vendor's program."""
    if chance.random() < 0.5:
        voltage_V = chance.choice((2e3, 10e3, 20e3))
        what = f"somebody sets {voltage_V:g} V"
        return _in_the_world(what, start_s, lambda bench, now: _microscope(bench).operator_sets_voltage(voltage_V, now))
    place_mm = (chance.uniform(-3, 3), chance.uniform(-3, 3), 10.0, 0.0, 0.0)
    return _in_the_world(
        "somebody moves the stage", start_s, lambda b, now: _microscope(b).operator_moves_stage(place_mm, now)
    )


def _ended(chance: random.Random, start_s: float) -> Mishap:
    """Somebody ends the step on the potentiostat."""
    del chance
    return _in_the_world("somebody ends the step", start_s, lambda b, now: _potentiostat(b).somebody_ends_script(now))


def _interrupted(chance: random.Random, start_s: float) -> Mishap:
    """The computer is to shut down."""
    del chance

    def interrupt(steering: Steering) -> None:
        del steering
        asyncio.get_running_loop().call_at(start_s, os.kill, os.getpid(), signal.SIGTERM)

    return Mishap("SIGTERM", start_s, start_s, wish=interrupt)


def _wish(chance: random.Random, start_s: float) -> Mishap:
    """Somebody holds the cycling, or pauses the imaging, for a while."""
    lasting_s = round(chance.uniform(0.5, 200.0), 1)
    cycling = chance.random() < 0.5

    def wish(steering: Steering) -> None:
        loop = asyncio.get_running_loop()
        begin = steering.hold_cycling if cycling else steering.pause_imaging
        end = steering.continue_cycling if cycling else steering.resume_imaging
        loop.call_at(start_s, begin, "somebody")
        loop.call_at(start_s + lasting_s, end, "somebody")

    return Mishap("hold" if cycling else "pause", start_s, start_s + lasting_s, wish=wish)


def _in_the_world(what: str, start_s: float, act: Callable[[SimulatedBench, float], None]) -> Mishap:
    def prepare(bench: SimulatedBench) -> None:
        bench.world.call_at(start_s, lambda now: act(bench, now))

    return Mishap(what, start_s, float("inf"), prepare=prepare)


def _potentiostat(bench: SimulatedBench) -> EmStat4:
    potentiostat = bench.laboratory.instruments["potentiostat"]
    assert isinstance(potentiostat, EmStat4)
    return potentiostat


def _microscope(bench: SimulatedBench) -> TescanMicroscope:
    microscope = bench.laboratory.instruments["sem"]
    assert isinstance(microscope, TescanMicroscope)
    return microscope


RARE = (_ended, _interrupted)
"""What ends a run early."""
