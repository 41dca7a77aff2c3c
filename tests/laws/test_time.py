"""Time is an interface: nothing outside the clock module sleeps or reads a clock, and no test sleeps."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCKS = {ROOT / "drivers" / "clock.py"}
FORBIDDEN = {
    "time": {"sleep", "time", "monotonic", "perf_counter", "time_ns", "monotonic_ns", "perf_counter_ns"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
FILES = sorted(path for room in ("drivers", "simulators", "protocols", "tests") for path in (ROOT / room).rglob("*.py"))


def uses_of_time(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield f"line {node.lineno}: imports from time"
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
        if node.attr in FORBIDDEN.get(owner, ()):
            yield f"line {node.lineno}: {owner}.{node.attr}"


@pytest.mark.parametrize("room", ["drivers", "simulators", "protocols", "tests"])
def test_nothing_sleeps_or_reads_time(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}, {use}"
        for path in FILES
        if path not in CLOCKS and path.is_relative_to(ROOT / room)
        for use in uses_of_time(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "guilty",
    ["import time\ntime.sleep(1)", "import datetime\ndatetime.datetime.now()", "from time import monotonic"],
)
def test_the_law_can_be_broken(guilty: str) -> None:
    assert list(uses_of_time(guilty))
