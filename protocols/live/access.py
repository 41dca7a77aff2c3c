"""Who may look, and who may steer: tokens, and what a request must look like before anything reads it."""

import hmac
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from operando.protocols.live.options import PageOptions

__all__ = ["Access", "Grant", "Refused"]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})
LARGEST_BODY = 16_384


class Grant(IntEnum):
    """What a request may do."""

    NOTHING = 0
    LOOK = 1
    STEER = 2


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not served: a status of HTTP and a sentence."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one page.

    Args:
        look_token, steer_token: secrets that grant; made anew for each page.
    """

    options: PageOptions
    look_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    steer_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def why_no_steering(self) -> str:
        """Why nobody may steer over this page; empty if somebody may."""
        if self.options.view_only:
            return "this page was opened for looking only"
        if not self.options.steering_allowed:
            return "steering over a network needs TLS (--certificate and --key), or a tunnel to 127.0.0.1"
        return ""

    def refusal(
        self, method: str, headers: Mapping[str, str], local_address: str, *, websocket: bool
    ) -> Refused | None:
        """What is wrong with a request before its token is looked at; None if nothing is.

        The Host must be a name of this computer (a rebound name of somebody else's is none), and whatever changes
        something or opens a socket must come from this very page, if it comes from a page at all.
        """
        host = headers.get("host", "")
        if not self._is_ours(host, local_address):
            return Refused(421, "this page has another name; open it by the address that it was announced with")
        origin = headers.get("origin")
        if origin is not None and (websocket or method not in ("GET", "HEAD")) and not self._same(origin, host):
            return Refused(403, "another page asks; only this page's own requests are served")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return Refused(413, f"more than {LARGEST_BODY} bytes")
        return None

    def grant(self, headers: Mapping[str, str], query: str) -> Grant:
        """What the token of a request grants; without tokens everybody at this computer may steer."""
        best = Grant.STEER if self.options.steering_allowed else Grant.LOOK
        if not self.options.asks_token:
            return best
        token = self._token(headers, query)
        if _equal(token, self.steer_token):
            return best
        return Grant.LOOK if _equal(token, self.look_token) else Grant.NOTHING

    def token_in(self, query: str) -> str:
        """The token in an address; empty if there is none."""
        return next(iter(parse_qs(query).get("token", [])), "")

    @property
    def cookie(self) -> str:
        """The name of the cookie; pages on other ports of one computer share their cookies."""
        return f"operando_{self.options.port}"

    def _token(self, headers: Mapping[str, str], query: str) -> str:
        if given := self.token_in(query):
            return given
        authorization = headers.get("authorization", "")
        if authorization.lower().startswith("bearer "):
            return authorization[7:].strip()
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return ""
        return cookies[self.cookie].value if self.cookie in cookies else ""

    def _is_ours(self, host: str, local_address: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name in LOOPBACK_NAMES:
            return True
        if self.options.loopback:
            return False
        names = {self.options.host.lower(), socket.gethostname().lower(), socket.getfqdn().lower(), local_address}
        return name in names - ANY_ADDRESS - {""} or (self.options.host in ANY_ADDRESS and _is_address(name))

    def _same(self, origin: str, host: str) -> bool:
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _equal(given: str, secret: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), secret.encode())


def _is_address(name: str) -> bool:
    """An address of digits cannot be rebound to another computer by a name server."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
