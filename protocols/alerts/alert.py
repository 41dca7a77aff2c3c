"""An alert: what people are told, and what is sent of it."""

from dataclasses import dataclass

from pydantic import JsonValue

from operando.drivers.bench.alerts import AlertKind

__all__ = ["Alert", "Message"]


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that people are told about.

    Args:
        name: the same for the same thing, whoever watches and how often: nobody is told twice after a restart.
        headline: a few words for the subject of a mail.
        text: what happened, and what to do.
        raised_unix_s: wall time at which it was noticed.
    """

    name: str
    kind: AlertKind
    headline: str
    text: str
    raised_unix_s: float


@dataclass(frozen=True, slots=True)
class Message:
    """One sending of an alert over one route.

    Args:
        run: id of the run.
        number: of the sending on this route, from 1.
        at_most: sendings there will be.
        over: why there is nothing left to do; empty while the alert stands.
        how_to_acknowledge: a command.
    """

    run: str
    alert: Alert
    number: int = 1
    at_most: int = 1
    over: str = ""
    how_to_acknowledge: str = ""

    @property
    def key(self) -> str:
        """The same for the same sending, so that a receiver can tell when it comes a second time."""
        return f"{self.run}/{self.alert.name}/{self.number}"

    @property
    def subject(self) -> str:
        """One line."""
        again = f" (reminder {self.number - 1})" if self.number > 1 else ""
        over = " (over)" if self.over else ""
        return " ".join(f"operando: {self.alert.headline}{over}{again} [{self.run}]".split())

    @property
    def body(self) -> str:
        """Everything, for a person."""
        lines = [self.alert.text, "", f"Run: {self.run}"]
        if self.over:
            lines.append(f"Over: {self.over}")
        lines.append(f"Sent {self.number} of at most {self.at_most} times.")
        if self.how_to_acknowledge:
            lines.append(f"To be told no more: {self.how_to_acknowledge}")
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, JsonValue]:
        """Everything, for a program."""
        return {
            "key": self.key,
            "run": self.run,
            "alert": self.alert.name,
            "kind": str(self.alert.kind),
            "headline": self.alert.headline,
            "text": self.alert.text,
            "raised_unix_s": self.alert.raised_unix_s,
            "number": self.number,
            "at_most": self.at_most,
            "over": self.over,
            "how_to_acknowledge": self.how_to_acknowledge,
        }
