"""The report of a run: one page that needs no network, and its figures as files."""

from operando.protocols.report.write import Report, write_report

__all__ = ["Report", "write_report"]
