"""Why a frame exists: the chain from a line of the protocol, or a person, to the lines that were scanned."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from operando.drivers.errors import ConfigMismatch
from operando.protocols.plan.words import value_in_words
from operando.protocols.program import Program
from operando.protocols.record import FrameRow, RunHeader, read_events, read_frames, read_header, read_journal
from operando.protocols.trigger_conditions import (
    BeforeEndOf,
    ChargePassed,
    Detected,
    Source,
    is_moment,
    parts_of,
    values_of,
)
from operando.protocols.triggers.firing import Outcome
from operando.protocols.triggers.focus_chain import focusing_of
from operando.protocols.triggers.rerun import program_of_run

__all__ = ["CameTrue", "Link", "RunStory", "Why"]

Event = Mapping[str, JsonValue]
SAME_MOMENT_S = 1e-6
CAPTURES = ("capture taken", "capture not taken")
OUTCOMES = frozenset(map(str, Outcome))


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: what it is, when (run time; NaN where it has none), and words with the numbers."""

    what: str
    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """All links of one frame, from the wish to the state of the cell."""

    frame: FrameRow
    links: tuple[Link, ...]

    def link(self, what: str) -> Link:
        """A link by its name.

        Raises:
            KeyError: if the chain has none.
        """
        for link in self.links:
            if link.what == what:
                return link
        raise KeyError(what)


@dataclass(frozen=True, slots=True)
class CameTrue:
    """A condition that came true: when, what the trigger made of it, what became of its capture, and which frames."""

    sample_s: float
    line: int
    outcome: str
    message: str
    became: str
    frames: tuple[int, ...]


