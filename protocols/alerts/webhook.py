"""Posts JSON to a web server."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pydantic import JsonValue

from operando.drivers.bench.alerts import WebhookEntry
from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts.alert import Message
from operando.protocols.alerts.route import SEND_WITHIN_S, NotDelivered
from operando.protocols.alerts.secrets import secret

__all__ = ["WebhookRoute", "post"]


class WebhookRoute:
    """A POST for each message; any answer of 2xx means taken.

    Args:
        entry: of the bench file.
        environment: in which secrets may be.
    """

    name = "webhook"

    def __init__(self, entry: WebhookEntry, environment: Mapping[str, str]) -> None:
        self._entry = entry
        self._environment = environment

    def send(self, message: Message) -> None:
        """Post a message.

        Raises:
            NotDelivered: if the server is not there or does not take it.
            ConfigMismatch: if a secret is not there.
        """
        post(self._entry, message.as_json(), self._environment, {"Idempotency-Key": message.key})


def post(
    entry: WebhookEntry, content: JsonValue, environment: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> None:
    """Post JSON once.

    Raises:
        NotDelivered: if the server is not there or answers anything but 2xx; a redirection is not followed.
        ConfigMismatch: if a secret is not there, or is no address.
    """
    url = entry.url if isinstance(entry.url, str) else secret(entry.url, environment)
    host = urlsplit(url).hostname or ""
    if urlsplit(url).scheme not in ("http", "https") or not host:
        raise ConfigMismatch("the secret is no address of a web server", where="alerts", remedy="https://... is one.")
    request = Request(url, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})
    if entry.authorization is not None:
        request.add_unredirected_header("Authorization", secret(entry.authorization, environment))
    try:
        with build_opener(_NoRedirection).open(request, timeout=SEND_WITHIN_S) as answer:
            answer.read()
    except HTTPError as error:
        error.close()
        raise NotDelivered(f"the server answered {error.code}", where=host) from None
    except (URLError, HTTPException, OSError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise NotDelivered(f"the server cannot be reached: {type(reason).__name__}: {reason}", where=host) from None


class _NoRedirection(HTTPRedirectHandler):
    """A redirected POST would arrive as a GET, without its content."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> Request | None:
        del req, fp, code, msg, headers, newurl
        return None
