"""What stands in the laboratory, by name; each thing is made when somebody asks for it first."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

__all__ = ["Inventory"]

Thing = TypeVar("Thing")


class Inventory(Mapping[str, Thing]):
    """Knows every name at once and makes a thing at its first use, so that nothing waits or fails for the others.

    Args:
        makers: make the things, by their names.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Thing]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Thing] = {}

    def __getitem__(self, name: str) -> Thing:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
