"""The check of a program against a bench, before anything moves."""

from operando.protocols.check.every_check import check
from operando.protocols.check.finding import Finding
from operando.protocols.plan import BenchFacts, bench_facts

__all__ = ["BenchFacts", "Finding", "bench_facts", "check"]
