"""Data packages: literal lines of real instruments, and a round trip through an encoder written here."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.drivers.errors import FramingError
from operando.drivers.potentiostats.methodscript_packages import decode_package

PREFIXES = "afpnum kMGTPE"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (b"Pda7F85F3Fu;ba48D503Dp,10,288", [(b"da", -0.499905), (b"ba", -57.847747e-6)]),
        (b"Pda7F9234Bu;ba4E2C324p,10,288", [(b"da", -0.449717), (b"ba", -52.247772e-6)]),
        (b"Pda806EC24u;baAE16C6Dp,10,288", [(b"da", 0.453668), (b"ba", 48.327789e-6)]),
        (b"Pda807B031u;baB360495p,10,288", [(b"da", 0.503857), (b"ba", 53.871765e-6)]),
        (b"Pab800000Am", [(b"ab", 0.01)]),
        (b"Peb80F4240u", [(b"eb", 1.0)]),
        (b"Pab8387520u", [(b"ab", 3.7)]),
        (b"Pba7F0BDC0n", [(b"ba", -1e-3)]),
        (b"PdcDF5E100n", [(b"dc", 0.1)]),
        (b"PdcDF5E100m", [(b"dc", 100e3)]),
        (b"Pab8401640u", [(b"ab", 4.2)]),
        (b"Pja8000000 ", [(b"ja", 0.0)]),
        (b"Pee8000007i", [(b"ee", 7.0)]),
        (b"Pab83879D0u", [(b"ab", 3.7012)]),
        (b"Peb80F4240u;ab83597ECu;db80F4240n", [(b"eb", 1.0), (b"ab", 3.5123), (b"db", 1e-3)]),
        (
            b"PdcDF5E100m;cc8BC4B20u,10,218;cd7E91CA0u,10,204",
            [(b"dc", 100e3), (b"cc", 12.34), (b"cd", -1.5)],
        ),
    ],
)
def test_lines_of_the_sheet(line: bytes, values: list[tuple[bytes, float]]) -> None:
    assert [(variable.kind, variable.value) for variable in decode_package(line)] == values


@pytest.mark.parametrize(
    ("line", "quality"),
    [
        (b"Pba7FBF3B9f,14,20C,44", 4),
        (b"Pba8000001n,12,218", 2),
        (b"Pba8000001n,18", 8),
        (b"Pba8000001n,11,40", 1),
        (b"Pba8000001n,10,288", 0),
        (b"Pba8000001n,40", 0),
        (b"Pba     nan,12", 16 | 2),
    ],
)
def test_status_tells_the_quality_and_other_metadata_does_not(line: bytes, quality: int) -> None:
    assert decode_package(line)[0].quality == quality


def test_not_a_number_stays_one() -> None:
    (variable,) = decode_package(b"Pba     nan")
    assert math.isnan(variable.value)


def test_a_long_time_says_how_coarse_it_is() -> None:
    (variable,) = decode_package(b"Peb8024EA0 ")
    assert (variable.value, variable.resolution) == (151200.0, 1.0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ab", "ba", "eb", "ja"]),
            st.integers(-(2**27), 2**27 - 1),
            st.sampled_from(PREFIXES),
            st.one_of(st.none(), st.integers(0, 15)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_encoded_is_decoded(package: list[tuple[str, int, str, int | None]]) -> None:
    line = "P" + ";".join(
        f"{kind}{number + 0x8000000:07X}{prefix}" + ("" if status is None else f",1{status:X},20C")
        for kind, number, prefix, status in package
    )
    decoded = decode_package(line.encode())
    for variable, (kind, number, prefix, status) in zip(decoded, package, strict=True):
        exponent = 3 * (PREFIXES.index(prefix) - PREFIXES.index(" "))
        assert variable.kind == kind.encode()
        assert variable.value == float(f"{number}e{exponent}"), "exactly the nearest float"
        assert variable.quality == (status or 0)


@pytest.mark.parametrize(
    "line",
    [
        b"P",
        b"Pab",
        b"Pab838752u",
        b"Pab8387520",
        b"Pab8387520u;",
        b"Pab8387520x",
        b"Pab838752gu",
        b"Pab 123456u",
        b"ab8387520u",
    ],
)
def test_what_is_no_package_is_refused(line: bytes) -> None:
    with pytest.raises(FramingError):
        decode_package(line)