class RunStory:
    """Everything in a record that says why something happened.

    Args:
        folder: of the run, closed or not.

    Raises:
        RecordError: if the folder is no record.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._header: RunHeader = read_header(folder)
        self._program: Program = program_of_run(folder)
        self.events: Sequence[Event] = read_events(folder)
        self._journal: Sequence[Event] = read_journal(folder)
        self.frames = {frame.number: frame for frame in read_frames(folder)}
        self._captures = [e for e in self.events if e["source"] == "imaging" and e["kind"] in CAPTURES]
        self._alike: defaultdict[tuple[JsonValue, ...], list[int]] = defaultdict(list)
        for place, event in enumerate(self._captures):
            self._alike[event["line"], event["capture"], event["trigger"]].append(place)
        self._frames_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, frame in self.frames.items():
            if (its_place := self._place(frame)) is not None:
                self._frames_of[its_place].append(number)

    def why(self, number: int) -> Why:
        """The chain of one frame.

        Raises:
            ConfigMismatch: if there is no frame of that number.
        """
        frame = self.frames.get(number)
        if frame is None:
            raise ConfigMismatch(
                f"there is no frame {number} in this run",
                where=str(self._folder),
                remedy="Numbers stand in frames.csv.",
            )
        return Why(frame, tuple(self._links(frame)))

    def line(self, number: int) -> str:
        """A line of the protocol, with its file and number."""
        lines = self._header.protocol_text.splitlines()
        told = lines[number - 1].strip() if 0 < number <= len(lines) else "(no line)"
        return f"{self._header.protocol_file}:{number}: {told}"

    def capture_of(self, frame: FrameRow) -> Event | None:
        """What the record says of the capture to which a frame belongs; None if it did not come to its end."""
        place = self._place(frame)
        return None if place is None else self._captures[place]

    def _place(self, frame: FrameRow) -> int | None:
        for place in self._alike[frame.line, frame.capture, frame.trigger]:
            event = self._captures[place]
            first_s = _number(event.get("first_line_s"))
            if first_s <= frame.start_s + SAME_MOMENT_S and frame.end_s <= _time(event) + SAME_MOMENT_S:
                return place
        return None

    def came_true(self) -> Iterator[CameTrue]:
        """Everything that came true in the run, in the order in which it was known."""
        for event in self.events:
            if event["source"] == "triggers" and event["kind"] in OUTCOMES:
                became, frames = self._fate(event) if event["kind"] == Outcome.FIRED else ("", ())
                line, message = int(_number(event["line"])), str(event["message"])
                yield CameTrue(_number(event["sample_s"]), line, str(event["kind"]), message, became, frames)

    def _fate(self, fired: Event) -> tuple[str, tuple[int, ...]]:
        """What became of a firing in words, and the numbers of its frames."""
        for place, event in enumerate(self._captures):
            same = (event["line"], event["capture"]) == (fired["line"], fired["capture"])
            if same and abs(_number(event.get("sample_s")) - _number(fired["sample_s"])) < SAME_MOMENT_S:
                why = f": {event['why']}" if "why" in event else ""
                return f"{event['kind']}{why}", tuple(self._frames_of[place])
        return "the run ended before", ()

    def _links(self, frame: FrameRow) -> Iterator[Link]:
        yield from self._wish(frame)
        capture = self.capture_of(frame)
        begun_s = frame.start_s
        if capture is not None:
            begun_s = _number(capture["commanded_s"])
            yield from self._request(frame, capture, begun_s)
        if (focusing := focusing_of(frame, self._program, self.events)) is not None:
            yield Link("focus", *focusing)
        command = self._command(frame)
        if command is not None:
            yield command
        lines = f"{frame.height} lines of {frame.line_time_s * 1e3:.3g} ms until {frame.end_s:.3f} s"
        scanned = f"{frame.detector} of {frame.region}: {lines}, +- {frame.time_uncertainty_s:.2g} s"
        yield Link("frame", frame.start_s, scanned)
        yield Link("state", frame.start_s, _state(frame))

    def _wish(self, frame: FrameRow) -> Iterator[Link]:
        if frame.trigger.startswith("asked for by"):
            yield Link("operator", math.nan, frame.trigger)
        elif frame.trigger in ("at the start", "at the end"):
            yield Link("protocol", math.nan, self.line(self._program.regions[frame.region].line))
        else:
            yield Link("protocol", math.nan, self.line(frame.line))
        fired = self.fired_for(frame)
        if fired is None:
            yield Link("condition", math.nan, frame.trigger)
            return
        sample_s, value = _number(fired["sample_s"]), _number(fired["value"])
        yield Link("condition", sample_s, f"{fired['message']}{self._value(fired, value)}")
        yield from self._before(sample_s, frame.capture)
        late_s = _time(fired) - sample_s
        yield Link("detection", _time(fired), f"known {late_s:.3f} s after its moment")

    def _before(self, sample_s: float, capture: str) -> Iterator[Link]:
        """What belongs to the event of the time before it."""
        for event in self.events:
            if event["kind"] in ("samples kept", "frames kept") and event["source"] == "triggers":
                same = event["capture"] == capture and abs(_number(event["sample_s"]) - sample_s) < SAME_MOMENT_S
                if same and event["kind"] == "frames kept" and isinstance(event["frames"], list):
                    numbers = ", ".join(map(str, event["frames"])) or "none"
                    yield Link("before", math.nan, f"frames {numbers}")
                elif same and event.get("samples"):
                    told = f"{event['samples']} samples, {event['first_sequence']} to {event['last_sequence']}"
                    yield Link("before", _number(event["from_s"]), told)

    def _value(self, fired: Event, value: float) -> str:
        """The value at the sample, in the unit of what the condition looks at."""
        index = int(_number(fired["trigger"]))
        if math.isnan(value) or index >= len(self._program.triggers):
            return ""
        condition = self._program.triggers[index].condition
        moment = next((part for part in parts_of(condition) if is_moment(part)), None)
        source = next((one.source for one in values_of(condition)), None)
        if isinstance(moment, ChargePassed):
            source = Source("charge")
        elif isinstance(moment, Detected | BeforeEndOf):
            return f", score {value:.3g}" if isinstance(moment, Detected) else f", {value:.1f} s after this moment"
        return "" if source is None else f", at {value_in_words(source, value)}"

    def fired_for(self, frame: FrameRow) -> Event | None:
        """The firing that asked for the frame's capture."""
        capture = self.capture_of(frame)
        found = None
        for event in self.events:
            if event["source"] != "triggers" or event["kind"] != Outcome.FIRED or event["line"] != frame.line:
                continue
            if capture is not None and abs(_number(event["sample_s"]) - _number(capture["sample_s"])) < SAME_MOMENT_S:
                return event
            if capture is None and _time(event) <= frame.start_s:
                found = event
        return found

    def _request(self, frame: FrameRow, capture: Event, begun_s: float) -> Iterator[Link]:
        asked_s = _number(capture["detected_s"])
        waited_s = begun_s - asked_s
        told = f"capture {frame.capture}, begun {waited_s:.3f} s later"
        others = [
            f"{event['capture']} ({event['trigger']})"
            for event in self._captures
            if event is not capture
            and _number(event.get("commanded_s")) < begun_s
            and _time(event) > asked_s
            and event["kind"] == "capture taken"
        ]
        if others:
            told += f", after {', '.join(dict.fromkeys(others))}"
        left_out = self._left_out(frame, asked_s)
        if left_out:
            told += f"; {left_out} before it {'was' if left_out == 1 else 'were'} not taken"
        yield Link("request", asked_s, told)

    def _left_out(self, frame: FrameRow, asked_s: float) -> int:
        """How many of the same were left out since the last one that was taken."""
        count = 0
        for place in self._alike[frame.line, frame.capture, frame.trigger]:
            event = self._captures[place]
            if _number(event.get("detected_s")) >= asked_s:
                break
            count = count + 1 if event["kind"] == "capture not taken" else 0
        return count

    def _command(self, frame: FrameRow) -> Link | None:
        """The last scan that was commanded before the frame began."""
        last = None
        for entry in self._journal:
            is_scan = entry["entry"] == "intent" and str(entry["action"]).startswith("scan")
            if is_scan and _time(entry) <= frame.start_s:
                last = entry
        if last is None:
            return None
        began = f"{frame.start_s - _time(last):.3f} s before its first line"
        return Link("command", _time(last), f"journal {last['id']}: {last['instrument']} {last['action']}, {began}")


def _state(frame: FrameRow) -> str:
    step = f"{frame.step_name} (step {frame.step}, cycle {frame.cycle})" if frame.step else "no step"
    return (
        f"{step}: {frame.voltage_at_start_V:.4f} V to {frame.voltage_at_end_V:.4f} V, "
        f"{frame.current_at_start_A * 1e6:.2f} uA, {frame.charge_at_start_C / 3.6:+.5g} mAh in the step, "
        f"dose of {frame.region} {frame.dose_C_per_m2:.3g} C/m^2"
    )


def _time(entry: Event) -> float:
    return _number(entry["test_time_second"])


def _number(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
