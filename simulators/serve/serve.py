"""`operando simulate`: serves until it is interrupted."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from operando.simulators.serve.server import BenchServer

__all__ = ["serve_bench"]


def serve_bench(source: Path | str, ports: Path | None = None) -> int:
    """Serve the simulated instruments of a bench in real time, until SIGINT or SIGTERM.

    Everything listens on loopback only, on ports that are free. The addresses are printed and written as JSON, with
    the path of a bench file in which they stand, so that a run can use it at once.

    Args:
        source: the path of a bench file, or the text of one.
        ports: where to write the addresses; by default in a new folder for temporary files.

    Returns:
        0, the exit code.
    """
    server = BenchServer(source, ports)
    with _signals_stop(server):
        server.run(lambda text: _print_addresses(server, text))
    return 0


def _print_addresses(server: BenchServer, text: str) -> None:
    served = json.loads(text)
    lines = [f"{name}: {', '.join(addresses.values())}" for name, addresses in served["instruments"].items()]
    lines += [f"control: {served['control']}", f"addresses: {server.ports}", f"bench: {server.bench}"]
    sys.stdout.write("\n".join([*lines, "ready; Ctrl-C ends it"]) + "\n")
    sys.stdout.flush()


@contextmanager
def _signals_stop(server: BenchServer) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        server.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
