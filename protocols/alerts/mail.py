"""Sends mail (SMTP, RFC 5321), over TLS unless the bench file says otherwise."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from operando.drivers.bench.alerts import MailEntry
from operando.protocols.alerts.alert import Message
from operando.protocols.alerts.route import SEND_WITHIN_S, NotDelivered
from operando.protocols.alerts.secrets import secret

__all__ = ["MailRoute", "mail_of"]


class MailRoute:
    """Mail to one person.

    Args:
        entry: of the bench file.
        to: their address.
        environment: in which secrets may be.
    """

    def __init__(self, entry: MailEntry, to: str, environment: Mapping[str, str]) -> None:
        self.name = f"mail to {to}"
        self._entry = entry
        self._to = to
        self._environment = environment

    def send(self, message: Message) -> None:
        """Hand a message to the server.

        Raises:
            NotDelivered: if the server is not there or refuses it.
            ConfigMismatch: if the password is not there.
        """
        entry = self._entry
        password = secret(entry.password, self._environment) if entry.password else ""
        try:
            with self._server() as server:
                if password:
                    server.login(entry.user, password)
                server.send_message(mail_of(message, entry.sender, self._to), entry.sender, [self._to])
        except (smtplib.SMTPException, OSError) as error:
            # what a server says to a password is not repeated: it may hold the password
            said = "" if isinstance(error, smtplib.SMTPAuthenticationError) else f": {error}"
            what = f"{type(error).__name__}{said}"
            raise NotDelivered(what, where=f"{entry.server}:{entry.port}") from error

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        entry = self._entry
        if entry.security == "tls":
            context = ssl.create_default_context()
            with smtplib.SMTP_SSL(entry.server, entry.port, timeout=SEND_WITHIN_S, context=context) as server:
                yield server
            return
        with smtplib.SMTP(entry.server, entry.port, timeout=SEND_WITHIN_S) as server:
            if entry.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            yield server


def mail_of(message: Message, sender: str, to: str) -> EmailMessage:
    """The mail. The same message has the same Message-ID, so that a mailbox shows it once."""
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = sender
    mail["To"] = to
    mail["Date"] = format_datetime(datetime.fromtimestamp(message.alert.raised_unix_s, UTC))
    mail["Message-ID"] = f"<{sha256(f'{message.key} {to}'.encode()).hexdigest()[:32]}@operando.invalid>"
    if message.number == 1:
        mail["X-Priority"] = "1"
    mail.set_content(message.body)
    return mail
