"""The process that registers pictures answers as the function does, dies without harm and ends with its owner."""

import io

import numpy as np
import pytest

from operando.protocols.following import Box, Registrar, RegistrarFailed, register
from operando.protocols.following.pairs import decode_answer, encode_answer, encode_pair, read_pair

GRAINS = (np.random.default_rng(5).normal(1000.0, 300.0, (96, 128))).astype(np.uint16)
MOVED = np.roll(GRAINS, (3, -5), (0, 1))
BOX = Box(0.2, 0.2, 0.8, 0.8)


def test_answer_is_that_of_the_function() -> None:
    registrar = Registrar()
    try:
        assert registrar.submit(GRAINS, MOVED, BOX).result(60) == register(GRAINS, MOVED, BOX)
    finally:
        registrar.close()


def test_process_that_dies_is_an_error_once_and_replaced() -> None:
    registrar = Registrar()
    try:
        registrar.submit(GRAINS, MOVED, BOX).result(60)
        process = registrar._helper._process
        assert process is not None
        process.kill()
        process.wait()
        with pytest.raises(RegistrarFailed):
            registrar.submit(GRAINS, MOVED, BOX).result(60)
        assert registrar.submit(GRAINS, MOVED, BOX).result(60).right_px == pytest.approx(-5, abs=0.3)
    finally:
        registrar.close()


def test_process_ends_with_its_owner() -> None:
    registrar = Registrar()
    registrar.submit(GRAINS, MOVED, "NMC").result(60)
    process = registrar._helper._process
    assert process is not None
    registrar.close()
    assert process.returncode == 0


@pytest.mark.parametrize("anchor", ["electrolyte", BOX])
def test_pairs_arrive_as_they_were_sent(anchor: str | Box) -> None:
    stream = io.BytesIO(encode_pair(GRAINS, MOVED, anchor))  # type: ignore[arg-type]  # the literal, as text
    received = read_pair(stream)
    assert received is not None
    assert np.array_equal(received[0], GRAINS)
    assert np.array_equal(received[1], MOVED)
    assert received[2] == anchor
    assert read_pair(stream) is None


def test_answers_arrive_as_they_were_sent() -> None:
    found = register(GRAINS, MOVED, BOX)
    assert decode_answer(encode_answer(found)) == found
