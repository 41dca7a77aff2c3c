"""What made something end, in words that are the same each time a run is repeated."""

import asyncio

__all__ = ["in_words"]


def in_words(error: BaseException) -> str:
    """Kind and message of an error. A cancellation has no message of its own: it would name an address in memory."""
    if isinstance(error, asyncio.CancelledError):
        return "left off, because the flow that waited for it has ended"
    return f"{type(error).__name__}: {error}"
