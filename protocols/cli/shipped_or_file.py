"""What a command is given: a file, or the name of something that is shipped."""

from pathlib import Path

from operando.protocols.document import load_protocol
from operando.protocols.program import Program
from operando.protocols.runner.operator_script import OperatorScript, load_answers, parse_answers
from operando.protocols.shipped import SHIPPED_PROTOCOLS, shipped_answers, shipped_protocol

__all__ = ["answers_named", "program_named", "script_for"]


def program_named(given: Path) -> Program:
    """The protocol of a file, or the shipped one of this name.

    Raises:
        DocumentError: if it cannot be used.
    """
    if str(given) in SHIPPED_PROTOCOLS and not given.exists():
        return shipped_protocol(str(given))
    return load_protocol(given)


def answers_named(given: Path) -> OperatorScript:
    """The answers of a file, or those that are shipped with the protocol of this name.

    Raises:
        DocumentError: if they cannot be used.
    """
    if str(given) in SHIPPED_PROTOCOLS and not given.exists():
        return parse_answers(shipped_answers(str(given)), f"{given}_answers.yaml")
    return load_answers(given)


def script_for(program: Program, answers: Path | None) -> OperatorScript | None:
    """What answers in place of a person, if somebody has named it.

    Raises:
        DocumentError: if it cannot be used with this program.
    """
    if answers is None:
        return None
    script = answers_named(answers)
    script.require_fits(program)
    return script
