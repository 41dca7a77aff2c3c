"""One line at the foot of the display: what a key asks for, and what is typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from operando.protocols.cli.terminal.keyboard import BACKSPACE, ENTER, ESCAPE
from operando.protocols.cli.terminal.parts import Parts
from operando.protocols.runner.steering_channel import Wish

__all__ = ["Prompt", "prompt_for"]

LONGEST = 1000


@dataclass(slots=True)
class Prompt:
    """A line that is being typed; Enter does it, Esc leaves it.

    Args:
        asks: in words.
        do: what Enter asks the runner for; `answer` answers the protocol's question, `which` chooses an alarm.
        name: of the interlock.
        needed: whether an empty line is refused, and why.
        allowed: answers; empty allows every text.
        names: whether what is typed is a name.
    """

    asks: str
    do: str
    name: str = ""
    needed: str = ""
    allowed: Sequence[str] = ()
    names: bool = False
    text: str = ""
    refused: str = ""
    left: bool = False
    done: bool = False

    def press(self, key: str) -> None:
        """Take in a key."""
        self.refused = ""
        if key == ESCAPE:
            self.left = True
        elif key == BACKSPACE:
            self.text = self.text[:-1]
        elif key == ENTER:
            self._enter()
        elif len(self.text) < LONGEST:
            self.text += key

    def _enter(self) -> None:
        typed = self.text.strip()
        if self.needed and not typed:
            self.refused = self.needed
        elif self.allowed and typed not in self.allowed:
            self.refused = f"one of {', '.join(self.allowed)}"
        else:
            self.text, self.done = typed, True

    def wish(self, who: str) -> Wish:
        """What the runner is asked for."""
        text, name = ("", self.text) if self.names else (self.text, self.name)
        return Wish.model_validate({"do": self.do, "who": who, "text": text, "name": name})


def prompt_for(key: str, parts: Parts) -> Prompt | str:
    """What a key begins, or why it begins nothing; an empty text for a key that means nothing."""
    standing = parts.standing
    if standing.over:
        return ""
    match key.lower():
        case "p" if standing.imaging_paused:
            return Prompt("Take pictures again. Reason, if any", "resume")
        case "p":
            return Prompt("Pause imaging; cycling goes on. Reason, if any", "pause")
        case "h" if standing.held:
            return Prompt("Continue with what remains of the step. Reason, if any", "continue")
        case "h":
            return Prompt("Hold cycling: the step ends, the cell rests. Reason, if any", "hold")
        case "c" if not parts.identity.captures:
            return "the protocol has no captures"
        case "c":
            return Prompt("Capture now; which", "capture", allowed=parts.identity.captures, names=True)
        case "m" if standing.lent_to:
            return Prompt(f"Take the microscope back from {standing.lent_to}. Reason, if any", "take back")
        case "m":
            return Prompt("Hand the microscope over; cycling goes on. Reason, if any", "hand over")
        case "k" if standing.parking:
            return "the run is being parked already"
        case "k":
            return Prompt("Park the run: the step is held, another session follows. Reason, if any", "park")
        case "n":
            return Prompt("Note for the record", "note", needed="type a note, or leave with Esc")
        case "a":
            return _acknowledge(parts)
    return ""


def _acknowledge(parts: Parts) -> Prompt | str:
    names = [alarm.name for alarm in parts.alarms.open if alarm.acknowledge]
    if not names:
        return "no alarm waits for a person"
    if len(names) > 1:
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))
        return Prompt(f"Acknowledge which? {numbered}", "which", allowed=[str(n + 1) for n in range(len(names))])
    return acknowledging(names[0])


def acknowledging(name: str) -> Prompt:
    """Asks for the reason, which an acknowledgement must have."""
    return Prompt(f"Acknowledge {name}, because", "acknowledge", name, needed="a reason is needed; it is recorded")
