"""Which exposures were under way at a kill: those of which neither the outcome nor the loss is recorded."""

import pytest

from operando.protocols.runner.replayed_journal import Exposure
from operando.protocols.runner.standing_of import lost_exposures

SCANS = [Exposure(10.0, "scan"), Exposure(20.0, "scan"), Exposure(30.0, "scan")]


@pytest.mark.parametrize(
    ("taken", "told_s", "lost_s"),
    [
        ([(10.01, 10.01), (20.01, 20.01), (30.01, 30.01)], [], []),
        ([(10.01, 10.01), (20.01, 20.01)], [], [30.0]),
        ([(10.01, 10.01)], [], [20.0, 30.0]),
        ([(10.01, 10.01), (30.01, 30.01)], [25.0], []),
        ([(10.01, 10.01)], [25.0], [30.0]),
        ([(9.99, 9.99), (19.98, 19.98), (29.99, 29.99)], [], []),
    ],
    ids=["none", "the last", "one that waited, and the last", "told", "told, and the last", "early clock"],
)
def test_lost(taken: list[tuple[float, float]], told_s: list[float], lost_s: list[float]) -> None:
    assert [exposure.time_s for exposure in lost_exposures(SCANS, taken, told_s)] == lost_s


def test_a_map_has_many_exposures_and_one_row() -> None:
    counts = [Exposure(10.0 + number, "count X-rays") for number in range(4)]
    assert lost_exposures(counts, [(9.5, 14.0)], []) == ()
