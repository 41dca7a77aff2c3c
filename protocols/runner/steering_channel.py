"""The runner's ear: wishes of the live page and of scripts come in over loopback, one JSON line each.

A wish is carried out on the runner's own thread, between two other things that it does; a thread that only waits for
sockets costs the runner nothing. The answer says whether the wish holds, and since which run time; what came of it
stands in the record.
"""

import asyncio
import hmac
import os
import secrets
import signal
import socket
import socketserver
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.protocols.record import RecordError
from operando.protocols.record.lines import in_print
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.steering_door import SteeringDoor, forget_door, write_door

__all__ = ["Answered", "SteeringChannel", "Wish"]

LONGEST_LINE = 4096
PATIENCE_S = 2.0
"""For a whole line, however it comes in."""
MOST_AT_ONCE = 16
"""Connections; each costs the runner a thread and a descriptor, of which its loop can wait for no more than 1,024."""
RUNNER_ANSWERS_WITHIN_S = 10.0

Deed = Literal[
    "abort",
    "hold",
    "continue",
    "pause",
    "resume",
    "hand over",
    "take back",
    "accept dose",
    "park",
    "park after step",
    "capture",
    "note",
    "acknowledge",
    "answer",
    "look",
]


def _in_print(text: str) -> str:
    """Words of people go into texts of the record, and onto terminals, which obey escape sequences."""
    if in_print(text) != text:
        raise ValueError("control characters are no words")
    return text


Words = Annotated[str, AfterValidator(_in_print)]


class Wish(BaseModel):
    """What somebody wants.

    Args:
        do: one of the deeds; `look` only asks whether anybody listens.
        who: name for the record.
        text: the reason, the note, or the answer.
        name: of the capture, the interlock or the region.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Deed
    who: Words = Field(min_length=1, max_length=80)
    text: Words = Field(default="", max_length=1000)
    name: Words = Field(default="", max_length=120)


class Answered(BaseModel):
    """Whether a wish was taken, since which run time it holds, or why not; `unsure` if it may still be taken."""

    ok: bool
    time_s: float = 0.0
    why: str = ""
    unsure: bool = False


class _Sealed(BaseModel):
    secret: str
    wish: Wish


class SteeringChannel:
    """Listens while the block lasts.

    Args:
        folder: of the record, which names the door; nothing is written into it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret = secrets.token_urlsafe(32)
        self._steering: Steering | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: socketserver.ThreadingTCPServer | None = None
        self._door: SteeringDoor | None = None
        self._stopped_early = False

    def __enter__(self) -> "SteeringChannel":
        self._server = _Server(("127.0.0.1", 0), _handler_of(self.answer))
        threading.Thread(target=self._server.serve_forever, name="steering channel", daemon=True).start()
        self._door = SteeringDoor(self._server.server_address[1], self._secret, os.getpid())
        write_door(self._folder, self._door)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._door is not None:
            forget_door(self._folder, self._door)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def steered_by(self, steering: Steering) -> None:
        """For `RunOptions.steered_by`: from here on wishes are carried out."""
        self._loop = asyncio.get_running_loop()
        steering.heard_from_outside = True
        self._steering = steering

    def answer(self, line: bytes) -> Answered:
        """Carry out the wish of a line, and say whether it holds."""
        try:
            sealed = _Sealed.model_validate_json(line)
        except ValidationError as error:
            return Answered(ok=False, why=f"not understood: {error.errors()[0]['msg']}")
        if not hmac.compare_digest(sealed.secret.encode(), self._secret.encode()):
            return Answered(ok=False, why="the secret is wrong")
        steering, loop = self._steering, self._loop
        if steering is None or loop is None:
            return self._in_preflight(sealed.wish)
        done: Future[Answered] = Future()
        try:
            loop.call_soon_threadsafe(_settle, done, lambda: _carry_out(sealed.wish, steering))
        except RuntimeError:  # the loop is closed
            return Answered(ok=False, why="the run is over")
        try:
            return done.result(RUNNER_ANSWERS_WITHIN_S)
        except NotInTime:
            told = f"the runner was busy for {RUNNER_ANSWERS_WITHIN_S:g} s; it may still do it, the record will tell"
            return Answered(ok=False, unsure=True, why=told)

    def _in_preflight(self, wish: Wish) -> Answered:
        """Only the safe stop has a meaning before the run has begun; it is that of Ctrl-C.

        Asked for again it does nothing more: a second Ctrl-C would stop without making anything safe.
        """
        if wish.do == "look":
            return Answered(ok=True)
        if wish.do != "abort":
            return Answered(ok=False, why="the run is in its pre-flight; only a safe stop is possible")
        if not self._stopped_early:
            self._stopped_early = True
            _interrupt_main_thread()
        return Answered(ok=True)


