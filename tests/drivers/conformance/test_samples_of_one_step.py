"""A port may still hold what a step said before the one that is judged."""

import numpy as np
import pytest

from operando.drivers.conformance.potentiostat_safety import _once_each
from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE, Guard, OpenCircuit, Samples, Step

STEP = Step(8, OpenCircuit(), Guard((-1.0, 1.0), (-1e-3, 1e-3), 60.0))


def heard(*rows: tuple[int, float]) -> Samples:
    block = np.zeros(len(rows), SAMPLE)
    block["step"], block["elapsed_s"] = np.array(rows).T
    return Samples(block, np.empty(0, IMPEDANCE_POINT))


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        pytest.param([(7, 0.1), (8, 0.1), (8, 0.2)], True, id="the step before was recorded at the same moments"),
        pytest.param([(8, 0.1), (8, 0.1), (8, 0.2)], False, id="this step's sample came twice"),
    ],
)
def test_a_sample_comes_twice_only_within_its_step(rows: list[tuple[int, float]], kept: bool) -> None:
    (measured,) = _once_each([heard(*rows)], STEP)
    assert measured.kept is kept
