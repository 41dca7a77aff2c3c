"""The pre-flight says in words and usual units what the instruments can do."""

import math

from operando.drivers.roles import (
    ColumnCapabilities,
    HostKept,
    PotentiostatCapabilities,
    StageCapabilities,
    StagePosition,
)
from operando.protocols.runner.limits_in_words import limits_of_column, limits_of_potentiostat, limits_of_stage


def test_limits_of_a_potentiostat() -> None:
    can = PotentiostatCapabilities((-6.0, 6.0), (-0.2, 0.2), True, (1e-5, 2e5), (1e-3, 0.9), 0.02, True)
    assert limits_of_potentiostat(can) == (
        "-6 to 6 V; -200 to 200 mA; impedance from 1e-05 to 200000 Hz with 1 to 900 mV; "
        "a sample every 20 ms at most; ends steps by itself"
    )


def test_limits_of_a_potentiostat_that_can_do_less() -> None:
    can = PotentiostatCapabilities((-3.0, 3.0), (-0.03, 0.03), False, None, None, 0.1, False)
    assert limits_of_potentiostat(can) == (
        "-3 to 3 V; -30 to 30 mA; a sample every 100 ms at most; this computer ends its steps; no constant current"
    )


def test_what_this_computer_keeps_for_a_potentiostat_is_told() -> None:
    kept = frozenset({HostKept.CHARGE_OF_HOLD})
    can = PotentiostatCapabilities((-6.0, 6.0), (-0.2, 0.2), True, None, None, 0.02, True, host_keeps=kept)
    assert limits_of_potentiostat(can).endswith(
        "ends steps by itself; this computer keeps the charge at which a hold ends"
    )


def test_limits_of_a_stage() -> None:
    lowest = StagePosition(-0.065, -0.065, 0.003, -2 * math.pi, -math.pi / 3)
    highest = StagePosition(0.065, 0.065, 0.103, 2 * math.pi, math.pi / 2)
    assert limits_of_stage(StageCapabilities(lowest, highest, 2e-6)) == (
        "x -65 to 65 mm, y -65 to 65 mm, z 3 to 103 mm, rotation -360 to 360 degrees, tilt -60 to 90 degrees; "
        "arrives within 2 um; nothing to keep out of"
    )


def test_limits_of_a_column() -> None:
    can = ColumnCapabilities((200.0, 3e4), (1e-12, 4e-7), (6e-3, 0.1), (1e-6, 0.05), 1.0)
    assert limits_of_column(can) == (
        "beam 0.2 to 30 kV, 0.001 to 400 nA; working distance 6 to 100 mm; field 1 to 50000 um wide; unblanks in 1 s"
    )
