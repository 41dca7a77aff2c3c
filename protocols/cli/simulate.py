"""`operando simulate BENCH`."""

from importlib.metadata import entry_points
from pathlib import Path

from operando.drivers.bench.open import bench_source
from operando.drivers.errors import ConfigMismatch

__all__ = ["run_simulate"]

GROUP = "operando.servers"


def run_simulate(bench: str, ports: Path | None) -> int:
    """Serve the simulated instruments of a bench; whoever offers simulators offers the server, too."""
    offered = entry_points(group=GROUP)
    if "sim" not in offered.names:
        raise ConfigMismatch("no simulators are installed", remedy="Install operando with its simulators.")
    serve = offered["sim"].load()
    return int(serve(bench_source(bench), ports))
