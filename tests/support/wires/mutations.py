"""Mutated recordings: what was said over a wire, with a few things changed at random."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from operando.drivers.links.recording_file import Reply, Take

__all__ = ["mutated", "replies_in"]

Mutation = Callable[[random.Random, list[Reply], int], None]


def replies_in(takes: Sequence[Take]) -> list[tuple[bytes, bytes]]:
    """Everything that was said to each request, in one piece."""
    return [
        (exchange.request, b"".join(reply.data for reply in exchange.replies))
        for take in takes
        for exchange in take.exchanges
    ]


def mutated(takes: Sequence[Take], seed: int, most: int = 3) -> tuple[Take, ...]:
    """The takes with one mutation, or up to so many; with a negative seed, as they are."""
    if seed < 0:
        return tuple(takes)
    noise = random.Random(seed)
    changed = [[list(exchange.replies) for exchange in take.exchanges] for take in takes]
    for _ in range(min(most, noise.choice((1, 1, 1, 2, 3)))):
        places = [
            (take, exchange, index)
            for take, exchanges in enumerate(changed)
            for exchange, replies in enumerate(exchanges)
            for index in range(len(replies))
        ]
        if not places:
            break
        take, exchange, index = noise.choice(places)
        noise.choice(MUTATIONS)(noise, changed[take][exchange], index)
    return tuple(
        replace(
            take,
            exchanges=tuple(
                replace(exchange, replies=tuple(replies))
                for exchange, replies in zip(take.exchanges, exchanges, strict=True)
            ),
        )
        for take, exchanges in zip(takes, changed, strict=True)
    )


def _with(replies: list[Reply], index: int, data: bytes) -> None:
    if data:
        replies[index] = replace(replies[index], data=data)
    else:
        del replies[index]


def _flip_bit(noise: random.Random, replies: list[Reply], index: int) -> None:
    data = bytearray(replies[index].data)
    data[noise.randrange(len(data))] ^= 1 << noise.randrange(8)
    _with(replies, index, bytes(data))


def _change_byte(noise: random.Random, replies: list[Reply], index: int) -> None:
    data = bytearray(replies[index].data)
    data[noise.randrange(len(data))] = noise.randrange(256)
    _with(replies, index, bytes(data))


def _change_digit(noise: random.Random, replies: list[Reply], index: int) -> None:
    data = bytearray(replies[index].data)
    digits = [place for place, byte in enumerate(data) if byte in b"0123456789ABCDEF"]
    if digits:
        data[noise.choice(digits)] = noise.choice(b"0123456789ABCDEF")
    _with(replies, index, bytes(data))


def _delete(noise: random.Random, replies: list[Reply], index: int) -> None:
    data = replies[index].data
    start = noise.randrange(len(data))
    _with(replies, index, data[:start] + data[start + noise.randint(1, 8) :])


def _insert(noise: random.Random, replies: list[Reply], index: int) -> None:
    data = replies[index].data
    at = noise.randrange(len(data) + 1)
    _with(replies, index, data[:at] + noise.randbytes(noise.randint(1, 8)) + data[at:])


def _repeat_part(noise: random.Random, replies: list[Reply], index: int) -> None:
    data = replies[index].data
    start = noise.randrange(len(data))
    end = start + noise.randint(1, 8)
    _with(replies, index, data[:end] + data[start:end] + data[end:])


def _cut(noise: random.Random, replies: list[Reply], index: int) -> None:
    _with(replies, index, replies[index].data[: noise.randrange(len(replies[index].data))])


def _lose(noise: random.Random, replies: list[Reply], index: int) -> None:
    del replies[index]


def _twice(noise: random.Random, replies: list[Reply], index: int) -> None:
    replies.insert(index, replies[index])


def _swap(noise: random.Random, replies: list[Reply], index: int) -> None:
    other = noise.randrange(len(replies))
    one, two = replies[index].data, replies[other].data
    replies[index] = replace(replies[index], data=two)
    replies[other] = replace(replies[other], data=one)


def _later(noise: random.Random, replies: list[Reply], index: int) -> None:
    """What comes late holds up what follows it."""
    late_s = noise.choice((0.01, 0.5, 5.0))
    replies[index:] = [replace(reply, delay_s=reply.delay_s + late_s) for reply in replies[index:]]


def _split(noise: random.Random, replies: list[Reply], index: int) -> None:
    reply = replies[index]
    at = noise.randrange(len(reply.data))
    if at:
        replies[index : index + 1] = [replace(reply, data=reply.data[:at]), replace(reply, data=reply.data[at:])]


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bit,
    _change_byte,
    _change_digit,
    _delete,
    _insert,
    _repeat_part,
    _cut,
    _lose,
    _twice,
    _swap,
    _later,
    _split,
)
