"""Which requests bring the values that are wanted: neighbours come in one, as far as the device permits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from operando.drivers.gauges.register_map import Span

__all__ = ["Block", "Registers", "blocks_of"]


@dataclass(frozen=True, slots=True)
class Block:
    """One request."""

    code: int
    address: int
    count: int

    @property
    def end(self) -> int:
        """The first register behind it."""
        return self.address + self.count


class Registers:
    """What some requests have brought."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Block, Sequence[int]]] = []

    def add(self, block: Block, registers: Sequence[int]) -> None:
        """What came for a request."""
        self._blocks.append((block, registers))

    def of(self, span: Span) -> Sequence[int]:
        """The registers of a value, from the one request that has them all."""
        for block, registers in self._blocks:
            if block.code == span.code and block.address <= span.address and span.address + span.count <= block.end:
                at = span.address - block.address
                return registers[at : at + span.count]
        raise KeyError(f"registers {span.address} to {span.address + span.count - 1} were not read")


def blocks_of(spans: Iterable[Span], most_registers: int) -> list[Block]:
    """The requests that bring some values. A value is never cut, and no register between two values is asked for."""
    blocks: list[Block] = []
    for span in sorted(spans, key=lambda span: (span.code, span.address, -span.count)):
        last = blocks[-1] if blocks else None
        if last is not None and last.code == span.code and span.address <= last.end:
            end = max(last.end, span.address + span.count)
            if end - last.address <= most_registers:
                blocks[-1] = Block(last.code, last.address, end - last.address)
                continue
        blocks.append(Block(span.code, span.address, span.count))
    return blocks
