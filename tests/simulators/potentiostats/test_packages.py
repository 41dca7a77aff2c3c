"""How values look on the wire: vectors of the sheet, 1.4."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.packages import Package, encode, metadata
from operando.simulators.potentiostats.variables import Variable

PREFIXES = dict(zip("afpnum kMGTPE", range(-18, 21, 3), strict=True))


def decode(text: str) -> float:
    """Written for this test from the sheet alone."""
    return (int(text[:7], 16) - 2**27) * 10.0 ** PREFIXES[text[7]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.499905, "7F85F3Fu"),
        (-57.847747e-6, "48D503Dp"),
        (-0.449717, "7F9234Bu"),
        (-52.247772e-6, "4E2C324p"),
        (0.453668, "806EC24u"),
        (48.327789e-6, "AE16C6Dp"),
        (0.503857, "807B031u"),
        (53.871765e-6, "B360495p"),
        (-265287e-15, "7FBF3B9f"),
        (1.0, "80F4240u"),
        (3.7, "8387520u"),
        (-1e-3, "7F0BDC0n"),
        (0.1, "DF5E100n"),
        (100e3, "DF5E100m"),
        (4.2, "8401640u"),
        (0.0, "8000000 "),
        (12.34, "8BC4B20u"),
        (-1.5, "7E91CA0u"),
        (3.5123, "83597ECu"),
        (3.7012, "83879D0u"),
        (math.nan, "     nan"),
        (10, "800000Ai"),
        (-1, "7FFFFFFi"),
        (134217727e-6, "FFFFFFFu"),
        (134217728e-6, "8020C4Am"),
        (-134217727e-6, "0000001u"),
    ],
)
def test_vector(value: float, text: str) -> None:
    assert encode(value) == text


@given(st.floats(min_value=1e-9, max_value=1e25) | st.floats(min_value=-1e25, max_value=-1e-9))
def test_any_value_is_read_back_to_half_a_count_of_the_finest_prefix(value: float) -> None:
    text = encode(value)
    step = 10.0 ** PREFIXES[text[7]]
    assert abs(decode(text) - value) <= 0.5 * step * (1 + 1e-6)
    assert text[7] == "a" or abs(value) >= (2**27 - 0.5) * step / 1000 * (1 - 1e-12), "a finer prefix would fit"


@pytest.mark.parametrize("value", [2**27, -(2**27) - 1, 2e26], ids=["integer", "negative integer", "float"])
def test_value_that_does_not_fit(value: float) -> None:
    with pytest.raises(RuntimeFault) as caught:
        encode(value)
    assert caught.value.code == ErrorCode.OVERFLOW


def test_metadata() -> None:
    assert metadata(0, 136) == ",10,288"
    assert metadata(4, 12) == ",14,20C"


def test_package_of_a_real_device() -> None:
    potential, current = Variable(), Variable()
    potential.store(-0.499905, "da")
    current.store(-57.847747e-6, "ba", metadata(0, 136))
    package = Package(8)
    package.start()
    package.add(potential)
    package.add(current)
    assert package.end() == "Pda7F85F3Fu;ba48D503Dp,10,288"
