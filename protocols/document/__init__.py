"""The protocol document: what a scientist writes, checked word for word and resolved into a `Program`."""

from operando.protocols.document.durations import impedance_duration_s, impedance_frequencies
from operando.protocols.document.interlocks import SHIPPED_INTERLOCKS
from operando.protocols.document.load import load_protocol, parse_protocol, protocol_schema
from operando.protocols.document.unicycler import NotInUnicycler, write_unicycler

__all__ = [
    "SHIPPED_INTERLOCKS",
    "NotInUnicycler",
    "impedance_duration_s",
    "impedance_frequencies",
    "load_protocol",
    "parse_protocol",
    "protocol_schema",
    "write_unicycler",
]
