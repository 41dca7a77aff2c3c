"""What the page shows besides curve, pictures, spectra and events: small parts, each sent anew when it changes."""

from operando.protocols.live.sections.every import SECTIONS, Section

__all__ = ["SECTIONS", "Section"]
