"""The bench: instruments by name, opened together and left safe together."""

from operando.drivers.bench.bench import Bench
from operando.drivers.bench.file import BenchFile, load_bench_file
from operando.drivers.bench.gate import Gate
from operando.drivers.bench.open import open_bench
from operando.drivers.bench.roles import DriverContext, DriverFactory, Roles

__all__ = ["Bench", "BenchFile", "DriverContext", "DriverFactory", "Gate", "Roles", "load_bench_file", "open_bench"]
