"""No command of the runner is forgotten where phases say what they allow."""

import ast
from pathlib import Path

import operando.protocols.runner
from operando.protocols.runner.phases import DEEDS, START_STEP

ALWAYS_ALLOWED = {
    "blank",
    "end step",
    "high voltage off",
    "park beam",
    "restore detector",
    "scan by itself",
    "set signal back",
    "stop counting",
    "stop scan",
}
"""They end something or make it safe; or neither beam, stage nor cell feels them: a beam is parked while it is blanked,
or between spectra, whose beginning and counting are judged for themselves."""


def actions_of_the_runner() -> set[str]:
    """What `Commands.effect` is called with, in the words of the journal."""
    found = set()
    for file in sorted(Path(operando.protocols.runner.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "effect":
                action = node.args[1]
                assert isinstance(action, ast.Constant), f"{file.name}:{node.lineno} has no constant action"
                found.add(str(action.value))
    return found


def test_each_action_is_a_deed_or_always_allowed() -> None:
    assert actions_of_the_runner() == {*DEEDS, START_STEP, *ALWAYS_ALLOWED}
    assert not ALWAYS_ALLOWED & {*DEEDS, START_STEP}
