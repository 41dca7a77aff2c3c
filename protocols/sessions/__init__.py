"""Cycling that was done elsewhere while a run was parked: read, judged, and taken into its record."""

from operando.protocols.sessions.carrying_on import cycles_carried_on
from operando.protocols.sessions.consent import Consent
from operando.protocols.sessions.elsewhere import ElsewhereFile, read_elsewhere
from operando.protocols.sessions.importing import Import, Imported

__all__ = ["Consent", "ElsewhereFile", "Import", "Imported", "cycles_carried_on", "read_elsewhere"]
