"""Serves the page of a run until it is interrupted, or until the run is over and nobody looks any more."""

import errno
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from operando.drivers.clock import Clock, RealClock
from operando.drivers.errors import ConfigMismatch
from operando.protocols.live.access import Access
from operando.protocols.live.options import ANY_PORT, PageOptions
from operando.protocols.reading import Run
from operando.protocols.reading.awaited import open_awaited_run
from operando.protocols.reading.packages import require_package

if TYPE_CHECKING:
    import uvicorn

    from operando.protocols.live.app import Audience
    from operando.protocols.live.watch import Watch

__all__ = ["addresses", "bound_socket", "serve_page"]

PORTS_TRIED, LARGEST_PORT = 50, 65_535
LARGEST_MESSAGE = 16_384
MOST_CONNECTIONS = 128
LOOK_AROUND_EVERY_S = 1.0
PURPOSE = "the live page"


def bound_socket(options: PageOptions) -> socket.socket:
    """A socket on the first free port from the one that is asked for.

    Raises:
        ConfigMismatch: if there is none, or the address is not one of this computer's.
    """
    last = options.port if options.port == ANY_PORT else min(options.port + PORTS_TRIED, LARGEST_PORT)
    for port in range(options.port, last + 1):
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((options.host, port))
            listener.listen(MOST_CONNECTIONS)
        except OSError as error:
            listener.close()
            failure = error
            if error.errno != errno.EADDRINUSE and not isinstance(error, PermissionError):
                break  # another port of this address is no better
            continue
        return listener
    raise ConfigMismatch(
        f"the page cannot listen on {options.host}, ports {options.port} to {last}: {_why(failure)}",
        remedy="Give an address of this computer with --host, or a free port with --port.",
    )


def _why(failure: OSError) -> str:
    """What an operating system's error means for whoever wants to listen."""
    if isinstance(failure, socket.gaierror):
        return "no computer of this name is known in the network"
    if failure.errno == errno.EADDRNOTAVAIL:
        return "this is no address of this computer"
    return failure.strerror or str(failure)


def addresses(access: Access, listener: socket.socket) -> list[tuple[str, str]]:
    """What to open in a browser, and what it is good for."""
    options = access.options
    host, port = options.host, listener.getsockname()[1]
    shown = socket.gethostname() if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    base = f"{options.scheme}://{shown}:{port}/"
    steers = options.steering_allowed
    if not options.asks_token:
        return [("look and steer" if steers else "look", base)]
    look = ("look", f"{base}?token={access.look_token}")
    return [("look and steer", f"{base}?token={access.steer_token}"), look] if steers else [look]


def serve_page(
    folder: Path, options: PageOptions, ready: Callable[[list[tuple[str, str]]], None], clock: Clock | None = None
) -> None:
    """Serve the page of a run; its record may be about to begin.

    Args:
        folder: of the run.
        ready: told the addresses once the page answers.

    Raises:
        MissingPackage: if the packages of the extra `live` are not installed.
        ConfigMismatch: if it cannot listen there, or its certificate is none.
        RecordError: if there is no record within two minutes.
    """
    for package in ("starlette", "uvicorn", "websockets"):
        require_package(package, PURPOSE)
    options.check_certificate()
    used_clock = clock or RealClock()
    with bound_socket(options) as listener:
        # a browser keeps one cookie for each port: two pages must not share the one that was asked for
        access = Access(replace(options, port=listener.getsockname()[1]))
        run = open_awaited_run(folder, used_clock)
        try:
            anyio.run(_serve, run, access, listener, used_clock, ready)
        except* KeyboardInterrupt:
            pass  # Ctrl-C, or SIGTERM: this is how a page ends


async def _serve(
    run: Run,
    access: Access,
    listener: socket.socket,
    clock: Clock,
    ready: Callable[[list[tuple[str, str]]], None],
) -> None:
    import uvicorn

    from operando.protocols.live.app import Audience, page
    from operando.protocols.live.watch import Watch

    options = access.options
    watch, audience = Watch(run, clock), Audience()
    config = uvicorn.Config(
        page(watch, access, audience),
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=LARGEST_MESSAGE,
        server_header=False,
        http="h11",
        lifespan="off",  # it would be told of a Ctrl-C during the start as of a failure, with a traceback
        ssl_certfile=options.certificate,
        ssl_keyfile=options.key,
    )
    server = uvicorn.Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch.follow)
        tasks.start_soon(_announce, server, access, listener, ready)
        if options.leave_after_s is not None:
            tasks.start_soon(_leave_when_nobody_looks, server, watch, audience, options.leave_after_s, clock)
        await server.serve([listener])
        tasks.cancel_scope.cancel()


async def _announce(
    server: "uvicorn.Server", access: Access, listener: socket.socket, ready: Callable[[list[tuple[str, str]]], None]
) -> None:
    while not server.started:
        await anyio.sleep(0.02)
    ready(addresses(access, listener))


async def _leave_when_nobody_looks(
    server: "uvicorn.Server", watch: "Watch", audience: "Audience", after_s: float, clock: Clock
) -> None:
    """End the page when the run is over and nobody has looked for some time."""
    while not server.started:
        await anyio.sleep(0.02)
    looked_s = clock.now()
    while clock.now() - looked_s < after_s:
        if audience.count or not watch.over:
            looked_s = clock.now()
        await anyio.sleep(LOOK_AROUND_EVERY_S)
    server.should_exit = True
