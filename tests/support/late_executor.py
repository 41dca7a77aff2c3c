"""An executor as late as can be: what it is given runs when somebody waits for it, and not before."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

__all__ = ["LateExecutor"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class _Late(Future[Result]):
    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> Result:
        if not self.done():
            try:
                self.set_result(self._work())
            except Exception as error:  # noqa: BLE001  raised by whoever asks, as a future does
                self.set_exception(error)
        return super().result(timeout)


class LateExecutor(Executor):
    """Stands in for a disk that answers only when it must."""

    def __init__(self, *_: object, **__: Any) -> None:
        """Takes what a pool of threads takes."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> "Future[Result]":
        return _Late(lambda: fn(*args, **kwargs))
