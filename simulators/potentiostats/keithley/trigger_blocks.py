"""The building blocks of the trigger model (2461 reference manual, 6-182 to 6-209)."""

from dataclasses import dataclass

__all__ = [
    "Block",
    "BranchAlways",
    "BranchCounter",
    "BranchEvent",
    "BranchLimit",
    "BufferClear",
    "Delay",
    "LogEvent",
    "MeasureBlock",
    "Nothing",
    "Notify",
    "SourceOutput",
    "Wait",
]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A place holder."""

    def __str__(self) -> str:
        return "NO_OPERATION"


@dataclass(frozen=True, slots=True)
class BufferClear:
    """Empty a buffer."""

    buffer: str

    def __str__(self) -> str:
        return f"BUFFER_CLEAR BUFFER: {self.buffer}"


@dataclass(frozen=True, slots=True)
class MeasureBlock:
    """Measure so many times into a buffer."""

    buffer: str
    count: int = 1

    def __str__(self) -> str:
        return f"MEASURE BUFFER: {self.buffer} COUNT: {self.count}"


@dataclass(frozen=True, slots=True)
class SourceOutput:
    """Turn the output on or off."""

    on: bool

    def __str__(self) -> str:
        return f"SOURCE_OUTPUT OUTPUT: {'ON' if self.on else 'OFF'}"


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait for a time."""

    seconds: float

    def __str__(self) -> str:
        return f"DELAY_CONSTANT DELAY: {self.seconds:.9f}"


@dataclass(frozen=True, slots=True)
class Notify:
    """Make an event, by which for instance a timer is started."""

    number: int

    def __str__(self) -> str:
        return f"NOTIFY ID: {self.number}"


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for an event, or go on at once if it has come since the last time."""

    event: str

    def __str__(self) -> str:
        return f"WAIT EVENT: {self.event}"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Write into the event log."""

    kind: str
    message: str

    def __str__(self) -> str:
        return f"LOG_EVENT EVENT: {self.kind} MESSAGE: {self.message}"


@dataclass(frozen=True, slots=True)
class BranchAlways:
    """Go to a block."""

    to: int

    def __str__(self) -> str:
        return f"BRANCH_ALWAYS BRANCH_BLOCK: {self.to}"


@dataclass(frozen=True, slots=True)
class BranchCounter:
    """Go to a block until this one was reached so many times."""

    target: int
    to: int

    def __str__(self) -> str:
        return f"BRANCH_COUNTER VALUE: {self.target} BRANCH_BLOCK: {self.to}"


@dataclass(frozen=True, slots=True)
class BranchEvent:
    """Go to a block if an event has come."""

    event: str
    to: int

    def __str__(self) -> str:
        return f"BRANCH_ON_EVENT EVENT: {self.event} BRANCH_BLOCK: {self.to}"


@dataclass(frozen=True, slots=True)
class BranchLimit:
    """Go to a block if the last measurement lies so; the bound that a kind does not use is ignored."""

    kind: str
    low: float
    high: float
    to: int

    def holds(self, value: float) -> bool:
        """Whether a measurement meets the condition."""
        low, high = min(self.low, self.high), max(self.low, self.high)
        match self.kind:
            case "ABOV":
                return value > self.high
            case "BEL":
                return value < self.low
            case "IN":
                return low < value < high
            case _:
                return value < low or value > high

    def __str__(self) -> str:
        return f"BRANCH_ON_LIMIT TYPE: {self.kind} LIMITS: {self.low:g}, {self.high:g} BRANCH_BLOCK: {self.to}"


Block = (
    Nothing
    | BufferClear
    | MeasureBlock
    | SourceOutput
    | Delay
    | Notify
    | Wait
    | LogEvent
    | BranchAlways
    | BranchCounter
    | BranchEvent
    | BranchLimit
)
