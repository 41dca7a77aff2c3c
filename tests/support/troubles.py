"""What goes wrong on the way of the box, and how each such run is declared to end."""

from operando.protocols.interlocks import Phase
from operando.protocols.runner import Steering
from support.journeys import JOURNEY, Trouble, microscope_of
from support.laboratory import SimulatedBench

__all__ = ["TROUBLES"]

LEAK_m3_PER_S = 5e-8
AIR_Pa_m3_PER_S = 0.05
LIMIT, PASSED = "4.35 V]", "3.62 V]"
"""Of the voltage: that of the journey, and one that its charge passes after some minutes."""


def box_leaks(bench: SimulatedBench, now: float) -> None:
    bench.world.journey.leak(LEAK_m3_PER_S, now)


def chamber_leaks(bench: SimulatedBench, now: float) -> None:
    bench.world.chamber.leak(AIR_Pa_m3_PER_S, now)


def box_gauge_dies(bench: SimulatedBench, now: float) -> None:
    bench.unplug("box", now)


def chamber_gauge_dies(bench: SimulatedBench, now: float) -> None:
    microscope_of(bench).faults.nan_pressure = True


def lid_opened(bench: SimulatedBench, now: float) -> None:
    bench.world.journey.open_lid(now)


def vented(bench: SimulatedBench, now: float) -> None:
    bench.world.journey.vent(now)


def switched_on(bench: SimulatedBench, now: float) -> None:
    microscope_of(bench).operator_switches_high_voltage(now, on=True)


def hard_short(bench: SimulatedBench, now: float) -> None:
    bench.world.cell.inject_hard_short(now)


def abort(steering: Steering) -> None:
    steering.abort("a person")


P = Phase
LATE = {
    P.GLOVEBOX: "Ready to carry it?",
    P.TRANSFER: "Is it in the chamber?",
    P.OPEN: "Is the lid open?",
    P.CLOSE: "Is the lid closed?",
    P.VENT: "Is it vented?",
    P.BACK: "Is it in the glovebox?",
}
"""The question of each phase."""


def _people() -> list[Trouble]:
    troubles = []
    for phase, question in LATE.items():
        nobody = ("failed", "nobody")
        late = f"  - {{to: {question}, answer: confirmed, after: 2 h}}\n"
        wrong = f"  - {{to: {question}, answer: perhaps, after: 1 min}}\n"
        no = f"  - {{to: {question}, answer: not confirmed, after: 1 min}}\n"
        troubles += [
            Trouble("nobody answers", phase, ("failed", "no answer"), phase, answers={question: ""}),
            Trouble("answered too late", phase, nobody, phase, answers={question: late}),
            Trouble(
                "answered with what is no answer", phase, ("failed", "no answer"), phase, answers={question: wrong}
            ),
            Trouble("answered that it is not so", phase, ("failed", "'not confirmed'"), phase, answers={question: no}),
        ]
    return troubles


VENT_RULE = "vented over the open box"
ALARM = "What does the gas alarm read?"
DONE = ("completed", "")
NOT_TIGHT = ("failed", "leak test was not passed")
NOT_BEGUN = ("failed", "could not begin")
AIR = ("failed", "'air in the box'")
ABORTED = ("interrupted", "by the operator")
TRIP = ("failed", "SafetyTrip: the potentiostat ended 'charge' by itself: voltage limit")
VENTED = ("failed", f"'{VENT_RULE}'")
TROUBLES: tuple[Trouble, ...] = (
    Trouble("the box leaks", P.GLOVEBOX, NOT_TIGHT, P.GLOVEBOX, box_leaks),
    Trouble("the box leaks", P.TRANSFER, ("failed", "'box leak'"), P.TRANSFER, box_leaks, says="box leak"),
    Trouble("the box leaks", P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN, box_leaks),
    Trouble("the chamber leaks", P.OPEN, ("failed", "chamber pressure"), P.OPEN, chamber_leaks),
    Trouble("the chamber leaks", P.OBSERVE, NOT_BEGUN, P.OBSERVE, chamber_leaks, 300.0, says="chamber vacuum"),
    Trouble("the box leaks", P.CLOSE, AIR, P.VENT, box_leaks, 500.0, says="air in the box"),
    Trouble("the box leaks", P.VENT, AIR, P.VENT, box_leaks, says="air in the box"),
    Trouble("the box leaks", P.BACK, AIR, P.BACK, box_leaks, says="air in the box"),
    *(
        Trouble(
            "the wire of the box gauge is cut", phase, ends, last, box_gauge_dies, 300.0 if phase is P.OBSERVE else 5.0
        )
        for phase, ends, last in (
            (P.GLOVEBOX, NOT_TIGHT, P.GLOVEBOX),
            (P.TRANSFER, ("failed", "'box leak'"), P.TRANSFER),
            (P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN),
            (P.OPEN, NOT_BEGUN, P.OPEN),
            (P.OBSERVE, AIR, P.VENT),
            (P.CLOSE, AIR, P.VENT),
            (P.VENT, AIR, P.VENT),
            (P.BACK, AIR, P.BACK),
        )
    ),
    *(
        Trouble("the chamber gauge gives no number", phase, ends, last, chamber_gauge_dies, 120.0)
        for phase, ends, last in (
            (P.TRANSFER, NOT_BEGUN, P.TRANSFER),
            (P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN),
            (P.OPEN, VENTED, P.OPEN),
            (P.OBSERVE, VENTED, P.OBSERVE),
            (P.CLOSE, VENTED, P.CLOSE),
            (P.VENT, NOT_BEGUN, P.VENT),
        )
    ),
    Trouble("the box is opened by hand", P.GLOVEBOX, NOT_TIGHT, P.GLOVEBOX, lid_opened, 300.0, meets_air=True),
    Trouble(
        "the box is opened by hand in the air",
        P.TRANSFER,
        ("failed", "'box leak'"),
        P.TRANSFER,
        lid_opened,
        600.0,
        meets_air=True,
        says="box leak",
    ),
    Trouble("the box is opened by hand while pumping", P.PUMP_DOWN, NOT_BEGUN, P.PUMP_DOWN, lid_opened),
    *(
        Trouble(
            "somebody vents over the open box", phase, VENTED, phase, vented, after_s, meets_air=True, says=VENT_RULE
        )
        for phase, after_s in ((P.OPEN, 120.0), (P.OBSERVE, 300.0), (P.CLOSE, 60.0))
    ),
    Trouble(
        "the gas alarm is answered in volts",
        P.OBSERVE,
        DONE,
        P.GLOVEBOX,
        answers={ALARM: f"  - {{to: {ALARM}, answer: 5 V, after: 1 min}}\n"},
    ),
    *(
        one
        for box in (False, True)
        for one in (
            Trouble("somebody aborts the run", P.OBSERVE, ABORTED, P.OBSERVE, None, 600.0, wish=abort, vacuum_box=box),
            Trouble("the cell has a hard short", P.OBSERVE, TRIP, P.OBSERVE, hard_short, 600.0, vacuum_box=box),
            Trouble(
                "the voltage passes its limit",
                P.OBSERVE,
                TRIP,
                P.OBSERVE,
                protocol=JOURNEY.replace(LIMIT, PASSED),
                vacuum_box=box,
            ),
        )
    ),
    *(
        Trouble("somebody switches the high voltage on", phase, DONE, P.GLOVEBOX, switched_on, after_s, vacuum_box=box)
        for phase, after_s in ((P.OPEN, 560.0), (P.CLOSE, 120.0), (P.VENT, 20.0))
        for box in (False, True)
    ),
    *_people(),
)
