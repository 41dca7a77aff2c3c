"""What a run's process and its display say to each other, one JSON object a line."""

from typing import Literal

from pydantic import BaseModel

__all__ = ["Answer", "Told"]


class Told(BaseModel):
    """To the display: a question, that nobody waits for its answer any more, that the run ends, or a line to print."""

    say: Literal["question", "withdrawn", "ending", "line"]
    text: str = ""
    style: str = ""
    answers: list[str] = []


class Answer(BaseModel):
    """From the display: what somebody answered to the question."""

    answer: str
