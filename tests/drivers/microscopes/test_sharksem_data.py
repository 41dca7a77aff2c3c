"""Pictures out of chunks: every order and fault that the data connection can bring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sharksem_script import chunk

from operando.drivers.errors import ConfigMismatch, FramingError
from operando.drivers.microscopes.sharksem_data import FrameAssembly

HEADER = 32
FRAME = 7


def take(assembly: FrameAssembly, wire: bytes) -> None:
    assembly.take(memoryview(wire)[HEADER:])


def test_the_literal_message_of_the_sheet_is_a_whole_picture() -> None:
    pixels = bytes(range(256)) * 12
    wire = (
        bytes.fromhex("53634461746100000000000000000000 140c0000" + "00" * 12)
        + bytes.fromhex("07000000 00000000 00000000 08000000 000c0000")
        + pixels
    )
    assert wire == chunk(FRAME, 0, 0, 8, pixels)
    assembly = FrameAssembly(FRAME, [0], (64, 48), 8)
    take(assembly, wire)
    assert assembly.complete
    picture = assembly.picture(0)
    assert picture.shape == (48, 64)
    assert picture.dtype == np.uint8
    assert picture.tobytes() == pixels


def test_pixels_of_sixteen_bits_are_little_endian() -> None:
    assembly = FrameAssembly(FRAME, [0], (2, 1), 16)
    take(assembly, chunk(FRAME, 0, 0, 16, bytes.fromhex("0102 fffe")))
    assert assembly.picture(0).tolist() == [[0x0201, 0xFEFF]]


Chunks = list[tuple[int, int, int]]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[int, Chunks]:
    """A number of pixels and the chunks (channel, first, end) of two channels, interleaved and partly repeated."""
    total = draw(st.integers(1, 60))
    chunks: Chunks = []
    reached = [0, 0]
    while min(reached) < total:
        channel = draw(st.sampled_from([number for number in (0, 1) if reached[number] < total]))
        first = draw(st.integers(0, reached[channel]))
        reached[channel] = draw(st.integers(reached[channel] + 1, total))
        chunks.append((channel, first, reached[channel]))
    return total, chunks


@given(deliveries())
def test_any_delivery_with_repeats_gives_the_pictures(delivery: tuple[int, Chunks]) -> None:
    total, chunks = delivery
    pictures = [np.random.default_rng(seed).integers(0, 65536, total, "u2") for seed in (0, 1)]
    assembly = FrameAssembly(FRAME, [0, 1], (total, 1), 16)
    for channel, first, end in chunks:
        assert not assembly.complete
        take(assembly, chunk(FRAME, channel, first, 16, pictures[channel][first:end].tobytes()))
    assert assembly.complete
    assert [assembly.picture(number).tolist() for number in (0, 1)] == [[picture.tolist()] for picture in pictures]


def test_a_repeat_truncates_what_was_received() -> None:
    assembly = FrameAssembly(FRAME, [0], (8, 1), 8)
    take(assembly, chunk(FRAME, 0, 0, 8, b"abcdef"))
    take(assembly, chunk(FRAME, 0, 2, 8, b"CD"))
    assert assembly.received[0] == 4
    take(assembly, chunk(FRAME, 0, 4, 8, b"EFGH"))
    assert assembly.picture(0).tobytes() == b"abCDEFGH"


def test_after_a_lost_chunk_the_picture_stays_incomplete_and_says_where() -> None:
    assembly = FrameAssembly(FRAME, [0], (8, 1), 8)
    take(assembly, chunk(FRAME, 0, 0, 8, b"ab"))
    take(assembly, chunk(FRAME, 0, 4, 8, b"efgh"))
    assert not assembly.complete
    assert assembly.missing() == "channel 0 has 2 of 8 pixels (a chunk was lost at pixel 2)"
    take(assembly, chunk(FRAME, 0, 2, 8, b"cdefgh"))
    assert assembly.complete, "the server may send it again"


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(chunk(FRAME - 1, 0, 0, 16, b"stale!"), id="an earlier frame"),
        pytest.param(chunk(FRAME, 5, 0, 16, b"others"), id="a channel that is not ours"),
    ],
)
def test_what_is_not_ours_is_ignored(wire: bytes) -> None:
    assembly = FrameAssembly(FRAME, [0], (3, 1), 16)
    take(assembly, wire)
    assert assembly.received[0] == 0
    assert not assembly.picture(0).any()


def test_another_depth_than_asked_for_is_refused() -> None:
    assembly = FrameAssembly(FRAME, [0], (4, 1), 16)
    with pytest.raises(ConfigMismatch, match="sends 8 bits per pixel, 16 were asked for"):
        take(assembly, chunk(FRAME, 0, 0, 8, b"abcd"))


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(chunk(FRAME, 0, 2, 16, b"abcdef"), id="more pixels than the frame has"),
        pytest.param(chunk(FRAME, 0, 0, 16, b"abc"), id="half a pixel"),
        pytest.param(chunk(FRAME, 0, 0, 16, b"abcd")[:-4], id="fewer bytes than it says"),
        pytest.param(chunk(FRAME, 0, 0, 16, b"")[: HEADER + 8], id="no chunk at all"),
    ],
)
def test_a_chunk_that_contradicts_itself_is_a_framing_error(wire: bytes) -> None:
    assembly = FrameAssembly(FRAME, [0], (4, 1), 16)
    with pytest.raises(FramingError):
        take(assembly, wire)
    assert assembly.received[0] == 0
