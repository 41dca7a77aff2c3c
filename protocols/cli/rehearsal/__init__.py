"""The dry run of a protocol as people read it."""

from operando.protocols.cli.rehearsal.sheet import show_findings, show_rehearsal

__all__ = ["show_findings", "show_rehearsal"]
