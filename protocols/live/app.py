"""What is served: the page, its assets, pictures and spectra of this run, the stream of news, and the hand."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import PurePosixPath

import anyio
import anyio.to_thread
import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from operando.drivers.errors import OperandoError
from operando.protocols.live.access import Access, Grant
from operando.protocols.live.curve import MOST_PIXELS, curve_between
from operando.protocols.live.guard import Guard
from operando.protocols.live.hand import Hand
from operando.protocols.live.pictures import WIDTHS, PictureCache, Rendered, render
from operando.protocols.live.rows import frame_details
from operando.protocols.live.viewer import Cursor, breathe, first_message, next_message
from operando.protocols.live.watch import Watch
from operando.protocols.live.xrays import element_map, spectrum_values
from operando.protocols.reading import Frame, NotInRun, RecordedSpectrum
from operando.protocols.runner.steering_channel import Wish

__all__ = ["MOST_VIEWERS", "Audience", "page"]

MOST_VIEWERS = 32
RENDERERS = 2
NEWS_AT_MOST_EVERY_S = 0.5
SIGN_OF_LIFE_EVERY_S = 1.0
SLOWEST_BROWSER_S = 30.0
LONGEST_NUMBER = 6
FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
NOT_KEPT = {"cache-control": "no-store"}
MEDIA_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(slots=True)
class Audience:
    """How many browsers look."""

    count: int = 0


def page(watch: Watch, access: Access, audience: Audience | None = None) -> ASGIApp:
    """The page of a run, behind its guard. Whoever serves it has the watch follow the run meanwhile."""
    server = _Page(watch, access, audience or Audience())
    routes = [
        Route("/", server.index),
        Route("/assets/{path:path}", server.asset),
        Route("/api/state", server.state),
        Route("/api/curve", server.curve),
        Route("/api/steer", server.steer, methods=["POST"]),
        Route("/api/frames/{number:int}", server.frame),
        Route("/api/spectra/{number:int}", server.spectrum),
        Route("/pictures/{number:int}/{width:int}", server.picture),
        Route("/maps/{number:int}/{element}", server.map),
        WebSocketRoute("/news", server.news),
    ]
    app = Starlette(routes=routes, exception_handlers={OperandoError: _explained})
    return Guard(app, access)


async def _explained(request: Request, error: Exception) -> Response:
    del request
    return JSONResponse({"error": str(error)}, 404 if isinstance(error, NotInRun) else 409)


class _Page:
    """The answers."""

    def __init__(self, watch: Watch, access: Access, audience: Audience) -> None:
        self._watch = watch
        self._access = access
        self._hand = Hand(watch)
        self._pictures = PictureCache()
        self._renderers = anyio.CapacityLimiter(RENDERERS)
        self._assets = _assets()
        self._audience = audience
        watch.put("acts", [])

    async def index(self, request: Request) -> Response:
        return self._asset("index.html", NOT_KEPT)

    async def asset(self, request: Request) -> Response:
        """Only what was found in the package when the page was started; nothing is looked up on the disk."""
        return self._asset(str(request.path_params["path"]), {"cache-control": "no-cache"})

    def _asset(self, path: str, headers: Mapping[str, str]) -> Response:
        if path not in self._assets:
            return PlainTextResponse("there is no such file", 404)
        return Response(self._assets[path], media_type=MEDIA_TYPES[PurePosixPath(path).suffix], headers=dict(headers))

    async def state(self, request: Request) -> Response:
        """Every section at once, for scripts."""
        parts = {name: orjson.Fragment(part.data) for name, part in self._watch.parts.items()}
        data = orjson.dumps({"age_s": self._watch.age_s, **parts})
        return Response(data, media_type="application/json", headers=NOT_KEPT)

    async def curve(self, request: Request) -> Response:
        """The samples between two run times, for a width in pixels."""
        try:
            from_s, to_s = float(request.query_params["from_s"]), float(request.query_params["to_s"])
            pixels = int(request.query_params.get("pixels", str(MOST_PIXELS)))
        except (KeyError, ValueError):
            return JSONResponse({"error": "say from_s, to_s and pixels as numbers"}, 400)
        found = curve_between(self._watch.run.samples, from_s, to_s, pixels)
        data = orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY)
        return Response(data, media_type="application/json", headers=NOT_KEPT)

    async def frame(self, request: Request) -> Response:
        return JSONResponse(frame_details(self._frame(request)), headers=FOREVER)

    async def picture(self, request: Request) -> Response:
        """A frame as WebP, at most so many pixels wide."""
        frame, width = self._frame(request), int(request.path_params["width"])
        if width not in WIDTHS:
            return JSONResponse({"error": f"widths are {', '.join(map(str, WIDTHS))}"}, 400)
        key = ("frame", frame.number, width)
        found = self._pictures.get(key)
        if found is None:
            found = await anyio.to_thread.run_sync(render, frame, width, limiter=self._renderers)
            self._pictures.keep(key, found)
        return _file(found)

    async def spectrum(self, request: Request) -> Response:
        spectrum = self._spectrum(request)
        values = await anyio.to_thread.run_sync(spectrum_values, spectrum, self._elements, limiter=self._renderers)
        return JSONResponse(values, headers=FOREVER)

    async def map(self, request: Request) -> Response:
        spectrum, element = self._spectrum(request), str(request.path_params["element"])
        if not spectrum.is_map:
            return JSONResponse({"error": "this spectrum is no map"}, 404)
        found = await anyio.to_thread.run_sync(element_map, spectrum, element, self._elements, limiter=self._renderers)
        return _file(found) if found else JSONResponse({"error": "this element is not mapped"}, 404)

    async def steer(self, request: Request) -> Response:
        """Carry out a wish; the answer comes when the record tells the result."""
        if request.scope["grant"] < Grant.STEER:
            why = self._access.why_no_steering or "your token grants looking, not steering"
            return JSONResponse({"error": why}, 403)
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return JSONResponse({"error": "wishes are application/json"}, 415)
        try:
            wish = Wish.model_validate_json(await request.body())
        except ClientDisconnect:
            return JSONResponse({"error": "too long"}, 413)
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            return JSONResponse({"error": told}, 422)
        return JSONResponse(asdict(await self._hand.do(wish)), headers=NOT_KEPT)

    async def news(self, socket: WebSocket) -> None:
        """Everything once, then what is new; a browser that does not read is let go, nothing waits for it."""
        if self._audience.count >= MOST_VIEWERS:
            await socket.close(1013, f"{MOST_VIEWERS} browsers look already")
            return
        self._audience.count += 1
        try:
            await socket.accept()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send_news, socket)
                await self._until_gone(socket)
                tasks.cancel_scope.cancel()
        finally:
            self._audience.count -= 1

    async def _until_gone(self, socket: WebSocket) -> None:
        """Nothing that a browser says here means anything; it only ends."""
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        except (WebSocketDisconnect, RuntimeError):
            return

    async def _send_news(self, socket: WebSocket) -> None:
        cursor = Cursor()
        pixels = socket.query_params.get("pixels", "")
        grant = Grant(socket.scope["grant"])
        why = "" if grant is Grant.STEER else self._access.why_no_steering or "your token grants looking, not steering"
        try:
            await socket.send_text(orjson.dumps({"may_steer": grant is Grant.STEER, "why_not": why}).decode())
            message = first_message(
                self._watch, cursor, int(pixels[:LONGEST_NUMBER]) if pixels.isdecimal() else MOST_PIXELS
            )
            while True:
                with anyio.fail_after(SLOWEST_BROWSER_S):
                    await socket.send_text(message.decode())
                await breathe(self._watch, SIGN_OF_LIFE_EVERY_S, NEWS_AT_MOST_EVERY_S)
                message = next_message(self._watch, cursor)
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
                await _closed(socket)

    @property
    def _elements(self) -> tuple[str, ...]:
        return self._watch.run.header.sample.elements

    def _frame(self, request: Request) -> Frame:
        return self._watch.run.frames.number(int(request.path_params["number"]))

    def _spectrum(self, request: Request) -> RecordedSpectrum:
        number = int(request.path_params["number"])
        for spectrum in self._watch.run.spectra:
            if spectrum.number == number:
                return spectrum
        raise NotInRun(
            f"there is no spectrum {number}", where=self._watch.run.header.run_id, remedy="Look at the list."
        )


async def _closed(socket: WebSocket) -> None:
    try:
        await socket.close(1011)
    except (WebSocketDisconnect, RuntimeError):
        return


def _file(rendered: Rendered) -> Response:
    return Response(rendered.data, media_type=rendered.media_type, headers=FOREVER)


def _assets() -> dict[str, bytes]:
    """All files of the page, by their path under `assets`."""
    found: dict[str, bytes] = {}
    waiting = [("", files("operando.protocols.live").joinpath("assets"))]
    while waiting:
        prefix, folder = waiting.pop()
        for entry in folder.iterdir():
            if entry.is_dir():
                waiting.append((f"{prefix}{entry.name}/", entry))
            elif PurePosixPath(entry.name).suffix in MEDIA_TYPES:
                found[f"{prefix}{entry.name}"] = entry.read_bytes()
    return found
