"""What a bench file says about alerts: over which routes, about what, how often. It holds no secret itself."""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveTime

__all__ = ["AlertKind", "AlertsEntry", "CommandEntry", "HeartbeatEntry", "MailEntry", "SecretEntry", "WebhookEntry"]

Text = Annotated[str, Field(min_length=1)]


class AlertKind(StrEnum):
    """What people are told about."""

    SHORT = "short"
    """A detector has seen a short of the cell, soft or hard."""
    INTERLOCK = "interlock"
    """An interlock has tripped or cannot be judged."""
    QUESTION = "question"
    """The protocol asks a person, and the cell rests until somebody answers."""
    INSTRUMENT = "instrument"
    """An instrument does not answer any more."""
    MICROSCOPE = "microscope"
    """The run waits for a microscope that somebody was lent."""
    DISK = "disk"
    """The disk of the record is nearly full."""
    STALE = "stale"
    """The record has stopped growing, or the process of the runner is gone."""
    ENDING = "ending"
    """The run ended before its protocol did, or without every instrument confirmed safe."""


class SecretEntry(StrictModel):
    """Where a secret is kept. The bench file is part of every record, so it never holds one.

    Args:
        environment: name of an environment variable.
        file: whose text is the secret, without white space at its ends.
    """

    environment: Text | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "SecretEntry":
        if (self.environment is None) == (self.file is None):
            raise ValueError("name one place of the secret: 'environment' or 'file'")
        return self


class MailEntry(StrictModel):
    """Mail through a server that accepts it (SMTP).

    Args:
        security: `starttls` as on port 587, `tls` as on port 465, or `none` for a relay that wants no password.
        sender: address that the mail is from.
        to: addresses; each is a route of its own, so that one that is refused keeps the mail from nobody else.
        user: for the server, with `password`.
    """

    server: Text
    port: Annotated[int, Field(gt=0, lt=65536)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Text
    to: Annotated[tuple[Text, ...], Field(min_length=1)]
    user: str = ""
    password: SecretEntry | None = None

    @model_validator(mode="after")
    def _not_in_the_clear(self) -> "MailEntry":
        if bool(self.user) != (self.password is not None):
            raise ValueError("'user' and 'password' belong together")
        if self.password is not None and self.security == "none":
            raise ValueError("with 'security: none' the password would be readable on the network")
        return self


class WebhookEntry(StrictModel):
    """A POST of JSON to an address.

    Args:
        url: where; given as a secret (`{environment: NAME}`) if whoever knows it may post there.
        authorization: the whole value of the header `Authorization`.
    """

    url: Text | SecretEntry
    authorization: SecretEntry | None = None

    @model_validator(mode="after")
    def _no_secret_inside(self) -> "WebhookEntry":
        if isinstance(self.url, str):
            _plain(self.url, secret_goes_out=self.authorization is not None)
        return self


class HeartbeatEntry(WebhookEntry):
    """A POST that comes as long as the runner lives: whoever receives it notices when the whole computer is gone.

    Args:
        every: how often.
    """

    every: PositiveTime = 60.0


class CommandEntry(StrictModel):
    """A program that is started for each alert and reads it, as JSON, from its standard input; 0 means delivered.

    Args:
        program: with its arguments; no shell looks at them.
        within: longer, and it is ended and counts as failed.
    """

    program: Annotated[tuple[Text, ...], Field(min_length=1)]
    within: PositiveTime = 30.0


class AlertsEntry(StrictModel):
    """Who is told what, and how often.

    Args:
        about: the kinds that somebody is told about; all of them unless it is given.
        repeat_every: until somebody acknowledges.
        at_most: times that one alert is sent over one route.
        stale_after: a record that has not grown for so long is stale.
        least_free_GB: on the disk of the record, in units of 10^9 bytes.
    """

    mail: MailEntry | None = None
    webhook: WebhookEntry | None = None
    command: CommandEntry | None = None
    heartbeat: HeartbeatEntry | None = None
    about: tuple[AlertKind, ...] = tuple(AlertKind)
    repeat_every: PositiveTime = 900.0
    at_most: Annotated[int, Field(ge=1)] = 8
    stale_after: PositiveTime = 300.0
    least_free_GB: Annotated[float, Field(ge=0)] = 2.0

    @model_validator(mode="after")
    def _some_route(self) -> "AlertsEntry":
        if self.mail is None and self.webhook is None and self.command is None:
            raise ValueError("alerts go nowhere: give 'mail', 'webhook' or 'command'")
        return self


def _plain(url: str, *, secret_goes_out: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url.partition('?')[0]!r} is no address of a web server (https://...)")
    if parts.username or parts.password or parts.query:
        raise ValueError("an address with a password or a key in it is a secret: give 'url: {environment: NAME}'")
    if secret_goes_out and parts.scheme == "http" and not _loopback(parts.hostname):
        raise ValueError("'authorization' would be readable on the network: use https")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
