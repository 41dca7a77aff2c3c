"""What a look at a run can change: something stands that people are told about, or it stands no more."""

from collections.abc import Iterable
from dataclasses import dataclass

from operando.protocols.alerts.alert import Alert

__all__ = ["Change", "Net", "Raised", "Settled", "net_of", "what_stands"]


@dataclass(frozen=True, slots=True)
class Raised:
    """Something stands, perhaps once more. `subject` is what it is about: the interlock, the question."""

    subject: str
    alert: Alert


@dataclass(frozen=True, slots=True)
class Settled:
    """What an alert was about is over, and why."""

    name: str
    why: str


Change = Raised | Settled


@dataclass(slots=True)
class Net:
    """What has become of one alert after all changes: raised among them or before, and why it is over, if it is."""

    name: str
    raised: Raised | None = None
    over: str = ""


def net_of(changes: Iterable[Change]) -> list[Net]:
    """The changes by alert, in the order in which they were first named."""
    found: dict[str, Net] = {}
    for change in changes:
        name = change.alert.name if isinstance(change, Raised) else change.name
        one = found.setdefault(name, Net(name))
        if isinstance(change, Raised):
            one.raised, one.over = one.raised or change, ""
        else:
            one.over = change.why
    return list(found.values())


def what_stands(nets: Iterable[Net]) -> list[Net]:
    """Of a whole history only what still stands, the latest of each subject: nobody is told old news one by one."""
    latest = {one.raised.subject: one for one in nets if one.raised is not None and not one.over}
    return list(latest.values())
