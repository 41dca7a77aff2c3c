"""The door keeper: every request passes here before anything of the page sees it."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from operando.protocols.live.access import LARGEST_BODY, Access, Grant, Refused

__all__ = ["Guard"]

SAFETY_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Refuses what does not come from this page or has no token; notes in the scope what the rest may do."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        websocket = scope["type"] == "websocket"
        headers, query = Headers(scope=scope), scope.get("query_string", b"").decode("latin-1")
        server = scope.get("server") or ("", 0)
        refused = self._access.refusal(scope.get("method", "GET"), headers, str(server[0]), websocket=websocket)
        grant = self._access.grant(headers, query)
        if refused is None and grant is Grant.NOTHING:
            refused = Refused(
                401, "this page asks for a token: open it by the whole address that it was announced with"
            )
        if refused is not None:
            await self._refuse(refused, scope, receive, send)
        elif not websocket and scope["path"] == "/" and self._access.token_in(query):
            await self._keep_token(query)(scope, receive, _with_headers(send))
        else:
            scope["grant"] = grant
            await self._app(scope, receive if websocket else _bounded(receive), _with_headers(send))

    async def _refuse(self, refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused.why})
            return
        response = JSONResponse({"error": refused.why}, refused.status)
        await response(scope, receive, _with_headers(send))

    def _keep_token(self, query: str) -> RedirectResponse:
        """The token goes from the address, which people copy, into a cookie, which scripts cannot read."""
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        access = self._access
        response.set_cookie(
            access.cookie, access.token_in(query), httponly=True, samesite="strict", secure=access.options.tls
        )
        return response


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.encode(), value.encode()) for name, value in SAFETY_HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *headers]}
        await send(message)

    return sending


def _bounded(receive: Receive) -> Receive:
    """A body may come in pieces that announce no length."""
    got = 0

    async def receiving() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return {"type": "http.disconnect"} if got > LARGEST_BODY else message

    return receiving
