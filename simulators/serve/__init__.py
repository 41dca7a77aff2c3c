"""Serves the simulated instruments of a bench on real wires, on this computer only, in real time."""

from operando.simulators.serve.serve import serve_bench
from operando.simulators.serve.server import BenchServer

__all__ = ["BenchServer", "serve_bench"]
