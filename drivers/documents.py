"""Strict YAML documents: unknown keys are refused with file, line and the nearest valid key.

Protocols and bench files are read here. YAML 1.2, so that `on` and `no` are words; a key given twice is an error.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from operando.drivers.errors import OperandoError

__all__ = ["Document", "DocumentError", "Problem", "StrictModel", "parse_document", "read_document"]

Step = str | int
Model = TypeVar("Model", bound=BaseModel)


class StrictModel(BaseModel):
    """Base of everything that can stand in a document: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document, and where."""

    file: str
    line: int
    where: str
    what: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.where}: {self.what}"
            if self.where
            else f"{self.file}:{self.line}: {self.what}"
        )


class DocumentError(OperandoError):
    """A document that cannot be used, with every problem that was found in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document that knows the line of each of its parts."""

    file: str
    text: str
    data: object

    def line(self, path: Sequence[Step]) -> int:
        """The line (from 1) of the deepest part of a path that exists; the key's line for a value in a mapping."""
        node, line = self.data, 1
        for step in path:
            try:
                if isinstance(node, CommentedMap) and step in node:
                    line = node.lc.key(step)[0] + 1
                    node = node[step]
                elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                    line = node.lc.item(step)[0] + 1
                    node = node[step]
            except (KeyError, AttributeError):
                break
        return line

    def problem(self, path: Sequence[Step], what: str) -> Problem:
        """A problem at a place of this document."""
        return Problem(self.file, self.line(path), dotted(path), what)

    def validate(self, model: type[Model]) -> Model:
        """The document as a model.

        Raises:
            DocumentError: with one problem for each thing that is wrong.
        """
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise DocumentError(list(self._problems(error))) from error

    def _problems(self, error: ValidationError) -> Iterator[Problem]:
        for item in error.errors(include_url=False):
            path = [step for step in item["loc"] if self._is_part(step)]
            if item["type"] == "extra_forbidden":
                yield self.problem(item["loc"], unknown_key(str(item["loc"][-1]), self._valid_keys(item)))
            else:
                message = item["msg"].removeprefix("Value error, ")
                yield self.problem(path, message[0].lower() + message[1:])

    @staticmethod
    def _is_part(step: Step) -> bool:
        return isinstance(step, int) or step.isidentifier() or " " in step

    @staticmethod
    def _valid_keys(item: Mapping[str, object]) -> list[str]:
        context = item.get("ctx")
        return list(context["valid"]) if isinstance(context, dict) and "valid" in context else []


def unknown_key(key: str, valid: Sequence[str]) -> str:
    """The sentence about a key that is not known, with the nearest one that is."""
    if not valid:
        return f"unknown key {key!r}"
    near = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return (
        f"unknown key {key!r}{hint} Allowed here: {', '.join(valid)}"
        if hint
        else f"unknown key {key!r}; allowed here: {', '.join(valid)}"
    )


def dotted(path: Sequence[Step]) -> str:
    """A path as people write it: `cycling[2].capture`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text


def parse_document(text: str, file: str) -> Document:
    """Parse YAML text.

    Raises:
        DocumentError: if it is no YAML, or has a key twice.
    """
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DocumentError([Problem(file, line, "", f"not valid YAML: {error.problem}")]) from error
    except YAMLError as error:
        raise DocumentError([Problem(file, 1, "", f"not valid YAML: {error}")]) from error
    return Document(file, text, data)


def read_document(path: Path) -> Document:
    """Read and parse a file.

    Raises:
        DocumentError: if it cannot be read or parsed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError([Problem(str(path), 1, "", f"cannot be read: {error}")]) from error
    return parse_document(text, str(path))
