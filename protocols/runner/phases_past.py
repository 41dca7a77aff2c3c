"""What the events of an earlier process say of interlocks and leak tests, for whoever goes on with its run."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

__all__ = ["latched", "passed_leak_test"]

TRIPPED = ("tripped", "in force")


def latched(events: Iterable[Mapping[str, JsonValue]]) -> dict[str, tuple[str, float]]:
    """Rules that have tripped, latch, and were not cleared: by name, why and when."""
    standing: dict[str, tuple[str, float]] = {}
    for event in events:
        if event["source"] != "interlock" or "rule" not in event:
            continue
        rule = str(event["rule"])
        if event["kind"] in TRIPPED and event.get("cleared_by") == "operator":
            why = str(event["message"]).removeprefix(f"{rule}: ")
            standing.setdefault(rule, (why, float(str(event["test_time_second"]))))
        elif event["kind"] == "cleared":
            standing.pop(rule, None)
    return standing


def passed_leak_test(events: Iterable[Mapping[str, JsonValue]]) -> str:
    """The place of the leak test that was passed in the phase in which the run was killed; empty if none was."""
    place = ""
    for event in events:
        if event["source"] == "leak test" and event["kind"] in ("passed", "not passed"):
            place = str(event["place"]) if event["kind"] == "passed" else ""
        elif event["source"] == "phase":
            place = ""
    return place
