"""What a run's process and its display say to each other, one JSON object a line."""

from typing import Literal

from pydantic import BaseModel

__all__ = ["Answer", "Told"]


class Told(BaseModel):
    """To the display: a question of the protocol, that nobody waits for its answer any more, or that the run ends."""

    say: Literal["question", "withdrawn", "ending"]
    text: str = ""
    answers: list[str] = []


class Answer(BaseModel):
    """From the display: what somebody answered to the question."""

    answer: str