def _refuse_in_vain(wish: Wish, steering: Steering) -> None:
    """Of what changes nothing no result would ever come, and whoever asked would wait for one.

    Raises:
        ConfigMismatch: if it is so already, if nothing is said, or if no picture can be begun.
    """
    obstacle = steering.imaging_obstacle
    if wish.do == "hold" and steering.cycling_held:
        raise ConfigMismatch("the cycling is held already", remedy="Let it go on when you are ready.")
    if wish.do == "continue" and not steering.cycling_held:
        raise ConfigMismatch("the cycling is not held", remedy="It goes on.")
    if wish.do == "pause" and steering.imaging_paused:
        raise ConfigMismatch("imaging is paused already", remedy="Let it go on when you are ready.")
    if wish.do == "resume" and not steering.imaging_paused:
        raise ConfigMismatch("imaging is not paused", remedy="Pictures are taken as the protocol says.")
    if wish.do == "capture" and obstacle:
        raise ConfigMismatch(f"no picture can be taken now: {obstacle}", remedy="Ask again once that is over.")
    if wish.do == "note" and not wish.text.strip():
        raise ConfigMismatch("the note is empty", remedy="Say what is to stand in the record.")


def _carry_out(wish: Wish, steering: Steering) -> Answered:
    since_s = steering.now_s
    try:
        _refuse_in_vain(wish, steering)
        match wish.do:
            case "abort":
                steering.abort(wish.who, wish.text)
            case "hold":
                steering.hold_cycling(wish.who, wish.text)
            case "continue":
                steering.continue_cycling(wish.who, wish.text)
            case "pause":
                steering.pause_imaging(wish.who, wish.text)
            case "resume":
                steering.resume_imaging(wish.who, wish.text)
            case "hand over":
                steering.hand_over(wish.who, wish.text)
            case "take back":
                steering.take_back(wish.who, wish.text)
            case "accept dose":
                steering.accept_dose(wish.name, wish.who, wish.text)
            case "park" | "park after step":
                steering.park(wish.who, wish.text, after_step=wish.do == "park after step")
            case "capture":
                steering.capture_now(wish.name, wish.who)
            case "note":
                steering.note(wish.text, wish.who)
            case "acknowledge":
                steering.acknowledge(wish.name, wish.who, wish.text)
            case "answer":
                steering.answer(wish.text, wish.who)
            case "look":
                pass
    except RecordError as error:  # it may hold all the same: a safe stop does not depend on the disk
        return Answered(ok=False, unsure=True, time_s=since_s, why=str(error))
    except OperandoError as error:
        return Answered(ok=False, time_s=since_s, why=str(error))
    return Answered(ok=True, time_s=since_s)


def _settle(done: "Future[Answered]", work: Callable[[], Answered]) -> None:
    try:
        done.set_result(work())
    except Exception as error:
        done.set_result(Answered(ok=False, unsure=True, why=f"a defect in operando: {error!r}"))
        raise


def _interrupt_main_thread() -> None:
    """As Ctrl-C does, which also wakes a thread that waits; where threads cannot be signalled it waits on."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = MOST_AT_ONCE

    def __init__(self, address: tuple[str, int], handler: type[socketserver.BaseRequestHandler]) -> None:
        self._seats = threading.Semaphore(MOST_AT_ONCE)
        super().__init__(address, handler)

    def verify_request(self, request: object, client_address: object) -> bool:
        """Who finds no seat is let go at once."""
        del request, client_address
        return self._seats.acquire(blocking=False)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.release()


def _line_from(connection: socket.socket) -> bytes:
    """What comes until the end of a line, until it is too long, or until the patience is over."""
    clock, line = RealClock(), b""
    while not line.endswith(b"\n") and len(line) < LONGEST_LINE:
        connection.settimeout(max(1e-3, PATIENCE_S - clock.now()))
        piece = connection.recv(2 * LONGEST_LINE)
        if not piece:
            break
        line += piece
    return line


def _handler_of(answer: Callable[[bytes], Answered]) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # whoever asked has gone, or says nothing
                line = _line_from(self.request)
                if line.endswith(b"\n") and len(line) <= LONGEST_LINE:
                    self.request.sendall(answer(line).model_dump_json().encode() + b"\n")

    return Handler
