"""The shipped limits against what real instruments say, byte for byte, read by the drivers that will read them.

A limit that no real microscope could ever keep would permit no beam at all.
"""

import math

import pytest
from support.interlock_readings import BOX, BOX_TEMPERATURE, CHAMBER, judge, reading
from support.one_instrument import context_for
from support.sharksem_script import ScriptedSem, open_scripted
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.gauges.keller import open_keller_33x
from operando.drivers.roles import Quality, Reading
from operando.protocols.interlocks import Action, Phase

SHIPPED_BENCH = """\
operando_bench: 1
name: nothing but what every bench has
instruments: {}
record: {institution: TEST, operator: test}
"""
STATUS_OK, STATUS_P1_ERROR = "01 03 02 00 00 B8 44", "01 03 02 00 02 39 85"


def chamber_says(status: int, pressure_Pa: float) -> Reading:
    """What the driver makes of VacGetStatus and VacGetPressure(0), the latter as text in a buffer of 24 bytes."""
    sem = ScriptedSem(VirtualClock())
    sem.values |= {"VacGetStatus": [status], "VacGetPressure": [pressure_Pa]}
    return open_scripted(sem).pressures["chamber"].pressure()


def box_says(reply: str, status: str = STATUS_OK) -> tuple[Reading, Reading]:
    """Pressure and temperature that the driver makes of the reply of a 33X to the fast map (0x0100, 4 registers)."""
    clock = VirtualClock()
    wire = [
        ("01 03 02 02 00 02 64 73", "01 03 04 00 02 C8 F5 CC 74"),
        ("01 03 02 09 00 01 55 B0", "01 03 02 00 02 39 85"),
        ("01 03 02 0E 00 02 A4 70", "01 03 04 05 14 0C 1C BE 32"),
        ("01 03 01 00 00 04 45 F5", reply),
        ("01 03 02 0C 00 01 45 B1", status),
    ]
    transcript = Transcript([(bytes.fromhex(asked), [bytes.fromhex(said)]) for asked, said in wire], clock)
    roles = open_keller_33x(context_for([transcript], clock))
    return roles.pressures["box"].pressure(), roles.thermometers["box"].temperature()


def beam_forbidden(chamber: Reading, seconds: int = 15) -> str:
    made = judge("chamber vacuum", "discharge", "beam only while observing", bench_text=SHIPPED_BENCH)
    for now in range(seconds):
        made.take(CHAMBER, reading(CHAMBER, chamber.value, now, chamber.quality, chamber.detail))
        made.judge(now)
    return made.beam_forbidden()


@pytest.mark.parametrize(
    ("status", "pressure_Pa", "permitted"),
    [
        (0, 0.04, True),
        (0, 0.03, True),
        (0, 0.02, True),
        (0, 1e-4, True),
        (1, 0.04, False),
        (2, 0.04, False),
        (3, 0.04, False),
        (4, 0.04, False),
        (-1, 0.04, False),
        (0, 3.0, False),
        (0, 1e5, False),
        (0, math.nan, False),
    ],
)
def test_a_beam_on_a_real_microscope(status: int, pressure_Pa: float, permitted: bool) -> None:
    why = beam_forbidden(chamber_says(status, pressure_Pa))
    assert (not why) is permitted, why


def test_it_is_permitted_again_at_what_the_instrument_reads_with_the_beam_on() -> None:
    """After a trip a better vacuum is asked for, and 0.04 Pa is good enough even then."""
    made = judge("chamber vacuum", bench_text=SHIPPED_BENCH)
    for now in range(40):
        said = chamber_says(0, 0.2 if now == 5 else 0.04)
        made.take(CHAMBER, reading(CHAMBER, said.value, now, said.quality, said.detail))
        made.judge(now)
    made.acknowledge("chamber vacuum", 39.0)
    assert not made.beam_forbidden()


@pytest.mark.parametrize(
    ("status", "mbar", "permitted"),
    [(0, 8.34e-3, False), (1, 8.0e-4, True), (2, 1.0e3, False), (3, 2e-2, False), (5, 2e-2, False), (6, 2e-2, False)],
    ids=["0,8.3400E-03", "1,8.0000E-04", "over-range", "sensor error", "no sensor, 2.0000E-02", "identification"],
)
def test_a_gauge_that_speaks_mnemonics(status: int, mbar: float, permitted: bool) -> None:
    """Literal replies of the TPG family in mbar, as a reading carries them: under-range is high vacuum."""
    qualities = {0: Quality.OK, 1: Quality.UNDER, 2: Quality.OVER}
    why = beam_forbidden(Reading(mbar * 100, "Pa", qualities.get(status, Quality.FAULT), 0.0, 0.0))
    assert (not why) is permitted, why


def test_a_keller_of_a_box_under_argon_neither_trips_nor_may_travel_with_too_little() -> None:
    pressure, temperature = box_says("01 03 08 3F 75 E3 D2 41 B6 1C 20 A0 C7")
    assert pressure.value == pytest.approx(96050.8, abs=0.1) and temperature.value == pytest.approx(295.914, abs=1e-3)
    observing, leaving = judge("box leak"), judge("transfer", phase=Phase.GLOVEBOX)
    for now in range(30):
        for made in (observing, leaving):
            made.take(BOX_TEMPERATURE, reading(BOX_TEMPERATURE, temperature.value, now))
            made.take(BOX, reading(BOX, pressure.value, now))
            made.judge(now)
    assert not observing.trips
    assert "allowed is not below 105000" in leaving.forbids(Action.FORBID_TRANSFER), "0.96 bar is no overpressure"


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ("01 03 08 FF FF FF FF 41 B6 1C 20 C0 3F", STATUS_OK),
        ("01 03 08 3F 75 E3 D2 41 B6 1C 20 A0 C7", STATUS_P1_ERROR),
    ],
    ids=["NaN: channel not active", "status: error of P1"],
)
def test_a_keller_that_measures_nothing_trips(reply: str, status: str) -> None:
    frame = bytes.fromhex(reply)
    pressure, temperature = box_says((frame[:-2] + checksum(frame[:-2])).hex(), status)
    made = judge("box leak")
    for now in range(5):
        made.take(BOX_TEMPERATURE, reading(BOX_TEMPERATURE, temperature.value, now, temperature.quality))
        made.take(BOX, reading(BOX, pressure.value, now, pressure.quality))
        made.judge(now)
    assert made.tripped(Action.BLANK_BEAM)


def test_a_box_that_is_open_in_vacuum_does_not_leak() -> None:
    """A transmitter of 3 bar reads nothing but noise there."""
    made = judge("box leak")
    for index in range(120):
        now = index * 60.0
        made.readings.expect(BOX, 60.0, now)
        made.readings.expect(BOX_TEMPERATURE, 60.0, now)
        made.take(BOX_TEMPERATURE, reading(BOX_TEMPERATURE, 298.0, now))
        made.take(BOX, reading(BOX, 10.0 * math.sin(37.0 * index), now))
        made.judge(now)
    assert not made.trips


def checksum(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")
