"""Where the page listens, and who may do what."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from operando.drivers.errors import ConfigMismatch

__all__ = ["DEFAULT_PORT", "LOOPBACK", "PageOptions"]

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8765
ANY_PORT = 0


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How the page of a run is served.

    Args:
        host: address to listen on; anything but loopback asks for a token.
        port: the first that is free from here on; 0 takes any.
        with_token: whether a token is asked for on loopback, too.
        view_only: nobody steers from this page.
        certificate, key: PEM files for TLS.
        leave_after_s: the page ends by itself when the run is over and nobody has looked for so long; None stays.
    """

    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    with_token: bool = False
    view_only: bool = False
    certificate: Path | None = None
    key: Path | None = None
    leave_after_s: float | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise ConfigMismatch(
                "TLS needs both a certificate and its key", remedy="Give --certificate and --key together."
            )
        for file in (self.certificate, self.key):
            if file is not None and not file.is_file():
                raise ConfigMismatch(f"there is no file {str(file)!r}", remedy="Name the PEM files of the page.")

    def check_certificate(self) -> None:
        """Find out whether certificate and key are a pair, before anything listens.

        Raises:
            ConfigMismatch: if they are not, or are no such files, or the key is locked.
        """
        if self.certificate is None:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, password="")
        except (ssl.SSLError, OSError) as error:
            raise ConfigMismatch(
                f"certificate and key do not go together, or cannot be read: {error}",
                where=f"{self.certificate}, {self.key}",
                remedy="Give a certificate in PEM, and the key in PEM that was made with it, without a password.",
            ) from error

    @property
    def loopback(self) -> bool:
        """Whether only this computer reaches it."""
        return self.host in (LOOPBACK, "localhost", "::1")

    @property
    def tls(self) -> bool:
        return self.certificate is not None

    @property
    def asks_token(self) -> bool:
        return self.with_token or not self.loopback

    @property
    def steering_allowed(self) -> bool:
        """Over a network nobody steers unless the connection is encrypted; a tunnel ends on loopback."""
        return not self.view_only and (self.loopback or self.tls)

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"
