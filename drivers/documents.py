"""Strict YAML documents: unknown keys are refused with file, line and the nearest valid key.

Protocols and bench files are read here. YAML 1.2, so that `on` and `no` are words; a key given twice is an error.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.drivers.model_errors import complaints
from operando.drivers.nearest import nearest, unknown_key, unknown_word

__all__ = [
    "Document",
    "DocumentError",
    "Problem",
    "StrictModel",
    "as_model",
    "dotted",
    "parse_document",
    "read_document",
    "unknown_key",
    "unknown_word",
]

MOST_NAMED = 5
"""Of the files that could be meant."""

Step = str | int
Model = TypeVar("Model", bound=BaseModel)


class StrictModel(BaseModel):
    """Base of everything that can stand in a document: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document, and where."""

    file: str
    line: int
    where: str
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        return f"{place}{self.where}: {self.what}" if self.where else f"{place}{self.what}"


class DocumentError(OperandoError):
    """A document that cannot be used, with every problem that was found in it, in the order of its lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


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
            if isinstance(node, CommentedMap) and step in node:
                with suppress(KeyError):  # a key that a merge (`<<`) brought in has no line of its own
                    line = node.lc.key(step)[0] + 1
                node = node[step]
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
                node = node[step]
            else:
                break
        return line

    def problem(self, path: Sequence[Step], what: str) -> Problem:
        """A problem at a place of this document."""
        return Problem(self.file, self.line(path), dotted(path), what)

    def problems(self, model: type[BaseModel]) -> tuple[Problem, ...]:
        """Everything that keeps the document from being such a model."""
        try:
            self.validate(model)
        except DocumentError as error:
            return error.problems
        return ()

    def validate(self, model: type[Model]) -> Model:
        """The document as a model.

        Raises:
            DocumentError: with one problem for each thing that is wrong.
        """
        if self.data is None:
            raise DocumentError([Problem(self.file, 1, "", "the document is empty")])
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            found = [self.problem(path, what) for path, what in complaints(error, model)]
            raise DocumentError(found) from error


def dotted(path: Sequence[Step]) -> str:
    """A path as people write it: `cycling[2].capture`; lists count from 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text


def as_model(values: Mapping[str, object], model: type[Model], where: str) -> Model:
    """A part of a bench file as the model of the driver, or of the simulation, that it is meant for.

    Raises:
        ConfigMismatch: if a key is not known or a value has no sense; the allowed keys are named.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        problems = [f"{dotted(path)}: {sentence}" for path, sentence in complaints(error, model)]
        raise ConfigMismatch(
            f"its options cannot be used: {'; '.join(problems)}",
            where=where,
            remedy=f"There are these options: {', '.join(model.model_fields)}.",
        ) from error


def parse_document(text: str, file: str) -> Document:
    """Parse YAML text, or JSON, which is YAML too.

    Raises:
        DocumentError: if it is no YAML, or has a key twice.
    """
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DocumentError([Problem(file, line, "", _not_yaml(error))]) from error
    except (YAMLError, ValueError) as error:  # ValueError: a date such as 2026-13-45
        raise DocumentError([Problem(file, 1, "", f"not valid YAML: {' '.join(str(error).split())}")]) from error
    return Document(file, text, data)


def _not_yaml(error: MarkedYAMLError) -> str:
    what = str(error.problem).splitlines()[0]
    if "'\\t'" in what:
        return "not valid YAML: a tab; indent with spaces"
    if twice := re.match(r'found duplicate key "(.*)" with value', what):
        return f"the key {twice[1]!r} is given twice"
    if "mapping values are not allowed" in what:
        return "not valid YAML: a second ': ' in one line; put text with a colon in quotes"
    return f"not valid YAML: {what}"


def read_document(path: Path) -> Document:
    """Read and parse a file.

    Raises:
        DocumentError: if it cannot be read or parsed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError([Problem(str(path), 0, "", f"cannot be read: {_unreadable(path, error)}")]) from error
    return parse_document(text, str(path))


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> str:
    match error:
        case FileNotFoundError():
            beside = sorted(one.name for one in path.parent.glob("*.[yj]*")) if path.parent.is_dir() else []
            if near := nearest(path.name, beside):
                return f"there is no such file; did you mean {near!r}?"
            there = f"name a file that is there: {', '.join(beside[:MOST_NAMED])}" if beside else "check the path"
            return f"there is no such file; {there}"
        case IsADirectoryError():
            return "this is a folder; name a file in it"
        case UnicodeDecodeError():
            return "this is no text; protocols and bench files are YAML, in UTF-8"
        case _:
            return error.strerror or str(error)
