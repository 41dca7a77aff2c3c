"""Forms of whole replies, from the sheets: MethodSCRIPT communication protocol 1.6, SharkRemote 2.0.25 and others."""

import re

__all__ = [
    "CONTROL_CHARACTERS",
    "MBAP",
    "METHODSCRIPT_IDENTITY",
    "METHODSCRIPT_STEP",
    "MKS",
    "SCPI",
    "SHARKSEM",
    "TPG",
    "ZEM_REPLY",
]

CONTROL_CHARACTERS = bytes(code for code in range(32) if code not in b"\n\x1c")
METHODSCRIPT_IDENTITY = re.compile(rb"((t[a-z0-9_]{6}[0-9A-Za-z]*#.*|R\*|i[A-Z0-9_-]+)\n)*")
PACKAGE = rb"P(;?[a-z]{2}([0-9A-F]{7}[ a-zA-Z]|     nan)(,[0-9A-F]+)*)+"
METHODSCRIPT_STEP = re.compile(
    rb"((" + PACKAGE + rb"|t[a-z0-9_]{6}[0-9A-Za-z]*#.*|T.*|R\*|i[A-Z0-9_-]+|v[0-9.]+|[efhYZL*+]|[MC][0-9A-F]{4})?\n)*"
)
"""Text that a script sends (`Tend time`) may say anything."""

SHARKSEM = re.compile(rb"(?s)([A-Za-z]+\0+.{16}(....)*)*")
"""Integers stand as any four bytes, numbers as text in blocks of four."""

SCPI = re.compile(rb"(([^\n]*)\n)*")
TPG = re.compile(
    rb"(?s)(\x06\r\n|[0-6],[+-]\d\.\d{2,5}E[+-]\d{2}(,[0-6],[+-]\d\.\d{2,5}E[+-]\d{2})*\r\n|[^\r\n]*\r\n)*"
)
MKS = re.compile(rb"(@\d{3}ACK[^;]*;FF)*")
MBAP = re.compile(
    b"(?s)("
    + b"|".join(b"..\\0\\0\\0" + re.escape(bytes((3 + 2 * n, 1, 3, 2 * n))) + b".{%d}" % (2 * n) for n in range(1, 33))
    + b")*"
)
"""Header and as many registers as it announces (Modbus messaging implementation guide 1.0b)."""
ZEM_REPLY = re.compile(rb"(?s).*")
