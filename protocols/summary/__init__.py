"""One picture of a whole run, as it would stand in a paper."""

from operando.protocols.summary.figure import draw_summary

__all__ = ["draw_summary"]
